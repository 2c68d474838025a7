"""Types as prose and JSON schemas name them → the types of a schema file."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.prose.words.field_unions import choose_column, read_union
from analytics_ingest.convert.prose.words.type_words import TYPES

_PATTERNS = {kind: re.compile(rf"\b({words})s?\b", re.I) for kind, words in TYPES.items()}
_NULL = re.compile(r"\bnull(able)?\b|\boptional\b|\?", re.IGNORECASE)
_NOT_NULL = re.compile(r"\bnot[- _]null(able)?\b|\bnon-?null(able)?\b|\brequired\b", re.IGNORECASE)
_KEY = re.compile(r"\b(primary|unique)[ _]?(key|identifier|id)\b", re.IGNORECASE)
_PRIMARY_KEY = re.compile(r"\bprimary[ _]?key\b(?!\s+of\b)", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"\b(foreign|parent\w*|referenc\w+|refers?|not|no)\b", re.IGNORECASE)
_EPOCH = re.compile(r"epoch|unix", re.IGNORECASE)

_MEMBER = r"`?[A-Za-z_]\w*`?\??(?:\s*:\s*\w+\??)?"
_LISTED = rf"{_MEMBER}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_MEMBER})+"
_NULLS = r"(?:(?:,\s*|\s+or\s+|\s*[|/]\s*)(?:nullable|optional|required|null|none))?"
_MEMBERS = re.compile(
    rf"(?P<before>\W*(?:nullable |optional )?(?:{TYPES['object']}){_NULLS})\s*"
    rf"(?:[({{](?P<names>\s*{_LISTED})\s*(?:[)}}]|$)"
    rf"|(?::|\b(?:with|of|containing|holding)\b)\s*(?:the )?(?:(?:fields|keys|properties):?\s+)?"
    rf"(?P<others>{_LISTED})\W*$)",
    re.IGNORECASE,
)
"""An object with its fields: `object (date, is_recurring, lang)`, `object: date, lang`."""
_OF_TYPES = re.compile("|".join([*TYPES.values(), r"null(?:able)?|optional|required"]), re.I)


_OWN_TYPE = re.compile(
    rf"\W*(?:(?:nullable|optional|required) )?(?P<type>{'|'.join(TYPES.values())})\b`?"
    r"(?:(?:\s+or\s+|\s*[|/]\s*)(?:null|none|nullable)\b)?"
    r"\s*(?:(?P<comma>,)|\(|(?=\b))(?P<rest>.+)",
    re.IGNORECASE,
)
_PHRASE = re.compile(r"[A-Za-z]+\W+[A-Za-z]+\W+[A-Za-z]+")
_OTHERWISE = re.compile(r"\b(?:or|may|might|can|could|sometimes|also|else|either|old\w*)\b", re.I)
"""What a field holds besides."""
_ANOTHER_TYPE = re.compile(rf"\W*(?:an? )?(?:{'|'.join(TYPES.values())})s?\b(?! of\b)", re.I)
_BEGINS = re.compile(
    rf"\W*(?:(?:nullable|optional|required) )?(?:{'|'.join(TYPES.values())})s?\b", re.IGNORECASE
)


def find_type(text: str) -> str | None:
    """Find the type that a description names, with `?` unless it says that null does not occur.

    None where it names none, or several that one column cannot hold.
    """
    head, own = _split_head(text)
    kind = _read_own_type(own) or _choose_kind(_list_named(own), own)
    if kind is None:
        return None
    may_be_null = _NULL.search(_NOT_NULL.sub("", head))
    is_certain = is_key(text) or (_NOT_NULL.search(text) and not may_be_null)
    return kind if is_certain else f"{kind}?"


def find_union(text: str) -> set[str]:
    """Find the types that a description names, where the field may be of several."""
    return read_union(_split_head(text)[1])


def _split_head(text: str) -> tuple[str, str]:
    """Split off the part of a description that names types; second, without those of members."""
    head = re.split(r"[.;]|\s[-\u2013\u2014]\s", text, maxsplit=1)[0]
    return head, _MEMBERS.sub(_remove_members, head, count=1)


def begins_with_type(text: str) -> bool:
    """Return whether a text is a type, or begins with one: `string, nullable`."""
    return _BEGINS.match(text) is not None


def _remove_members(match: re.Match[str]) -> str:
    """Return an object without the names of its fields; with what describes itself."""
    listed = re.split(r",|\sand\s", match["names"] or match["others"])
    names = [re.split(r"\W", name.strip(" `"), maxsplit=1)[0] for name in listed if name.strip()]
    describes = all(_OF_TYPES.fullmatch(name) for name in names)
    return match[0] if describes else match["before"]


def _list_named(text: str) -> set[str]:
    return {kind for kind, pattern in _PATTERNS.items() if pattern.search(text)}


def _read_own_type(own: str) -> str | None:
    """Read the one type behind which a phrase describes the field: `integer, start of the list`.

    What the phrase says of a text may be its format, and of a number that it is a moment.
    """
    match = _OWN_TYPE.match(own)
    kinds = _list_named(match["type"]) if match else set[str]()
    if match is None or len(kinds) != 1:
        return None
    (kind,) = kinds
    if kind in ("integer", "number") and _list_named(match["rest"]) == {"timestamp"}:
        return kind
    is_text = kind == "string" and _list_named(match["rest"]) & {"timestamp", "date"}
    is_open = is_text or _OTHERWISE.search(match["rest"]) or _ANOTHER_TYPE.match(match["rest"])
    return kind if match["comma"] and _PHRASE.search(match["rest"]) and not is_open else None


def _choose_kind(named: set[str], head: str) -> str | None:
    """Choose the one type that the named ones amount to."""
    if (union := read_union(head)) and not _EPOCH.search(head):
        return choose_column(union)
    if "array" in named:
        return "array" if len(named) == 1 or head.lower().startswith(("array", "list")) else None
    numbers = named & {"integer", "number"}
    if numbers and (named == numbers or (named <= numbers | {"timestamp"} and _EPOCH.search(head))):
        return "integer" if "integer" in numbers else "number"
    if "string" in named and named <= {"string", "timestamp"} and _EPOCH.search(head):
        return "string"
    if len(named) == 1 or named <= {"string", "timestamp", "date"}:
        return next((kind for kind in TYPES if kind in named), None)
    return None


def is_key(text: str) -> bool:
    """Return whether a description says that the field identifies the row."""
    return _KEY.search(text) is not None and not _OF_ANOTHER.search(text)


def is_primary_key(text: str) -> bool:
    """Return whether a description says that the field is the primary key."""
    return is_key(text) and _PRIMARY_KEY.search(text) is not None


def describe_json_schema(schema: Mapping[str, Any]) -> dict[str, str]:
    """Describe the fields of a JSON schema: their types and formats."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    described = {
        str(name): f"{' or '.join(_list_kinds(raw))}, {raw.get('format', '')}"
        for name, raw in properties.items()
        if isinstance(raw, Mapping)
    }
    return {name: text for name, text in described.items() if find_type(text) or find_union(text)}


def _list_kinds(schema: Mapping[str, Any]) -> list[str]:
    """List the types of a JSON schema besides null, or those of its branches."""
    branches = schema.get("anyOf", schema.get("oneOf"))
    parts = [schema, *(branches if isinstance(branches, list) else [])]
    kinds = [part.get("type") for part in parts if isinstance(part, Mapping)]
    listed = [one for kind in kinds for one in (kind if isinstance(kind, list) else [kind])]
    return [kind for kind in listed if isinstance(kind, str) and kind != "null"]

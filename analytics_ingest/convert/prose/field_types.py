"""Types as prose and JSON schemas name them → the types of a schema file."""

import re
from collections.abc import Mapping
from typing import Any

_TYPES = {
    "timestamp": r"date-?_?\s?time|timestamp(tz)?|iso\W?8601",
    "date": r"date",
    "boolean": r"bool(ean)?",
    "integer": r"int(eger|64|32)?|bigint|long",
    "number": r"number|float|double|numeric|decimal|money|currency",
    "array": r"array|list",
    "object": r"object|json|map|dict(ionary)?|struct",
    "string": r"string|text|str|varchar|char|uuid|guid|enum|email|ur[il]",
}
"""The first that is named wins: `String, date-time` is a timestamp."""

_PATTERNS = {kind: re.compile(rf"\b({words})s?\b", re.I) for kind, words in _TYPES.items()}
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
    rf"(?P<before>\W*(?:nullable |optional )?(?:{_TYPES['object']}){_NULLS})\s*"
    rf"(?:[({{](?P<names>\s*{_LISTED})\s*(?:[)}}]|$)"
    rf"|(?::|\b(?:with|of|containing|holding)\b)\s*(?:the )?(?:(?:fields|keys|properties):?\s+)?"
    rf"(?P<others>{_LISTED})\W*$)",
    re.IGNORECASE,
)
"""An object with its fields: `object (date, is_recurring, lang)`, `object: date, lang`."""
_OF_TYPES = re.compile("|".join([*_TYPES.values(), r"null(?:able)?|optional|required"]), re.I)


_BEGINS = re.compile(
    rf"\W*(?:(?:nullable|optional|required) )?(?:{'|'.join(_TYPES.values())})s?\b", re.IGNORECASE
)


def find_type(text: str) -> str | None:
    """Find the type that a description names, with `?` unless it says that null does not occur.

    None where it names none, or several that one column cannot hold.
    """
    head = re.split(r"[.;]|\s[-\u2013\u2014]\s", text, maxsplit=1)[0]
    own = _MEMBERS.sub(_remove_members, head, count=1)
    kind = _choose_kind({kind for kind, pattern in _PATTERNS.items() if pattern.search(own)}, own)
    if kind is None:
        return None
    may_be_null = _NULL.search(_NOT_NULL.sub("", head))
    is_certain = is_key(text) or (_NOT_NULL.search(text) and not may_be_null)
    return kind if is_certain else f"{kind}?"


def begins_with_type(text: str) -> bool:
    """Return whether a text is a type, or begins with one: `string, nullable`."""
    return _BEGINS.match(text) is not None


def _remove_members(match: re.Match[str]) -> str:
    """Return an object without the names of its fields; with what describes itself."""
    listed = re.split(r",|\sand\s", match["names"] or match["others"])
    names = [re.split(r"\W", name.strip(" `"), maxsplit=1)[0] for name in listed if name.strip()]
    describes = all(_OF_TYPES.fullmatch(name) for name in names)
    return match[0] if describes else match["before"]


def _choose_kind(named: set[str], head: str) -> str | None:
    """Choose the one type that the named ones amount to."""
    if "array" in named:
        return "array" if len(named) == 1 or head.lower().startswith(("array", "list")) else None
    numbers = named & {"integer", "number"}
    if numbers and (named == numbers or (named <= numbers | {"timestamp"} and _EPOCH.search(head))):
        return "integer" if "integer" in numbers else "number"
    if "string" in named and named <= {"string", "timestamp"} and _EPOCH.search(head):
        return "string"
    if len(named) == 1 or named <= {"string", "timestamp", "date"}:
        return next((kind for kind in _TYPES if kind in named), None)
    return None


def is_key(text: str) -> bool:
    """Return whether a description says that the field identifies the row."""
    return _KEY.search(text) is not None and not _OF_ANOTHER.search(text)


def is_primary_key(text: str) -> bool:
    """Return whether a description says that the field is the primary key."""
    return is_key(text) and _PRIMARY_KEY.search(text) is not None


def read_json_schema(schema: Mapping[str, Any]) -> dict[str, str]:
    """Read the fields of a JSON schema: type, format and null."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    fields: dict[str, str] = {}
    for name, raw in properties.items():
        kinds = raw.get("type") if isinstance(raw, Mapping) else None
        kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
        named = [str(kind) for kind in kinds if kind != "null"]
        if len(named) != 1:
            continue
        description = f"{named[0]}, {raw.get('format', '')}"
        if kind := find_type(description):
            fields[name] = kind
    return fields

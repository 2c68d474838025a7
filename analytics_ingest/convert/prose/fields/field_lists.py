"""Reads lists of fields within one line, where each has a type or several share one.

`id` (integer), `name` (string)     `id` number; `net`, `tax` number     `net`, `tax` (both number)

`net`, `tax` (number) leaves open whether `net` is one too, which the style of the document decides.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from analytics_ingest.convert.prose.fields.own_types import cut_article, put_types_behind
from analytics_ingest.convert.prose.fields.shared_types import Entry, find_least_sharing, share
from analytics_ingest.convert.prose.words.field_types import begins_with_type, find_type
from analytics_ingest.convert.prose.words.type_words import lists_types

MARKED_NAME = r"(?=\d*[A-Za-z_])\w+(?:[ -]\w+)*(?:/\w+)?"
"""A name in backticks may have blanks or begin with a digit: `Opening Price`, `county/state`."""
ANY_NAME = rf"(?P<name>(?<=`){MARKED_NAME}(?=`)|[A-Za-z_]\w*)"
_WORDS = ("is", "are", "was", "unlike", "like", "the", "a", "an", "and", "or", "with", "as")
"""Words of a sentence, which no field is called."""
_LEAST_INLINE = 2
"""Names of a list."""
NAME = re.compile(rf"`({MARKED_NAME})`")
_OTHER_NAME = re.compile(r"`[\w$@#][^`,;(){}=]{0,60}`")
"""What lists name beside fields of rows: a nested field, `owner.id`, or `tags[]`."""
_SEPARATOR = re.compile(r"(?:\s*[,;]\s*(?:and\s+(?=`))?|\s+and\s+(?=`))(?![^()]*\))")
_INLINE = re.compile(
    rf"[`*]*{ANY_NAME}[`*]*\s*(?:\((?P<note>[^()]+)\)|[\s:\u2013-]\s*(?P<text>\w[^()]*))(?:\(.*)?"
)
_LIST_ENDS = re.compile(
    r"(?<=[\w)`*])(?:\.\s+(?=[A-Z`])|;\s+(?=(?:all |the )?(?:others?|remaining|rest)\b))"
    r"(?![^()]*\))"
)
"""What is between a list and a sentence behind it."""
_LEAD = re.compile(
    r"[^`()]*\b(?:fields|columns|attributes|properties)\b[^`().]*?"
    r"(?:\b(?:includ(?:e|es|ing)|are|such as|like|contain|namely|for (?:example|instance)"
    r"|e\.g\.|among (?:them|others|these))[,:]?|:) (?:the |an? )?(?=`)",
    re.IGNORECASE,
)
_TYPE = re.compile(r"\w+(?:[ -]\w+)?(?:, \w+(?:[ -]\w+)?)*")
_QUALITY = re.compile(
    r"nullable|null|optional|required|unique|unix|epoch|iso|utc|read|primary|in|of|for|one|max"
    r"|min|length|up|at|from|per|each|always|never|not|no|any|all|others?|format|formatted|default",
    re.IGNORECASE,
)
"""Words that begin the rest of a description, not names of fields."""
_ONLY = re.compile(rf"`{MARKED_NAME}` \([^()`]+\)\.?")
_OF_GROUPS = re.compile(r"(?:are|were|and|or)\b")
"""What a sentence says of a group, dimensions are strings, or goes on with: strings and objects."""
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_NOTE = re.compile(r"\([^()]*\)")
_LEAST_BARE = 3
"""Names without marks of a list; two may be words of a sentence."""
_BETWEEN_GROUPS = re.compile(r"\s*;\s*(?![^()]*\))")
_NAME_BETWEEN = rf"\s*(?:,\s*(?:and\s+)?|/|\band\b)\s*`{MARKED_NAME}`"
_OF_GROUP = r"(?P<text>(?:\([^()]*\)|[^`()])+)"
_BEFORE_TYPE = re.compile(
    rf"(?P<names>`{MARKED_NAME}`(?:{_NAME_BETWEEN})*)\s*"
    rf"(?:(?::|\s[-\u2013\u2014]\s)\s*{_OF_GROUP}|\s(?P<bare>[a-z][^`()]*(?:\([^()]*\)[^`()]*)*))"
)
"""Names before one type: `net`, `tax`: number. Behind a blank, it begins with the type."""
_REMARK = re.compile(r"\s*(?:and )?(?!`)[\w(].*", re.DOTALL)
"""What is beside groups and begins with no name: `one object per kind`."""


class FieldList(NamedTuple):
    """What a list says of its fields."""

    typed: list[tuple[str, str]]
    """Each with its description, or with the type that it shares."""
    names: list[str]
    """Those without a type."""


def read_group(text: str) -> list[tuple[str, str]]:
    """Read names before one type, which is that of each; empty for another text."""
    group = _read_segment(text)
    return group if len(group) >= _LEAST_INLINE else []


def _read_segment(text: str) -> list[tuple[str, str]]:
    """Read one name or several before their type; empty for another text."""
    group = _BEFORE_TYPE.fullmatch(text.strip())
    words = (group["text"] or group["bare"]) if group else ""
    if group is None or (group["bare"] and not begins_with_type(words)):
        return []
    return [(name, words) for name in NAME.findall(group["names"])]


def _read_segments(text: str) -> list[tuple[str, str]]:
    """Read groups that semicolons part, a remark among them; empty for another text."""
    parts = [part for part in _BETWEEN_GROUPS.split(text.strip().rstrip(".;")) if part]
    groups = [_read_segment(part) for part in parts]
    rest = [part for part, group in zip(parts, groups, strict=True) if not group]
    is_read = bool(groups and groups[0]) and all(map(_REMARK.fullmatch, rest))
    if not is_read or len(parts) - len(rest) < _LEAST_INLINE:
        return []
    fields = [field for group in groups for field in group]
    return fields if all(find_type(words) for _, words in fields) else []


def read_list(
    text: str, *, least_sharing: int | None, least: int = _LEAST_INLINE
) -> FieldList | None:
    """Read a list of fields in one line; None for another text.

    Args:
        least_sharing: How many names before a type in brackets share it; None for no number.
        least: How many fields it has at least.
    """
    text = put_types_behind(_cut_lead(_cut_sentences(text)))
    if segments := _read_segments(text):
        return FieldList(segments, [])
    parts = _split(text)
    items = list(_match_parts(parts))
    described = [(match["name"], match["note"] or match["text"]) for match in items]
    typed = [(n, words) for n, words in described if find_type(words) and n not in _WORDS]
    is_typed = len(typed) >= _LEAST_INLINE and len(typed) * 2 > len(parts)
    if len(parts) < least or lists_types(text):
        return None
    if entries := _read_entries(parts):
        shared = share(entries, least=least_sharing, is_explicit=_has_groups(text))
        return FieldList(shared, [entry.name for entry in entries if entry.description is None])
    return FieldList(typed, _list_names(parts)) if is_typed else None


def read_only_field(text: str) -> FieldList | None:
    """Read a single field with its type in brackets; None for another text."""
    is_one = _ONLY.fullmatch(text.strip()) is not None
    return read_list(text, least_sharing=None, least=1) if is_one else None


def read_names(text: str) -> list[str]:
    """Read a list of names and nothing else: `` `id`, `name` ``; empty for another text."""
    parts = _AND.split(_cut_sentences(text).strip().rstrip("."))
    names = _list_names(parts)
    others = [part for part in parts if _OTHER_NAME.fullmatch(part) and not NAME.fullmatch(part)]
    is_whole = len(names) + len(others) == len(parts)
    return names if is_whole and len(names) >= _LEAST_INLINE and len(names) > len(others) else []


def read_bare_names(text: str) -> list[str]:
    """Read a list of names without marks behind a resource: `id, name, email`."""
    parts = [_NOTE.sub("", part).strip() for part in _SEPARATOR.split(text.strip().rstrip(". "))]
    are_names = all(re.fullmatch(r"[A-Za-z_]\w*", part) and part not in _WORDS for part in parts)
    return parts if are_names and len(parts) >= _LEAST_BARE else []


def find_sharing(texts: Iterable[str]) -> int | None:
    """Find how many names before a type share it in the lists of a document; None for none."""
    lists = (_read_entries(_split(_cut_sentences(text))) for text in texts)
    return find_least_sharing(filter(None, lists))


def _cut_sentences(text: str) -> str:
    """Cut off what follows a list: `id` (string), `net` (number). All are nullable."""
    end = _LIST_ENDS.search(text)
    if end is None or len(_split(text[: end.start()])) < _LEAST_INLINE:
        return text
    fields = [m for m in _match_parts(_split(text[end.end() :])) if m["note"] or m[0][0] in "`*"]
    goes_on = any(find_type(field["note"] or field["text"]) for field in fields)
    return text if goes_on else text[: end.start()]


def _cut_lead(text: str) -> str:
    """Cut off what is before a list: the fields include `id` (string), `net` (number)."""
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text


def _split(text: str) -> list[str]:
    return [part for part in _SEPARATOR.split(text.strip().rstrip(".")) if part]


def _match_parts(parts: Iterable[str]) -> Iterator[re.Match[str]]:
    """Yield the fields with a description; a name with a blank is not its first word.

    Behind a marked name, words without marks may go on with what is said of it: `id`: object, …
    """
    listed = list(parts)
    is_marked = bool(listed) and listed[0].startswith("`")
    for match in filter(None, map(_INLINE.fullmatch, listed)):
        is_whole = match[0].startswith(f"`{match['name']}`") or match[0][0] != "`"
        is_bare = match[0][0] not in "`*"
        is_group = is_bare and _OF_GROUPS.match(match["text"] or "")
        if is_whole and not is_group and not (is_marked and is_bare and _goes_on(match)):
            yield match


def _goes_on(match: re.Match[str]) -> bool:
    """Return whether words without marks are not a name and its type: Unix timestamp of …"""
    kind = (match["note"] or match["text"]).strip()
    return _TYPE.fullmatch(kind) is None or _QUALITY.fullmatch(match["name"]) is not None


def _list_names(parts: Iterable[str]) -> list[str]:
    return [match[1] for part in parts if (match := NAME.fullmatch(part))]


def _read_entries(parts: list[str]) -> list[Entry]:
    """Read a list of nothing but marked fields, one of which has a type; empty for another."""
    entries: list[Entry] = []
    for part in parts if all(part.startswith("`") for part in parts) else ():
        match = next(_match_parts([part]), None)
        # Another name in the text of one, `state` and its `owner` object, is not its type.
        if match and "`" not in (match["text"] or ""):
            words = match["note"] or match["text"]
            words, is_alone = cut_article(words)
            entry = Entry(match["name"], words, is_alone=is_alone)
            entries.append(entry) if find_type(words) else None
        elif name := NAME.fullmatch(part):
            entries.append(Entry(name[1], None))
    is_whole = len(entries) == len(parts)
    return entries if is_whole and any(entry.description for entry in entries) else []


def _has_groups(text: str) -> bool:
    """Return whether semicolons part groups of names, each of which ends with the one type."""
    segments = [_read_entries(_split(part)) for part in _BETWEEN_GROUPS.split(text)]
    one_each = all(
        entries and [e.description is None for e in entries].index(False) == len(entries) - 1
        for entries in segments
    )
    return len(segments) > 1 and one_each

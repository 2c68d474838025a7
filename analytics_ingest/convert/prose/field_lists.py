"""Reads lists of fields within one line, where each has a type or several share one.

`id` (integer), `name` (string)     `id` number; `net`, `tax` number     `net`, `tax` (both number)

`net`, `tax` (number) leaves open whether `net` is one too, which the style of the document decides.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from analytics_ingest.convert.prose.field_types import find_type, is_key

MARKED_NAME = r"(?=\d*[A-Za-z_])\w+(?:[ -]\w+)*"
"""A name in backticks may have blanks or begin with a digit: `Opening Price`."""
ANY_NAME = rf"(?P<name>(?<=`){MARKED_NAME}(?=`)|[A-Za-z_]\w*)"
_WORDS = ("is", "are", "was", "unlike", "like", "the", "a", "an", "and", "or", "with", "as")
"""Words of a sentence, which no field is called."""
_LEAST_INLINE = 2
"""Names of a list."""
NAME = re.compile(r"`([A-Za-z_]\w*)`")
_SEPARATOR = re.compile(r"(?:\s*[,;]\s*(?:and\s+(?=`))?|\s+and\s+(?=`))(?![^()]*\))")
_INLINE = re.compile(
    rf"[`*]*{ANY_NAME}[`*]*\s*(?:\((?P<note>[^()]+)\)|[\s:\u2013-]\s*(?P<text>\w[^()]*))(?:\(.*)?"
)
_LIST_ENDS = re.compile(
    r"(?<=[\w)`*])(?:\.\s+(?=[A-Z`])|;\s+(?=(?:all |the )?(?:others?|remaining|rest)\b))"
    r"(?![^()]*\))"
)
"""What is between a list and a sentence behind it."""
_TYPE = re.compile(r"\w+(?:[ -]\w+)?(?:, \w+(?:[ -]\w+)?)*")
_QUALITY = re.compile(
    r"nullable|null|optional|required|unique|unix|epoch|iso|utc|read|primary|in|of|for|one|max"
    r"|min|length|up|at|from|per|each|always|never|not|no|any|other|format|formatted|default",
    re.IGNORECASE,
)
"""Words that begin the rest of a description, not names of fields."""
_ONLY = re.compile(rf"`{MARKED_NAME}` \([^()`]+\)\.?")
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_NOTE = re.compile(r"\([^()]*\)")
_LEAST_BARE = 3
"""Names without marks of a list; two may be words of a sentence."""
_BETWEEN_GROUPS = re.compile(r"\s*;\s*(?![^()]*\))")
_NAME_BETWEEN = r"\s*(?:,\s*(?:and\s+)?|/|\band\b)\s*`[A-Za-z_]\w*`"
_BEFORE_TYPE = re.compile(
    rf"(?P<names>`[A-Za-z_]\w*`(?:{_NAME_BETWEEN})+)\s*(?::|\s[-\u2013\u2014]\s)\s*(?P<text>[^`]+)"
)
"""Names before one type: `net`, `tax`: number."""
_OF_ALL = re.compile(r"\b(?:all|both|each)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:.*_)?(?:u?u?id|guid|key)|.*(?:Id|ID|Key|Guid)|uuid", re.IGNORECASE)
_LEAST_GROUPS = 3
"""Of a document in whose lists several fields share a type."""


class Entry(NamedTuple):
    """A field of a list."""

    name: str
    description: str | None
    """None where the name has no type beside it."""


class FieldList(NamedTuple):
    """What a list says of its fields."""

    typed: list[tuple[str, str]]
    """Each with its description, or with the type that it shares."""
    names: list[str]
    """Those without a type."""


def read_group(text: str) -> list[tuple[str, str]]:
    """Read names before one type, which is that of each; empty for another text."""
    group = _BEFORE_TYPE.fullmatch(text.strip())
    return [(name, group["text"]) for name in NAME.findall(group["names"])] if group else []


def read_list(text: str, *, is_grouped: bool, least: int = _LEAST_INLINE) -> FieldList | None:
    """Read a list of fields in one line; None for another text.

    Args:
        is_grouped: Whether a type in brackets holds for the names before it too.
        least: How many fields it has at least.
    """
    text = _cut_sentences(text)
    parts = _split(text)
    items = list(_match_parts(parts))
    described = [(match["name"], match["note"] or match["text"]) for match in items]
    typed = [(n, words) for n, words in described if find_type(words) and n not in _WORDS]
    is_typed = len(typed) >= _LEAST_INLINE and len(typed) * 2 > len(parts)
    if len(parts) < least:
        return None
    if entries := _read_entries(parts):
        shared = _share(text, entries, is_grouped=is_grouped)
        return FieldList(shared, [entry.name for entry in entries if entry.description is None])
    return FieldList(typed, _list_names(parts)) if is_typed else None


def read_only_field(text: str) -> FieldList | None:
    """Read a single field with its type in brackets; None for another text."""
    is_one = _ONLY.fullmatch(text.strip()) is not None
    return read_list(text, is_grouped=False, least=1) if is_one else None


def read_names(text: str) -> list[str]:
    """Read a list of names and nothing else: `` `id`, `name` ``; empty for another text."""
    parts = _AND.split(_cut_sentences(text).strip().rstrip("."))
    matches = [NAME.fullmatch(part) for part in parts]
    names = [match[1] for match in matches if match]
    return names if len(names) == len(parts) >= _LEAST_INLINE else []


def read_bare_names(text: str) -> list[str]:
    """Read a list of names without marks behind a resource: `id, name, email`."""
    parts = [_NOTE.sub("", part).strip() for part in _SEPARATOR.split(text.strip().rstrip(". "))]
    are_names = all(re.fullmatch(r"[A-Za-z_]\w*", part) and part not in _WORDS for part in parts)
    return parts if are_names and len(parts) >= _LEAST_BARE else []


def shares_types(texts: Iterable[str]) -> bool:
    """Return whether the lists of a document give one type to several fields.

    One that types each field for itself leaves names without a type anywhere, or says the same
    type of neighbours.
    """
    groups = repeated = 0
    for entries in filter(None, (_read_entries(_split(_cut_sentences(text))) for text in texts)):
        if entries[-1].description is None:
            return False
        runs = [(names, last) for names, last in _iterate_runs(entries) if last]
        groups += sum(not all(map(_is_identifier, names)) for names, _ in runs if names)
        repeated += _count_repeated(runs)
    return groups >= _LEAST_GROUPS and groups > repeated


def _cut_sentences(text: str) -> str:
    """Cut off what follows a list: `id` (string), `net` (number). All are nullable."""
    end = _LIST_ENDS.search(text)
    if end is None or len(_split(text[: end.start()])) < _LEAST_INLINE:
        return text
    fields = [m for m in _match_parts(_split(text[end.end() :])) if m["note"] or m[0][0] in "`*"]
    goes_on = any(find_type(field["note"] or field["text"]) for field in fields)
    return text if goes_on else text[: end.start()]


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
        is_bare = is_marked and match[0][0] not in "`*"
        if is_whole and not (is_bare and _goes_on(match)):
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
            entries.append(Entry(match["name"], words)) if find_type(words) else None
        elif name := NAME.fullmatch(part):
            entries.append(Entry(name[1], None))
    is_whole = len(entries) == len(parts)
    return entries if is_whole and any(entry.description for entry in entries) else []


def _iterate_runs(entries: Iterable[Entry]) -> Iterator[tuple[list[str], Entry | None]]:
    """Yield the names before each field with a type, and that field; None behind the last one."""
    names: list[str] = []
    for entry in entries:
        if entry.description is None:
            names.append(entry.name)
        else:
            yield names, entry
            names = []
    if names:
        yield names, None


def _count_repeated(runs: list[tuple[list[str], Entry]]) -> int:
    """Count the fields with the type of the one before them, which a group would say once."""
    alone = [None if names or _is_identifier(last.name) else last for names, last in runs]
    kinds = [find_type(entry.description or "") if entry else None for entry in alone]
    return sum(kind is not None and kind == before for before, kind in pairwise(kinds))


def _share(text: str, entries: list[Entry], *, is_grouped: bool) -> list[tuple[str, str]]:
    """List the fields with their types, and those before them with the types that they share."""
    runs = [(names, last) for names, last in _iterate_runs(entries) if last]
    is_explicit = _has_groups(text)
    is_grouped = is_grouped and not _count_repeated(runs)
    own = {(e.name, _find_kind(e)) for e in entries if e.description and _is_identifier(e.name)}
    typed: list[tuple[str, str]] = []
    for names, last in runs:
        description, kind = last.description or "", _find_kind(last)
        is_of_all = is_explicit or _OF_ALL.search(description)
        if is_of_all:
            typed += [(name, description) for name in names]
        elif is_grouped and kind and not is_key(description):
            # Ids that look alike are often of several types.
            same = any(of_id == kind for _, of_id in own)
            typed += [(name, kind) for name in names if same or not _is_identifier(name)]
        typed.append((last.name, description))
    return typed


def _has_groups(text: str) -> bool:
    """Return whether semicolons part groups of names, each of which ends with the one type."""
    segments = [_read_entries(_split(part)) for part in _BETWEEN_GROUPS.split(text)]
    one_each = all(
        entries and [e.description is None for e in entries].index(False) == len(entries) - 1
        for entries in segments
    )
    return len(segments) > 1 and one_each


def _find_kind(entry: Entry) -> str | None:
    return (find_type(entry.description or "") or "").rstrip("?") or None


def _is_identifier(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None

"""Decides which fields of a list share a type: names without one, before a field with one.

`net`, `tax`, `total` (number)     `id` (string), `net`, `tax` (number)

Several names before a type share it, unless the document leaves names without a type elsewhere.
Where it is one name, `status`, `total` (number), the style of the document decides. None shares a
type that one of them hardly has, `email`, `is_owner` (boolean): a wrong type costs rows.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from analytics_ingest.convert.prose.fields.own_types import is_plural
from analytics_ingest.convert.prose.words.field_types import find_type, is_key
from analytics_ingest.convert.prose.words.time_names import is_time

_OF_ALL = re.compile(r"\b(?:all|both|each)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:.*_)?(?:u?u?id|guid|key)|.*(?:Id|ID|Key|Guid)|uuid", re.IGNORECASE)
_TEXT = re.compile(
    r"(?:.*[_.])?(?:name|email|url|title|description|status|currency|category|role|domain|country"
    r"|city|language|locale|phone|slug|colou?r|gender)"
    r"|.*[a-z](?:Name|Email|Url|URL|Title|Description|Status|Currency|Category|Role|Domain|Country)"
)
"""Names of what is almost always a text."""
_LEAST_GROUPS = 3
"""Of a document in whose lists a single name shares the type behind it."""
_SEVERAL = 2
"""Names before a type, which no document leaves without one in a row."""


class Entry(NamedTuple):
    """A field of a list."""

    name: str
    description: str | None
    """None where the name has no type beside it."""
    is_alone: bool = False
    """Whether its type has an article, `a list`, so that no other name shares it."""


def find_least_sharing(lists: Iterable[list[Entry]]) -> int | None:
    """Find how many names before a type share it at least in a document; None for no number.

    A document that leaves names without a type anywhere may leave out any. One that types each
    field for itself says the same type of neighbours.
    """
    groups = repeated = 0
    for entries in lists:
        if entries[-1].description is None:
            return None
        runs = [(names, last) for names, last in _iterate_runs(entries) if last]
        groups += sum(not all(map(_is_identifier, names)) for names, _ in runs if names)
        repeated += _count_repeated(runs)
    return 1 if groups >= _LEAST_GROUPS and groups > repeated else _SEVERAL


def share(entries: list[Entry], *, least: int | None, is_explicit: bool) -> list[tuple[str, str]]:
    """List the fields with their types, and those before them with the types that they share.

    Args:
        least: How many names before a type share it.
        is_explicit: Whether the list parts its groups itself.
    """
    runs = [(names, last) for names, last in _iterate_runs(entries) if last]
    least = max(least, _SEVERAL) if least and _count_repeated(runs) else least
    own = {(e.name, _find_kind(e)) for e in entries if e.description and _is_identifier(e.name)}
    typed: list[tuple[str, str]] = []
    for before, last in runs:
        description, kind = last.description or "", _find_kind(last)
        is_certain = is_explicit or _OF_ALL.search(description) is not None
        names = _list_sharing(before, last, is_certain=is_certain)
        if is_certain or is_plural(description):
            typed += [(name, description) for name in names]
        elif least and len(names) >= least and kind and not is_key(description):
            # Beside a single other name, an id may be of another type.
            same = len(names) >= _SEVERAL or any(of_id == kind for _, of_id in own)
            typed += [(name, kind) for name in names if same or not _is_identifier(name)]
        typed.append((last.name, description))
    return typed


def _list_sharing(names: list[str], last: Entry, *, is_certain: bool) -> list[str]:
    """List the names that may share the type of the field behind them; no id is an object."""
    kind = _find_kind(last)
    # Where one of them has no type, so may the others.
    if last.is_alone or (not is_certain and any(_is_unlikely(name, kind) for name in names)):
        return []
    is_inner = kind in ("object", "array")
    return [name for name in names if not (is_inner and _is_identifier(name))]


def _is_unlikely(name: str, kind: str | None) -> bool:
    """Return whether a field of some name is hardly of a type: `paid_at` is not a flag."""
    if _TEXT.fullmatch(name):
        return kind in ("number", "integer", "boolean", "array", "timestamp", "date")
    return is_time(name) and kind in ("boolean", "array", "object")


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
    """Count the fields described as the one before them, which a group would say once."""
    alone = [None if names or _is_identifier(last.name) else last for names, last in runs]
    texts = [entry.description if entry and _find_kind(entry) else None for entry in alone]
    return sum(text is not None and text == before for before, text in pairwise(texts))


def _find_kind(entry: Entry) -> str | None:
    return (find_type(entry.description or "") or "").rstrip("?") or None


def _is_identifier(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None

"""The field that identifies a row: by the path of a single row, by its name, never by a guess."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.infer.matching import split_path
from analytics_ingest.convert.openapi.listings import Listing, without_ending
from analytics_ingest.convert.openapi.row_lists import USUAL
from analytics_ingest.convert.openapi.settings import VARIABLE
from analytics_ingest.convert.openapi.words import is_same_word, to_plain, to_singular

_NAMES = ("id", "_id", "gid", "sid", "uuid", "guid", "uid", "objectId")
_HINTS = ("x-primary-key", "x-primaryKey", "x-pk", "x-identifier", "x-key")
_UNIQUE = re.compile(r"\bunique(?:ly)?\s+(?:identif(?:iers?|ies|y)|id)\b(.{0,40})", re.IGNORECASE)
_BESIDE = re.compile(r"\b(?:which|that|within|in|from|where|belong\w*)\b")
"""What follows is said of the row's surroundings."""
STRONG = {"id", "ids", "iid", "gid", "sid", "uuid", "guid", "uid"}
"""Last words of names of keys that are unique without their parent."""


def find_row_variables(paths: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Find the path of a listing → the variable that looks up one of its rows."""
    variables: dict[tuple[str, ...], str] = {}
    for path in paths:
        before, _, variable = without_ending(path).rpartition("/")
        if variable.startswith("{") and variable.endswith("}"):
            place, name = tuple(split_path(before)), variable[1:-1]
            if place not in variables or (is_strong(name) and not is_strong(variables[place])):
                variables[place] = name
    return variables


def read_key(listing: Listing, variables: Mapping[tuple[str, ...], str]) -> str:
    """Read the name of the field that identifies a row; empty where the document shows none."""
    row, path = listing.row, listing.operation.path
    hinted = [
        name
        for name, nodes in row.properties.items()
        if any(node.get_raw(hint) is True for node in nodes for hint in _HINTS)
    ]
    variable = variables.get(tuple(split_path(path)), "")
    stem = to_singular(listing.name)
    last = to_singular(listing.name.rpartition("_")[2])
    held = (listing.place or ("",))[-1]
    noun = "" if held in USUAL else to_singular("_".join(split_words(held)))
    own = [
        f"{name}_{suffix}"
        for name in (stem, last, noun or last)
        for suffix in ("id", "uuid", "gid", "sid")
    ]
    own = [*own, variable] if is_strong(variable) else own
    wanted = [*_NAMES, *own, "key", f"{last}_key", f"{last}_number"]
    if not variable:
        wanted = wanted[: wanted.index("key")]
    elif is_same_word(last, "_".join(split_words(variable)[:-1]).rpartition("_")[2]):
        wanted += [variable, split_words(variable)[-1]]  # domain_name is the name of a domain
    else:
        wanted.append(variable)
    for name in [*hinted, *wanted]:
        field = row.find_name(name)
        if not field or not row.get_field(field).is_scalar or _is_of_request(listing, field):
            continue
        is_looked_up = bool(variable) and is_strong(variable) and is_strong(field)
        if is_looked_up or _is_unique(listing, field):
            described = "" if name in hinted or is_strong(field) else _find_described_key(listing)
            return described or field
    return _find_described_key(listing) or _find_key_of_examples(listing)


def _is_of_request(listing: Listing, field: str) -> bool:
    """Return whether a field is the id that the path names, which all rows of an answer have."""
    own, rows = split_words(field), split_words((listing.place or ("",))[-1])
    asked = [split_words(name) for name in VARIABLE.findall(listing.operation.path)]
    is_own = bool(rows) and len(own) > 1 and is_same_word(rows[-1], own[-2])
    return len(own) > 1 and own in asked and not is_own


def _find_described_key(listing: Listing) -> str:
    """Find the field that is described as a unique id, and as that of what is listed.

    Of several, it is the only one that is said to be of the last word of the path or of the list.
    """
    claims = [
        (name, {to_singular(word) for word in split_words(_BESIDE.split(match[1].lower())[0])})
        for name in filter(is_strong, listing.row.properties)
        if (field := listing.row.get_field(name)).is_scalar
        if (match := _UNIQUE.search(field.description))
    ]
    parts = split_path(listing.operation.path)
    own = [part for part, below in zip(parts, [*parts[1:], ""], strict=True) if "{" not in below]
    if len(claims) > 1:
        own = own[-1:]
    nouns = {
        to_singular(word) for part in (*own, *(listing.place or ())) for word in split_words(part)
    }
    named = [name for name, text in claims if nouns & text]
    return named[0] if len(named) == 1 and _is_unique(listing, named[0]) else ""


def _find_key_of_examples(listing: Listing) -> str:
    """Find the id of the rows in an example, where the document describes them without one."""
    for rows in _iterate_example_rows(listing):
        for name in _NAMES:
            values = [row.get(name) for row in rows]
            shown = {str(v) for v in values if isinstance(v, str | int) and v is not True}
            if len(rows) > 1 and len(shown) == len(rows):
                return name
    return ""


def is_strong(key: str) -> bool:
    """Return whether a key is an id, which is unique without the parent."""
    return (split_words(key)[-1:] or [""])[0] in STRONG or to_plain(key) in STRONG


def is_of_others(listing: Listing) -> bool:
    """Return whether a key is the id of what several parents can have, as a team's user_id."""
    *stem, last = split_words(listing.key)
    held = split_words((listing.place or ("",))[-1])
    nouns = [listing.name.rpartition("_")[2], *held[-1:]]
    return bool(stem) and last in STRONG and not any(is_same_word(stem[-1], n) for n in nouns)


def _is_unique(listing: Listing, field: str) -> bool:
    """Return whether no example of the answer has a value twice."""
    for rows in _iterate_example_rows(listing):
        values = [str(row[field]) for row in rows if field in row]
        if len(set(values)) < len(values) and len({str(row) for row in rows}) == len(rows):
            return False
    return True


def _iterate_example_rows(listing: Listing) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the rows of each example of the answer."""
    for example in listing.answer.examples:
        rows: Any = example
        for part in listing.place or ():
            rows = rows.get(part) if isinstance(rows, Mapping) else None
        yield [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []

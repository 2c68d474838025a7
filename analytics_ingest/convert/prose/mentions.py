"""Finds the names that a clause mentions: resources, marked or in plain words, and other names.

Deals use `mdate`, `order_lines` are incremental by `changed`
→  deals  mdate  order_lines  changed
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from analytics_ingest.convert.normalize.names import to_valid_name

_MARKED = re.compile(r"`(?P<quoted>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*")
_NAME = re.compile(r"[A-Za-z_][\w.\[\]$-]*")
_LIST = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_REST = re.compile(
    r"\b(?:the|all|any)? ?(?:other|remaining|rest of the) (?:resources|streams|endpoints|tables"
    r"|listings|ones)\b|\b(?:all|the) others\b|\bthe rest\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|each|every|both|none) (?:of )?(?:the |these |its )?(?:\w+ )?"
    r"(?:resources?|streams?|endpoints?|tables?|listings?|them)\b|^\W*the (?:resources|streams)\b",
    re.IGNORECASE,
)


class Mention(NamedTuple):
    """One name in a clause."""

    start: int
    end: int
    resource: str | None
    """None for the name of anything else: a field, a parameter."""
    name: str


def list_mentions(clause: str, resources: Collection[str]) -> list[Mention]:
    """List the names in a clause, in order: all marked ones, and resources in plain words."""
    marked = [m for match in _MARKED.finditer(clause) for m in _read_marked(match, resources)]
    return sorted([*marked, *_find_plain(_MARKED.sub(_blank, clause), resources)])


def remove_mentions(clause: str, mentions: Sequence[Mention]) -> str:
    """Return a clause without its names."""
    # One mark may list several names.
    for start, end in sorted({(m.start, m.end) for m in mentions}, reverse=True):
        clause = f"{clause[:start]}x{clause[end:]}"
    return clause


def speaks_of_rest(clause: str) -> bool:
    """Return whether a clause speaks of all resources but those that are named before."""
    return _REST.search(clause) is not None


def speaks_of_all(clause: str) -> bool:
    """Return whether a clause speaks of all resources."""
    return _ALL.search(clause) is not None and not speaks_of_rest(clause)


def _read_marked(match: re.Match[str], resources: Collection[str]) -> Iterator[Mention]:
    """Yield the resources of a mark, which may list several, or the one name that it is."""
    text = (match["quoted"] or match["bold"]).strip(": ").rstrip(".")
    parts = [to_valid_name(part) for part in _LIST.split(text)]
    if all(part in resources for part in parts):
        yield from (Mention(match.start(), match.end(), part, part) for part in parts)
    elif match["quoted"] and _NAME.fullmatch(text):
        yield Mention(match.start(), match.end(), None, text)


def _find_plain(text: str, resources: Collection[str]) -> Iterator[Mention]:
    """Yield the resources that are named in words, the longest of those at one place."""
    for name in sorted(resources, key=len, reverse=True):
        words = re.escape(name).replace("_", "[ _-]")
        pattern = re.compile(rf"(?<![\w.-]){words}(?![\w-])", re.IGNORECASE)
        for match in pattern.finditer(text):
            yield Mention(match.start(), match.end(), name, name)
        text = pattern.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    """Return what takes the place of a match, so that no other is there."""
    return "\0" * len(match[0])

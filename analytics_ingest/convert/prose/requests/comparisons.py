"""Reads which resources the prose says to be like a configured one, as a whole or in their paging.

`products` (path `/products`) is configured like `companies`
`tags` has the path `/tags` and is paged in the same way as `events`

A passage counts only if all of its words are on this: one more may be a difference or a condition.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.parts import (
    Part,
    list_words,
    pair_paths,
    take_apart_with_paths,
)
from analytics_ingest.convert.prose.text.passages import read_prose
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement

_OF = r"(?: (?:the|that|those|of|for|in|resource|stream|endpoint|listing))*$"
_BEFORE_MODEL = re.compile(rf"\b(?:like|as|identical(?:ly)? to|shares? [a-z ]{{1,40}}with){_OF}")
_OF_MODEL = re.compile(rf"\b(?:pattern|configuration|paging|pagination|paginator) of{_OF}")
"""What precedes the other resource where nothing compares: `the paging of books`."""
_BEFORE_OTHER = re.compile(r"\b(?:with|by|in|on|at|under)(?: the)?$")
"""What precedes a parameter or a field: `paged with offset`."""
_PAGING = r"(?:paged|paginated|scrolled|paging|pagination|paginator)"
_SAME_PAGING = re.compile(rf"\bsame {_PAGING}\b|\b{_PAGING} of\b")
_IS_PAGED = re.compile(rf"\b{_PAGING}\b")
_IS_CONFIGURED = re.compile(
    r"\b(?:configured?|defined?|declared?|set up|requested|queried|loaded|read|fetched)\b"
)
_HAS_PATTERN = re.compile(r"\b(?:pattern|configuration|same way|same manner|same fashion)\b")
_ORDINARY = re.compile(
    "a|an|the|and|both|all|also|too|likewise|exactly|just|precisely|otherwise|respectively|its?"
    "|th(?:ey|eir|is|ese|at|ose)|each|one|is|are|be|has|have|use[sd]?|whose|with|at|under|in|on|of|for|to|by"
    "|as|like|same|identical|identically|way|manner|fashion|pattern|strategy|scheme|mechanism"
    "|configuration|configured?|defined?|declared?|set|up|requested|queried|loaded|read|fetched"
    "|follows?|shares?|resources?|streams?|endpoints?|listings?|paths?|urls?|routes?|data"
    "|selectors?|rows?|records?|lie|paged|paginated|scrolled|paging|pagination|paginator|get|works?"
)
"""The words of a passage that compares resources and says nothing else."""
_REFERS = re.compile(
    r"(?:it|its|they|their|both|these|this resource"
    r"|(?:the|its|their) (?:paths?|(?:data )?selectors?|rows|records))\b",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(
    r"\b(?:not|never)\b[^.]{0,30}\b(?:load|need|read|sync|configur|includ|support|availab|used)"
    r"|\b(?:left\s+out|excluded|omitted|deprecated|skipped)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Comparison:
    """A resource that the configuration lacks, and the one that it is like."""

    name: str
    like: str
    is_paging: bool
    """Only its paging is like that of the other."""
    path: str | None = None
    selector: str | None = None


def read_comparisons(
    document: Document, configured: Collection[str], listed: Collection[str]
) -> list[Comparison]:
    """Read what the prose compares, each resource once; one that it compares twice not at all.

    Args:
        configured: The resources that others may be like.
        listed: More resources to which the document gives a path.
    """
    known = dict.fromkeys([*configured, *listed])
    merged: dict[str, set[Comparison]] = {}
    for line, named in read_prose(document, known).iterate_lines():
        if line.is_heading:
            continue
        above = [named] if named and named in listed and named not in configured else []
        for passage in _iterate_passages(line, known):
            parts = take_apart_with_paths(passage, known)
            for comparison in _compare(parts, above, configured):
                merged.setdefault(comparison.name, set()).add(comparison)
    comparisons = [_merge(name, group) for name, group in merged.items()]
    return [each for each in comparisons if each and not _is_excluded(document, each.name)]


def _merge(name: str, group: set[Comparison]) -> Comparison | None:
    """Merge what is said of a resource; None where it contradicts itself."""
    likes, aspects = {each.like for each in group}, {each.is_paging for each in group}
    paths = {each.path for each in group if each.path}
    selectors = {each.selector for each in group if each.selector}
    if max(map(len, (likes, aspects, paths, selectors))) > 1:
        return None
    path, selector = next(iter(paths), None), next(iter(selectors), None)
    return Comparison(name, likes.pop(), aspects.pop(), path, selector)


def _is_excluded(document: Document, name: str) -> bool:
    """Return whether a line says that a resource is not loaded."""
    words = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    return any(_EXCLUDED.search(x.text) and words.search(x.text) for x in document.lines)


def _iterate_passages(line: Line, known: Collection[str]) -> Iterator[str]:
    """Yield the clauses of a line, also with the next where that goes on about it: `Its path …`."""
    if len(line.text) > MOST_CHARACTERS:
        return
    if line.cells:
        name = to_valid_name(to_plain(line.cells[0]))
        others = line.cells[1:] if name in known else ()
        yield from (f"`{name}` {cell}" for cell in others if is_statement(cell))
        return
    clauses = line.clauses
    yield from filter(is_statement, clauses)
    for before, clause in pairwise(clauses):
        if _REFERS.match(clause) and is_statement(before) and is_statement(clause):
            yield f"{before} {clause}"


def _compare(
    parts: list[Part], above: list[str], configured: Collection[str]
) -> Iterator[Comparison]:
    """Yield what a passage compares: its names, else the resource above, with one other."""
    named = [part for part in parts if part.kind == "name"]
    models = [part for part in named if _BEFORE_MODEL.search(part.before)]
    models = models or [part for part in named if _OF_MODEL.search(part.before)]
    others = [part for part in named if part not in models]
    names = [part.text for part in others] or above
    is_paging = _read_aspect(parts)
    pairs = pair_paths(names, parts)
    is_of_path = any(part.kind == "path" and part.before.endswith("of") for part in parts)
    is_unclear = is_of_path or any(_BEFORE_OTHER.search(part.before) for part in others)
    if (
        is_paging is None
        or is_unclear
        or not pairs
        or len(models) != 1
        or models[0].text not in configured
    ):
        return
    for pair in [pair for pair in pairs if pair.name not in configured]:
        yield Comparison(pair.name, models[0].text, is_paging, pair.path, pair.selector)


def _read_aspect(parts: list[Part]) -> bool | None:
    """Return whether a passage is on paging only; None where it compares nothing, or unclearly."""
    if not all(map(_ORDINARY.fullmatch, list_words(parts))):
        return None
    text = " ".join(part.text if part.kind == "word" else "_" for part in parts)
    is_configured = _IS_CONFIGURED.search(text)
    if _IS_PAGED.search(text):
        return None if is_configured and not _SAME_PAGING.search(text) else True
    has_path = any(part.kind == "path" for part in parts)
    return False if is_configured or _HAS_PATTERN.search(text) or has_path else None

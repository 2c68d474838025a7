"""Reads which shared parameters the prose says that requests of a resource do not carry.

The parameter `region` is not sent with `units`         `units` do not take the parameter `region`
"""

import re
from collections.abc import Collection, Iterator

from analytics_ingest.convert.prose.parts import list_texts, list_words, take_apart
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.sentences import MOST_CHARACTERS, is_conditional, is_statement

_CUE = re.compile(
    r"\b(?:(?:is|are) (?:not|never) (?:sent|passed|given|used|accepted|supported)"
    r"|do(?:es)? not (?:take|accept|have|support|know|use|carry)"
    r"|(?:requested|read|listed|loaded) without)\b",
    re.IGNORECASE,
)
_ON_REQUESTS = re.compile(
    r"\b(?:parameters?|query|requests?|requested|not (?:take|accept)|read without)\b", re.IGNORECASE
)
"""Without such a word, `units` do not have `region` may be on a field."""
_ORDINARY = re.compile(
    "a|an|the|query|parameters?|with|them|it|they|this|these|those|for|to|by|in|of|so|and|both|also"
    "|requests?|resources?|streams?|is|are|one|here|therefore|hence"
)
_SEPARATOR = re.compile(r",\s+(?=so\b|and so\b|hence\b|therefore\b)|;\s+")
_PRONOUN = re.compile(
    r"\b(?:with|for|to|by|of) (?:them|it|this resource|these requests)\b|^\W*(?:it|they)\b"
)


def read_unsent_parameters(prose: Prose, shared: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield resources, each with a shared parameter that its requests do not carry."""
    for line, named in prose.iterate_lines():
        if line.is_heading:
            continue
        for clause in [] if len(line.text) > MOST_CHARACTERS else line.clauses:
            if is_conditional(clause):
                continue
            for segment in _SEPARATOR.split(clause):
                yield from _read_segment(segment, named, prose.resources, shared)


def _read_segment(
    segment: str, named: str | None, resources: Collection[str], shared: Collection[str]
) -> Iterator[tuple[str, str]]:
    text, cues = _CUE.subn(" ", segment)
    if cues != 1 or not _ON_REQUESTS.search(segment):
        return
    parts = take_apart(text, resources, _ORDINARY)
    names = list_texts(parts, "name")
    is_clear = not list_texts(parts, "unclear") and len(names) == 1
    is_plain = is_statement(text) and all(map(_ORDINARY.fullmatch, list_words(parts)))
    if not (is_clear and is_plain and names[0] in shared):
        return
    owners = list_texts(parts, "resource")
    if not owners and named and _PRONOUN.search(segment.lower()):
        owners = [named]
    yield from ((owner, names[0]) for owner in owners)

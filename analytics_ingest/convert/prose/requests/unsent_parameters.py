"""Reads which shared parameters the prose says that requests of a resource do not carry.

The parameter `region` is not sent with `units`         `units` do not take the parameter `region`
`units` has neither dates nor the parameters `region` and `sort`
"""

import re
from collections.abc import Collection, Iterator

from analytics_ingest.convert.prose.text.parts import list_texts, list_words, take_apart
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)

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
_HAS_NONE = re.compile(
    r"\b(?:has|have|takes?|accepts?|supports?|knows?)\b(?P<between>[^`.;]{0,60}?)"
    r"\b(?:no|nor(?: the)?|none of the) (?:query )?parameters? "
    r"(?P<names>`[\w.\[\]-]+`(?:(?:, (?:and |or )?| and | or | nor )`[\w.\[\]-]+`){0,9})"
    r"(?=\W*$|, and\b)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r",\s+(?=so\b|and so\b|hence\b|therefore\b)|;\s+")
_OTHERS_SEND = re.compile(
    r"(?<=\bwithout )(?P<name>[^,;]{1,80}?)(?:,|;|,? (?:and|but|while|whereas)\b)[^;]{1,200}"
    r" with (?:it|them|that|this parameter)\W*$",
    re.IGNORECASE,
)
"""What is said behind of the resources that send it: `units` without `region`, others with it."""
_IT = re.compile(r"^\W*(?:it|they|this resource|requests)?\W*$|: it $", re.IGNORECASE)
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
    if match := _HAS_NONE.search(segment):
        owners = _find_owners(segment[: match.start()], named, resources)
        names = re.findall(r"`([^`]+)`", match["names"])
        yield from ((owner, name) for owner in owners for name in names if name in shared)
        return
    text, cues = _CUE.subn(" ", segment := _OTHERS_SEND.sub(r"\g<name>", segment))
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


def _find_owners(before: str, named: str | None, resources: Collection[str]) -> list[str]:
    """Find the resource that has no parameters: the one before the verb, or that of its line."""
    parts = take_apart(before, resources, _ORDINARY)
    owners = list(dict.fromkeys(list_texts(parts, "resource")))
    is_clear = is_statement(before) and not list_texts(parts, "unclear") and len(owners) <= 1
    if not owners and named and _IT.search(before):
        owners = [named]
    return owners if is_clear else []

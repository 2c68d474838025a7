"""Finds in a clause which resources are read in full, without a cursor."""

import re
from collections.abc import Collection, Sequence

from analytics_ingest.convert.prose.mentions import (
    Mention,
    replace_mentions,
    speaks_of_all,
    speaks_of_rest,
)
from analytics_ingest.convert.prose.passages import Clause

_FULL = re.compile(
    r"\bfull(?:y)?[ -]refresh(?:e[sd])?\b"
    r"|\b(?:read|loaded|fetched|synchronized|synced|retrieved|extracted|reloaded|requested|refreshed)"
    r" (?:\w+ )?(?:in full|completely|entirely|fully|whole|as a whole|in (?:its|their) entirety)\b"
    r"|\b(?:read|load|fetch|refresh)s? (?:them|it|everything|all(?: \w+)?) (?:completely|in full)\b"
    r"|\bno (?:such|cursor|incremental|date|time ?stamp) fields?\b|\bno incremental sync\w*\b"
    r"|\bno (?:cursors?|time ?stamps?)\b(?! fields?\b)"
    r"|\bnone of (?:the|these) \w+ (?:has|have|supports?) (?:an? )?(?:cursor|incremental)\b"
    r"|\b(?:does|do|can)(?: not|n't) support incremental\b(?! sync\w* (?:by|on|with)\b)"
    r"|\bnot (?:synced )?incremental(?:ly)?\b(?! (?:by|on|with|via)\b)",
    re.IGNORECASE,
)
_NO_FULL = re.compile(
    r"\b(?:first|initial|once|weekly|monthly|optional\w*|may|might|could|would|should|if|unless"
    r"|avoid\w*|never|instead|only when|used to|previously|formerly|response|body|file|row"
    r"|before|after|when|path|connector|need\w*|run an?|other than|besides|apart from|except"
    r"|pag(?:es?|ed|ing|inat\w+)|next|tokens?|returned)\b",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\bfull[ _-]refresh\w*,? (?:and|or|as well as) (?:an? |by )?incremental"
    r"|\bincremental\w*(?: \w+)?,? (?:and|or|as well as) (?:an? |by )?full"
    r"|\b(?:modes?|types?|both)\b|\bfull[ _-]refresh\w*, ?incremental",
    re.IGNORECASE,
)
"""What an API supports in general."""


def says_rest_is_full(clause: Clause) -> bool:
    """Return whether a clause says that all resources without a cursor are read in full."""
    return speaks_of_rest(clause.text) and _find_cue(clause) is not None


def find_full(clause: Clause, resources: Collection[str]) -> set[str]:
    """Find the resources of which a clause says that they are read in full."""
    cue = _find_cue(clause)
    if cue is None or speaks_of_rest(clause.text):
        return set()
    before = [m for m in clause.mentions if m.end <= cue.start()]
    after = [m for m in clause.mentions if m.start >= cue.end()]
    if names := _take_subjects(clause.text[cue.end() :], before, after):
        return set(names)
    if clause.mentions:
        return set()
    return set(resources if speaks_of_all(clause.text) else clause.subjects)


def _find_cue(clause: Clause) -> re.Match[str] | None:
    text = replace_mentions(clause.text, clause.mentions, "x")
    is_other = _NO_FULL.search(text) or _BOTH.search(text)
    return None if is_other else _FULL.search(clause.text)


def _take_last_run(mentions: Sequence[Mention]) -> list[str]:
    """Return the resources that are named last, without a field behind them."""
    names: list[str] = []
    for mention in reversed(mentions):
        if mention.resource is None:
            break
        names.append(mention.resource)
    return names


def _take_subjects(text: str, before: Sequence[Mention], after: Sequence[Mention]) -> list[str]:
    """Return the resources that a cue is about: those behind `for`, or those before it."""
    names = _take_last_run(before), _take_last_run(after[::-1])
    first, second = names[::-1] if re.match(r"\W*(?:for|of)\b|\W*:", text) else names
    return first or second

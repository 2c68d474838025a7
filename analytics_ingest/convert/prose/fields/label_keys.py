"""Reads the key of a resource behind a label that says more: `id` for lists; `uuid` for notes."""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import split_clauses
from analytics_ingest.convert.prose.fields.key_values import (
    AND,
    OF_ANOTHER,
    QUOTED,
    read_key_value,
    split_names,
)
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_OF_RESOURCE = re.compile(
    rf"\W*?(?P<names>{QUOTED}(?:{AND}{QUOTED})*) for (?P<of>[^,;.]+)(?:,[^`]*)?\W*",
    re.IGNORECASE,
)
_MARK = re.compile(r"`([^`]+)`")


def read_label_key(text: str, named: str | None, resources: Collection[str]) -> tuple[str, ...]:
    """Read the fields behind a label in the section of a resource.

    Clauses may name them for several resources, or go on with a sentence on the same fields.
    """
    if fields := read_key_value(text):
        return fields
    if named is None:
        return ()
    clauses = split_clauses(text.strip())
    if _OF_RESOURCE.fullmatch(clauses[0]):
        keys = [_read_clause(clause, resources) for clause in clauses]
        own = [names for of, names in keys if named in of]
        return own[0] if len(own) == 1 and all(of for of, _ in keys) else ()
    return _read_first(clauses)


def _read_clause(clause: str, resources: Collection[str]) -> tuple[set[str], tuple[str, ...]]:
    """Read the resources of a clause, and their key; none where it says something else."""
    match = _OF_RESOURCE.fullmatch(clause)
    is_plain = is_statement(clause) and not is_conditional(clause) and not OF_ANOTHER.search(clause)
    mentions = find_mentions(match["of"], resources) if match and is_plain else []
    are_clear = bool(mentions) and all(len(mention.names) == 1 for mention in mentions)
    if match is None or not are_clear:
        return set(), ()
    return {mention.names[0] for mention in mentions}, split_names(match["names"])


def _read_first(clauses: list[str]) -> tuple[str, ...]:
    """Read the first clause, if the others mark no other name."""
    fields = read_key_value(clauses[0]) if "`" in clauses[0] else ()
    others = {mark for clause in clauses[1:] for mark in _MARK.findall(clause)}
    are_same = all(mark in fields or not re.fullmatch(r"[A-Za-z_][\w.]*", mark) for mark in others)
    return fields if len(clauses) > 1 and are_same else ()

"""Reads which resources a configured one only represents.

`resource_name` in the example represents `orders` and `tickets`
`resource_name` is a placeholder: replace it by `orders` and `tickets`
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Document, split_clauses
from analytics_ingest.convert.prose.text.parts import (
    NamedPath,
    list_words,
    pair_paths,
    take_apart_with_paths,
)
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement

_STANDS_FOR = re.compile(
    r"\b(?:stan(?:d|ds) for|placeholder for|represents?|replaced (?:by|with)|one of|it (?:by|with))"
    r"(?: (?:the|two|three|each|both|all|of|resources?|names?))*$"
)
_REPLACES = re.compile(r"\breplace(?: the)?(?: (?:resource|placeholder|name))*$")
_BY = re.compile(r"\b(?:by|with)(?: (?:the|two|three|each|both|of|resources?|names?))*$")
_BETWEEN = re.compile(r"(?:and|or)?(?: the)?(?: resources?)?|")
_ORDINARY = re.compile(
    "a|an|the|and|or|both|each|all|either|of|in|th(?:is|at)|its?|is|are|to|be|only|just|as|two|three"
    "|one|resources?|streams?|names?|stan(?:d|ds)|for|placeholder|represents?|replaced?|by|with|paths?"
    "|data|selectors?|urls?|respectively|here|there"
)
"""The words of a sentence on a placeholder that says nothing else."""
_IN_EXAMPLE = re.compile(
    r"\b(?:in|of) (?:the|this) (?:example|code|configuration)(?: above| below)?\b", re.IGNORECASE
)


def read_placeholder_resources(
    document: Document, configured: Collection[str]
) -> dict[str, list[NamedPath]]:
    """Read what resources represent; one that does so in different ways is omitted."""
    statements: dict[str, list[list[NamedPath]]] = {}
    for line in document.lines:
        if line.is_heading or line.cells or len(line.text) > MOST_CHARACTERS:
            continue
        for sentence in filter(is_statement, split_clauses(_IN_EXAMPLE.sub("", line.text))):
            if statement := _read_sentence(sentence, configured):
                statements.setdefault(statement[0], []).append(statement[1])
    return {name: same[0] for name, same in statements.items() if all(s == same[0] for s in same)}


def _read_sentence(
    sentence: str, configured: Collection[str]
) -> tuple[str, list[NamedPath]] | None:
    """Read the placeholder of a sentence and what it represents; None where it says else."""
    parts = take_apart_with_paths(sentence, configured)
    names = [part for part in parts if part.kind == "name"]
    if len(names) < 2 or not all(map(_ORDINARY.fullmatch, list_words(parts))):
        return None
    placeholder, first, *more = names
    is_replaced = _REPLACES.search(placeholder.before) and _BY.search(first.before)
    if not (_STANDS_FOR.search(first.before) or is_replaced):
        return None
    others = [first.text, *(part.text for part in more)]
    is_list = all(_BETWEEN.fullmatch(part.before) or "path" in part.before for part in more)
    if placeholder.text not in configured or not is_list or set(others) & set(configured):
        return None
    pairs = pair_paths(others, parts)
    return (placeholder.text, pairs) if pairs else None

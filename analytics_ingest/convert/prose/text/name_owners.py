"""Finds the resource that a name in a line on other resources belongs to.

`a`, `b`: `memo` is removed (and `note` from a)     `a` is small. The orders accept `from` and `to`.
"""

import re
from collections.abc import Collection, Iterator

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.line_subjects import find_first_subject
from analytics_ingest.convert.prose.text.mentions import find_mentions

_NOTE = re.compile(r"\([^()]*\)")
_OTHER_SUBJECT = re.compile(
    r"(?:,|\band|\bbut|\bwhile|\bwhereas)(?: and| but| while| whereas)? "
    r"(?=(?:the )?[`*]*[\w-]+[`*]* (?:uses?|has|have|is|are|by|on|with|takes?|sends?|needs?)\b)"
)
"""Where a clause goes on with another resource: `orders` by `a`, refunds use `b`."""
_NEAR = 200
"""Characters between another resource and its name."""
_OF = re.compile(r"\b(?:from|of|in|for|on)(?: the)? [`*]*$", re.IGNORECASE)


def find_owner(line: Line, start: int, resources: Collection[str]) -> str | None:
    """Find the resource that a name is of; None where it is of those of its line.

    Args:
        start: Where the name begins.
    """
    for text, begin in iterate_clauses(line):
        if not begin <= start < begin + len(text):
            continue
        for note in _NOTE.finditer(text):
            if note.start() < start - begin < note.end():
                return _find_in_note(note[0], resources)
        name = start - begin
        others = [each.end() for each in _OTHER_SUBJECT.finditer(text, max(0, name - _NEAR), name)]
        if others and (owner := find_first_subject(text[others[-1] : name], resources)):
            return owner
        # What the line begins with is on all of it.
        return find_first_subject(text, resources) if begin else None
    return None


def iterate_clauses(line: Line) -> Iterator[tuple[str, int]]:
    """Yield the clauses of a line, and where each begins."""
    begin = 0
    for clause in line.clauses:
        yield clause, begin
        begin += len(clause) + 1


def _find_in_note(note: str, resources: Collection[str]) -> str | None:
    """Find the one resource that words in brackets name: `(and `memo` from orders)`."""
    mentions = [m for m in find_mentions(note, resources) if _OF.search(note[: m.start])]
    names = {mention.resource for mention in mentions if mention.resource}
    return names.pop() if len(names) == 1 else None

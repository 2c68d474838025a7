"""Writes out the items of a list that repeat the one before: `- users: likewise`.

- `orders`: cursor `at`, sent as `since`     - `users`: the same     becomes     - `users`: cursor …
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from analytics_ingest.convert.markdown import Block, Document, Line

_SUBJECT = re.compile(r"(?P<subject>\W*\w[\w -]{0,60}\W*?:\W*?(?=[\w`(]))(?P<rest>.+)", re.DOTALL)
_SAME = re.compile(
    r"(?:likewise|ditto|the same|same|as above|same as above|the same as above"
    r"|(?:the )?same (?:cursor|filters?|parameters?|paging|settings?))[. ]*",
    re.IGNORECASE,
)


def write_out_repeats(document: Document) -> Document:
    """Return a document in which each such item says what it repeats."""
    return replace(document, parts=tuple(_iterate_parts(document)))


def _iterate_parts(document: Document) -> Iterator[Block | Line]:
    before: Line | None = None
    for part in document.parts:
        if isinstance(part, Block) or not part.level or part.cells:
            before = before if isinstance(part, Line) and part.level else None
            yield part
            continue
        line = _write_out(part, before) if before and _is_beside(part, before) else part
        before = line if before is None or line.level <= before.level else before
        yield line


def _is_beside(line: Line, before: Line) -> bool:
    return (line.headings, line.level, line.above) == (before.headings, before.level, before.above)


def _write_out(line: Line, before: Line) -> Line:
    own, other = _SUBJECT.fullmatch(line.text), _SUBJECT.fullmatch(before.text)
    if own is None or other is None or not _SAME.fullmatch(own["rest"]):
        return line
    name = re.sub(r"\W", "", other["subject"])
    names_other = name and name in re.sub(r"[^\w ]", "", other["rest"]).split()
    return line if names_other else replace(line, text=own["subject"] + other["rest"])

"""Writes lists and columns of removed fields as the sentences that they stand for.

The following fields are removed from the records of `orders`:   - `email`   - `phone`
### Removed fields                                               - `orders`: `email`
| Resource | Removed fields |                                    | `orders` | `email` |
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS
from analytics_ingest.convert.prose.words.row_words import ADD, LIFT, REMOVE

_MARKS = re.compile(r"`[^`]+`(?:(?:, and |, | and )`[^`]+`){0,30}")
_TITLE = re.compile(
    r"(?:removed|dropped|excluded|omitted|discarded) (?:fields?|columns?|attributes?)"
    r"|(?:fields|columns) (?:that are )?(?:removed|dropped)",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(r"\bfollowing (?:fields?|columns?|attributes?|properties)\b", re.IGNORECASE)
_CHANGES = re.compile(rf"\b(?:{REMOVE}|{LIFT}|{ADD}|not|without)(?!\w)", re.IGNORECASE)
"""What is said of fields that change; a list of all fields stays a list."""
_LABELLED = re.compile(
    rf"\W{{0,4}}(?:{_TITLE.pattern})\W{{1,4}} *(?P<marks>{_MARKS.pattern})\.?", re.IGNORECASE
)
_ITEM = re.compile(r"[`*]+(?P<name>[\w -]+)[`*]+\W?:\W? *(?P<marks>`.+`)\.?")


def write_out_lists(document: Document) -> Document:
    """Return a document with a sentence for each list and column of removed fields."""
    return replace(document, parts=tuple(_iterate_parts(list(document.parts))))


def _iterate_parts(parts: list[Block | Line]) -> Iterator[Block | Line]:
    behind_table: list[Line] = []
    number = 0
    while number < len(parts):
        part = parts[number]
        number += 1
        if isinstance(part, Line) and part.cells:
            behind_table += _read_row(part)
            yield part
            continue
        yield from behind_table
        behind_table = []
        items = _list_items(part, parts, number)
        number += len(items)
        yield _join(part, items) if isinstance(part, Line) else part
    yield from behind_table


def _list_items(part: Block | Line, parts: list[Block | Line], start: int) -> list[str]:
    """List the marked names that are listed below a line that ends with a colon."""
    if not isinstance(part, Line) or not _introduces_changes(part.text):
        return []
    items: list[str] = []
    for number in range(start, len(parts)):
        other = parts[number]
        if not isinstance(other, Line) or other.level <= part.level or other.is_heading:
            break
        items.append(other.text.strip(" .;"))
    return items if all(map(_MARKS.fullmatch, items)) else []


def _introduces_changes(text: str) -> bool:
    is_label = len(text) <= MOST_CHARACTERS and text.endswith(":")
    return is_label and bool(_FOLLOWING.search(text) and _CHANGES.search(text))


def _join(line: Line, items: list[str]) -> Line:
    if label := _LABELLED.fullmatch(line.text):
        text = f"The fields {label['marks']} are removed from the records."
        return replace(line, text=text)
    if items:
        return replace(line, text=f"{line.text} {', '.join(items)}")
    item = _ITEM.fullmatch(line.text) if _is_below_title(line) else None
    if item and _MARKS.fullmatch(item["marks"]):
        return replace(line, text=_write(item["marks"], item["name"]))
    return line


def _is_below_title(line: Line) -> bool:
    return bool(line.headings) and _TITLE.fullmatch(to_plain(line.headings[-1])) is not None


def _read_row(line: Line) -> Iterator[Line]:
    for head, cell in zip(line.titles[1:], line.cells[1:], strict=False):
        name = to_plain(line.cells[0])
        if name and _TITLE.fullmatch(to_plain(head)) and _MARKS.fullmatch(cell):
            yield replace(line, text=_write(cell, name), cells=())


def _write(marks: str, name: str) -> str:
    return f"The fields {marks} are removed from the records of `{name}`."

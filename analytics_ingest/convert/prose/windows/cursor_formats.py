"""Finds the format that a clause gives a cursor: that of bounds too, where nothing else is said.

- **Cursor Field**: `day` (format `%Y-%m-%d`)     Cursor format: `%Y%m%d`
incremental by `day`, one day per request (format `%Y-%m-%d`)
- **Cursor**: `day`     - **Datetime Format**: `%Y%m%d`, beside it
"""

import re
from collections.abc import Collection, Iterator

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Clause, Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement
from analytics_ingest.convert.prose.windows.bound_formats import find_pattern
from analytics_ingest.convert.prose.windows.row_formats import remove_row_formats
from analytics_ingest.convert.prose.words.time_names import is_time

_STATES = re.compile(r"\b(?:cursors?|incremental\w*)\b", re.IGNORECASE)
"""What a clause has that states a cursor, besides its name."""
_LABEL = re.compile(r"\W*(?:incremental )?cursor(?: field| path| column)?[*_` ]*:", re.IGNORECASE)
_KIND = r"(?:(?:date-?time|date|time ?stamp|time) )?"
_FORMAT_LABEL = re.compile(rf"\W*{_KIND}formats?[*_ ]*:", re.IGNORECASE)
_OF_CURSOR = re.compile(
    rf"\W*(?:the )?(?:incremental )?cursors?(?: fields?| values?)?(?:'s)? {_KIND}formats?\b"
    r"[*_ ]*(?::| is\b| are\b)",
    re.IGNORECASE,
)
_ITS = re.compile(rf"\W*(?:its|their|the) {_KIND}(?:formats?|pattern) is\b", re.IGNORECASE)
_NOTE = re.compile(r" ?\(([\w`*,/& -]{1,120})\)")
_NOTED = re.compile(
    rf"(?P<name>`[^`]+`){_NOTE.pattern}"
    rf"(?:(?:\s*[,/]|,? and| or){{1,2}} `[^`]+`{_NOTE.pattern})*"
)
"""Cursors, each with a note on its resources."""
_BOTH = re.compile(r"`(?P<name>[^`]+)` and `(?P<other>[^`]+)`")
_QUOTED = re.compile(r"`([^`]*)`")
_OTHER = re.compile(
    r"\b(?:records?|rows?|respon\w+|returned|delivered|stored|loaded|written to|files?|names?"
    r"|(?:start|end|first|begin\w*) (?:date|time|value|day)|configur\w+|settings?|headers?)\b",
    re.IGNORECASE,
)
"""What is between a cursor and a format that is not that of its bounds."""

_Place = tuple[tuple[str, ...], int, str]
"""The list of a line: the headings above it, how deep it is, and the line above it."""


def list_cursor_formats(
    prose: Prose, resource: str, cursor: str, bounds: Collection[str]
) -> list[str]:
    """List the one pattern that clauses on a resource give its cursor, in backticks, or nothing.

    What they say of the resource itself holds before what they say of all.

    Args:
        cursor: Its path.
        bounds: The parameters that send its bounds.
    """
    own, of_all = list[str](), list[str]()
    for passage in prose.passages:
        if passage.line.is_heading or passage.line.cells:
            continue
        for clause, said in _list_on_cursor(passage, cursor):
            text, is_own = _read_notes(said, resource, prose.resources)
            if text is None:
                continue
            patterns = _list_patterns(remove_row_formats(text, cursor, bounds))
            is_own = is_own or resource in clause.subjects
            if is_own or not clause.subjects:
                (own if is_own else of_all).extend(patterns)
    patterns = list(dict.fromkeys(own or of_all))
    return [f"`{patterns[0]}`"] if len(patterns) == 1 else []


def find_cursor_lists(prose: Prose) -> set[_Place]:
    """Find the lists with an item on the cursor: a datetime format beside it is that of bounds."""
    lines = (passage.line for passage in prose.passages)
    return {find_list(line) for line in lines if _LABEL.match(line.text)}


def find_list(line: Line) -> _Place:
    """Find the list of a line."""
    return line.headings, line.level, line.above


def is_format_label(line: Line) -> bool:
    """Return whether a line is `Datetime Format: …`."""
    return _FORMAT_LABEL.match(line.text) is not None


def _list_on_cursor(passage: Passage, cursor: str) -> Iterator[tuple[Clause, str]]:
    """Yield the clauses on a cursor, each with what it says from the name of the cursor on."""
    name, follows = f"`{cursor.rpartition('.')[2]}`", False
    for clause in passage.clauses:
        text = clause.text
        is_stated = name in text and _STATES.search(_QUOTED.sub("", text)) is not None
        if is_conditional(text):
            is_stated = follows = False
        elif is_stated:
            yield clause, text[text.index(name) :]
        elif _OF_CURSOR.match(text) or (follows and _ITS.match(text)):
            yield clause, text
        follows = is_stated


def _read_notes(text: str, resource: str, resources: Collection[str]) -> tuple[str | None, bool]:
    """Return what a text says of a cursor, and whether a note behind it names the resource.

    `a` (orders) and `b` (items) are in a format   →   `a` are in a format, for `orders`
    """
    listed = _NOTED.match(text)
    owners = [_list_owners(note, resources) for note in _NOTE.findall(listed[0])] if listed else []
    if listed is None or not any(owners):
        both = _BOTH.match(text)
        is_both = both and is_time(both["name"]) and is_time(both["other"])
        return (f"`{both['name']}`{text[both.end() :]}" if both and is_both else text), False
    is_own = resource in owners[0]
    rest = f"{listed['name']}{text[listed.end() :]}"
    return (rest if is_own or not owners[0] else None), is_own


def _list_owners(note: str, resources: Collection[str]) -> list[str]:
    """List the resources that a note names, in full or by their last word: `tasks`."""
    named = {mention.resource for mention in find_mentions(note, resources)}
    words = [to_valid_name(word) for word in re.split(r"[,/&]|\band\b|\bor\b", note)]
    last = tuple(f"_{word}" for word in words if word)
    return [name for name in resources if name in named or (last and name.endswith(last))]


def _list_patterns(text: str) -> list[str]:
    """List the patterns of a text, before it names anything else."""
    patterns: list[str] = []
    before, is_first = 0, True
    for quoted in _QUOTED.finditer(text):
        said = text[before : quoted.start()]
        pattern = find_pattern(quoted[0])
        if pattern and (_OTHER.search(said) or not is_statement(said)):
            break
        if pattern:
            patterns.append(pattern)
        elif not is_first:
            break
        before, is_first = quoted.end(), False
    return patterns

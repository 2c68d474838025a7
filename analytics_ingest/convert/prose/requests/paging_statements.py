"""Reads how pages are asked for, from sections on paging: the parameters and the next page's place.

Each response carries `next`; it is sent back as `cursor`     `page` starts at 1, `per_page` is 50

A section that describes no kind of paging, or several, counts for nothing.
"""

import re
from collections.abc import Callable, Collection
from itertools import groupby
from typing import Any

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.requests.unpaged_statements import (
    GENERAL_TITLE,
    ON_PAGING,
    UNPAGED,
    list_named,
)
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_on_other_source,
    is_statement,
)

Json = dict[str, Any]

_IN_BODY = re.compile(r"[^.`]{0,30}\bbody\b", re.IGNORECASE)
_LABEL = re.compile(r"(?:\W*[\w .-]{1,60}\*\*:)?\W*pag(?:ing|inat\w+)\b[^:.]{0,40}:", re.IGNORECASE)
_NAME = r"`(?P<{}>[\w.\[\]-]+)`"
_SENT = (
    r"(?:sent|passed|given|used)(?: back| again)?(?: in the next request)? (?:as|in|with|by) "
    r"(?:the |a )?(?:query |request |url )?(?:parameter |param |field )?"
)
_CURSORS = (
    re.compile(rf"{_NAME.format('path')}[^`]{{0,80}}\b{_SENT}{_NAME.format('param')}", re.I),
    re.compile(
        rf"\bparameter {_NAME.format('param')}[^`.]{{0,60}}\b(?:value of|from|takes|holds|is) "
        rf"(?:the )?{_NAME.format('path')}",
        re.IGNORECASE,
    ),
)
_ADDRESSES = (
    re.compile(
        rf"{_NAME.format('path')}[^`]{{0,60}}\b(?:address|url|link) (?:of|to|for) the next page",
        re.I,
    ),
    re.compile(
        rf"\b(?:address|url|link) (?:of|to|for) the next page\b[^`]{{0,40}}{_NAME.format('path')}",
        re.IGNORECASE,
    ),
)
_IS_CURSOR = re.compile(r"next|cursor|after|token|continu|marker|bookmark|scroll", re.IGNORECASE)
_IS_BACK = re.compile(r"prev|before|back|first|last", re.IGNORECASE)
_NUMBERS = re.compile(r"\bpage[- ]?(?:numbers?|based)\b|\bpages? (?:is|are) (?:number|count)", re.I)
_PAGE = re.compile(r"`(p|page|page[-_]?(?:no|num|number|index)|page\[number\])`", re.IGNORECASE)
_OFFSETS = re.compile(r"\boffset\b", re.IGNORECASE)
_OFFSET = re.compile(r"`(offset|skip|start|from|start_?(?:at|index))`", re.IGNORECASE)
_KINDS = {
    "page_number": _NUMBERS,
    "offset": _OFFSETS,
    "cursor": re.compile(r"\bcursors?\b", re.IGNORECASE),
    "header_link": re.compile(r"\blink headers?\b", re.IGNORECASE),
    "json_link": re.compile(r"\bnext (?:url|link)\b|\b(?:url|link) (?:of|to|for) the next", re.I),
}
_SIZE = re.compile(
    r"`(?P<name>per[-_]?page|(?:page|per|batch|max|num)?[-_\[]?(?:size|limit|results?|records?"
    r"|rows|items|len|length|count|take|top|first|entries)\]?)(?:=(?P<set>\d{1,5}))?`"
    r"(?:(?: is| of|:|,)? ?\(?(?P<number>\d{1,5})\)?)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?P<number>\d{1,5})[^`.\d]{0,30}\(`(?P<name>[\w.\[\]-]+)`\)")
_PER_PAGE = re.compile(
    r"(?<!than )(?<!most )(?<!to )\b(\d{1,5}) (?:records|rows|items|entries|results|\w+)"
    r" (?:per|a|on each) (?:page|request)",
    re.IGNORECASE,
)
_NOT_PAGED = re.compile(
    r"\b(?:not|never|none|neither|nor)\b[^.]*\b(?:pages?|paged|paging|paginat\w+|follow\w*)\b"
    r"|\bn(?:o|either) (?:paging|pagination)\b|\bunpaged\b",
    re.IGNORECASE,
)
_OF_SOME = re.compile(
    r"\b(?:only|most|some|other|both|either|except|unlike|instead)\b|\b(?:UI|GraphQL|console"
    r"|dashboard|search API|apps?|website)\b",
    re.IGNORECASE,
)
"""What says that not all listings are paged so."""


def read_paging(prose: Prose) -> dict[str | None, Json]:
    """Read the paginators that sections describe, each for its resource: None for those of all.

    They are in the form of a declaration, without where pages begin and end.
    """
    paging: dict[str | None, Json] = {}
    for (_, scope), group in groupby(prose.passages, lambda p: (p.line.headings, p.scope)):
        texts = _list_texts(list(group), prose.resources)
        stated = [text for text in texts if is_statement(text)]
        is_clear = not any(_OF_SOME.search(text) or _NOT_PAGED.search(text) for text in texts)
        is_clear = is_clear and bool(
            scope or not any(list_named(t, prose.resources) for t in texts)
        )
        if is_clear and (read := _read_section(" ".join(stated))):
            paging |= {name: read for name in scope or (None,) if name not in paging}
    return paging


def read_paging_text(text: str) -> Json | None:
    """Read the one kind of paging that the text of a label or of a cell describes."""
    is_clear = len(text) <= MOST_CHARACTERS and is_statement(text) and not _OF_SOME.search(text)
    return _read_section(text) if is_clear else None


def find_kind(text: str) -> str | None:
    """Find the type of paginator of which a text speaks, if it is one only."""
    kinds = [kind for kind, pattern in _KINDS.items() if pattern.search(text)]
    return kinds[0] if len(kinds) == 1 else None


def find_size(text: str) -> int | None:
    """Find the size of a page that a text names: `50 records per page`."""
    match = _PER_PAGE.search(text)
    return int(match[1]) if match else None


def _list_texts(passages: list[Passage], resources: Collection[str]) -> list[str]:
    """List the sentences on paging, those of a section or of a label, but for `x is not paged`."""
    lines = [passage.line for passage in passages if not passage.line.cells]
    titles = passages[0].line.headings[-1:]
    is_section = any(ON_PAGING.search(title) for title in titles)
    is_other = any(is_on_other_source(title) or list_named(title, resources) for title in titles)
    is_general = bool(passages[0].scope) or all(map(GENERAL_TITLE.search, titles))
    chosen = [
        line
        for line in lines
        if _is_short(line)
        and ((is_section and not is_other) or (is_general and _LABEL.match(line.text)))
    ]
    texts = [text for line in chosen for text in line.sentences]
    return [t for t in texts if not (UNPAGED.search(t) and list_named(t, resources))]


def _is_short(line: Line) -> bool:
    return not line.is_heading and len(line.text) <= MOST_CHARACTERS


def _read_section(text: str) -> Json | None:
    """Read the one kind of paging that a text describes."""
    readers: tuple[Callable[[str], Json | None], ...] = (
        _read_cursor,
        _read_address,
        _read_numbers,
        _read_offset,
    )
    kinds = [kind for kind in (read(text) for read in readers) if kind]
    cursor = kinds[0].get("cursor_param") if kinds else None
    # The number of the next page is a cursor: it is sent as it comes.
    others = [kind for kind in kinds if not cursor or kind.get("page_param") != cursor]
    return others[0] if len(others) == 1 else None


def _read_cursor(text: str) -> Json | None:
    matches = [match for pattern in _CURSORS for match in pattern.finditer(text)]
    sent_back = {(m["path"], m["param"]): m for m in matches if _is_next(m["path"], m["param"])}
    if len(sent_back) != 1:
        return None
    ((path, param), match) = sent_back.popitem()
    sent = "cursor_body_path" if _IN_BODY.match(text[match.end() :]) else "cursor_param"
    return {"type": "cursor", "cursor_path": path, sent: param, **_read_size(text)}


def _is_next(path: str, param: str) -> bool:
    """Return whether names are those of the next page, not of the one before."""
    is_back = any(_IS_BACK.search(name) for name in (path, param))
    return not is_back and bool(_IS_CURSOR.search(path)) and not _PAGE.fullmatch(f"`{path}`")


def _read_address(text: str) -> Json | None:
    match = next(filter(None, (pattern.search(text) for pattern in _ADDRESSES)), None)
    is_header = re.search(r"\bheaders?\b", text, re.IGNORECASE)
    is_next = match and not is_header and _IS_CURSOR.search(match["path"])
    return {"type": "json_link", "next_url_path": match["path"]} if match and is_next else None


def _read_numbers(text: str) -> Json | None:
    names = set(_PAGE.findall(text)) if _NUMBERS.search(text) else set[str]()
    if len(names) != 1:
        return None
    return {"type": "page_number", "page_param": names.pop(), **_read_size(text)}


def _read_offset(text: str) -> Json | None:
    match, size = _OFFSET.search(text) if _OFFSETS.search(text) else None, _read_size(text)
    is_whole = match and "limit" in size
    return {"type": "offset", "offset_param": match[1], **size} if match and is_whole else None


def _read_size(text: str) -> Json:
    """Read the size of a page, and the parameter that sends it; nothing without a number."""
    matches = [m for m in _SIZE.finditer(text) if not _OFFSET.fullmatch(f"`{m['name']}`")]
    named = {m["name"]: m["set"] or m["number"] for m in matches}
    named |= {m["name"]: m["number"] for m in _BEFORE.finditer(text) if m["name"] in named}
    number = _PER_PAGE.search(text)
    if len(named) > 1:
        return {}
    for name, value in named.items():
        size = value or (number[1] if number else None)
        return {"limit": int(size), "limit_param": name} if size else {}
    return {}

"""Reads how pages are asked for, from sections on paging: the parameters and the next page's place.

Each response carries `next`; it is sent back as `cursor`     `page` starts at 1, `per_page` is 50

A section that describes no kind of paging, or several, counts for nothing.
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.passages import Passage, Prose
from analytics_ingest.convert.prose.sentences import MOST_CHARACTERS, is_statement

Json = dict[str, Any]

_ON_PAGING = re.compile(r"\bpag(?:ing|inat\w+)\b|^\W*pages\W*$", re.IGNORECASE)
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
_NUMBERS = re.compile(r"\bpage[- ]?(?:numbers?|based)\b|\bpages? (?:is|are) (?:number|count)", re.I)
_PAGE = re.compile(r"`(p|page|page[-_]?(?:no|num|number|index)|page\[number\])`", re.IGNORECASE)
_OFFSETS = re.compile(r"\boffset\b", re.IGNORECASE)
_OFFSET = re.compile(r"`(offset|skip|start|from|start_?(?:at|index))`", re.IGNORECASE)
_SIZE = re.compile(
    r"`(?P<name>(?=[^`]*(?:len|size|limit|per|count|max|rows|take|first))[\w.\[\]-]+)(?:=(?P<set>\d{1,5}))?`"
    r"(?:(?: is| of|:|,)? ?\(?(?P<number>\d{1,5})\)?)?",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?P<number>\d{1,5})[^`.\d]{0,30}\(`(?P<name>[\w.\[\]-]+)`\)")
_PER_PAGE = re.compile(
    r"\b(\d{1,5}) (?:records|rows|items|entries|results|\w+) (?:per|a|on each) (?:page|request)",
    re.I,
)


def read_paging(prose: Prose) -> dict[str | None, Json]:
    """Read the paginators that sections describe, each for its resource: None for those of all.

    They are in the form of a declaration, without where pages begin and end.
    """
    paging: dict[str | None, Json] = {}
    for (_, scope), group in groupby(prose.passages, lambda p: (p.line.headings, p.scope)):
        texts = _list_texts(list(group))
        read = _read_section(" ".join(texts)) if texts else None
        for name in (scope or (None,)) if read else ():
            paging.setdefault(name, read or {})
    return paging


def _list_texts(passages: list[Passage]) -> list[str]:
    """List the sentences on paging that state something: those of a section, or of a label."""
    lines = [passage.line for passage in passages if not passage.line.cells]
    is_section = any(_ON_PAGING.search(heading) for heading in passages[0].line.headings[-1:])
    chosen = [line for line in lines if is_section or _LABEL.match(line.text)]
    texts = [text for line in chosen if _is_short(line) for text in line.sentences]
    return [text for text in texts if is_statement(text)]


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
    return kinds[0] if len(kinds) == 1 else None


def _read_cursor(text: str) -> Json | None:
    for pattern in _CURSORS:
        match = pattern.search(text)
        if match and _IS_CURSOR.search(match["path"]) and not _PAGE.fullmatch(f"`{match['path']}`"):
            sent = "cursor_body_path" if _IN_BODY.match(text[match.end() :]) else "cursor_param"
            place = {"cursor_path": match["path"], sent: match["param"]}
            return {"type": "cursor", **place, **_read_size(text)}
    return None


def _read_address(text: str) -> Json | None:
    match = next(filter(None, (pattern.search(text) for pattern in _ADDRESSES)), None)
    return {"type": "json_link", "next_url_path": match["path"]} if match else None


def _read_numbers(text: str) -> Json | None:
    match = _PAGE.search(text) if _NUMBERS.search(text) else None
    return {"type": "page_number", "page_param": match[1], **_read_size(text)} if match else None


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

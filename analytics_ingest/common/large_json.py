"""Parses large JSON a block at a time: parsed rows take ten times the memory of their text.

`parse_large` gives what `json.loads` gives, but long lists are `LazyList`s.
"""

import codecs
import json
import re
from functools import partial
from typing import Any

from analytics_ingest.common.exact_json import (
    RepeatedNameError,
    add_member,
    parse_json,
    scan_json,
)
from analytics_ingest.common.lazy_list import Block, LazyList

LARGE = 4_000_000
"""Bytes from which a body is worth parsing in blocks."""

_LONG = 64_000
"""Bytes from which a list stays text."""
_BLOCK_ROWS, _BLOCK_BYTES = 500, 250_000
"""A block ends at the first of the two."""
_MOST_MEMBERS = 10_000
"""Values outside of long lists. A body with more is parsed at once: it is not one of rows."""
_PIECE = 1_000_000
_SPACE = re.compile(r"[ \t\n\r]*")
_SEPARATOR = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*")


def parse_large(content: bytes) -> Any:
    """Parse JSON in UTF-8; its long lists are read from `content`.

    Raises:
        ValueError: It is not JSON.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for begin in range(0, len(content), _PIECE):
        decoder.decode(content[begin : begin + _PIECE], final=begin + _PIECE >= len(content))
    try:
        return _Parser(content).parse()
    except _OtherShapeError:
        return parse_json(content)
    except RepeatedNameError as error:
        raise RepeatedNameError(_as_utf8(error.name)) from None


class _OtherShapeError(Exception):
    """The JSON holds too much outside of long lists."""


class _Parser:
    """Parses the outer levels of a text, and finds where the blocks of its long lists are.

    It scans bytes as Latin-1 characters, one for each: what ends a value in JSON is ASCII.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._text = content.decode("latin-1")
        self._members = 0

    def parse(self) -> Any:
        begin = len(codecs.BOM_UTF8) if self._content.startswith(codecs.BOM_UTF8) else 0
        value, end = self._parse_value(self._skip(begin))
        if self._skip(end) != len(self._text):
            raise ValueError("more than one value")
        return value

    def _parse_value(self, begin: int) -> tuple[Any, int]:
        first = self._text[begin : begin + 1]
        if first == "{":
            return self._parse_object(begin)
        if first == "[":
            return self._parse_list(begin)
        end = scan_json(self._text, begin)[1]
        return parse_json(self._content[begin:end]), end

    def _parse_object(self, begin: int) -> tuple[dict[str, Any], int]:
        members: dict[str, Any] = {}
        position = self._skip(begin + 1)
        if self._is_at(position, "}"):
            return members, position + 1
        while True:
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise _OtherShapeError
            self._expect(position, '"')
            end = scan_json(self._text, position)[1]
            key = json.loads(self._content[position:end])
            colon = self._expect(self._skip(end), ":")
            value, end = self._parse_value(self._skip(colon))
            add_member(members, key, value)
            position = self._skip(end)
            if self._is_at(position, "}"):
                return members, position + 1
            position = self._skip(self._expect(position, ","))

    def _parse_list(self, begin: int) -> tuple[list[Any], int]:
        position = self._skip(begin + 1)
        if self._is_at(position, "]"):
            return [], position + 1
        text, scan, separator = self._text, scan_json, _SEPARATOR.match
        blocks: list[Block] = []
        count, before, block, end, is_last = 0, 0, position, position, False
        while not is_last:
            end = scan(text, position)[1]
            count += 1
            match = separator(text, end)
            if match is None:
                raise ValueError("a comma is missing")
            position, is_last = match.end(), match[1] == "]"
            if is_last or count - before >= _BLOCK_ROWS or end - block >= _BLOCK_BYTES:
                blocks.append((before, partial(_parse_values, self._content, block, end)))
                before, block = count, position
        values = LazyList(blocks, count)
        return (list(values) if end - begin < _LONG else values), position

    def _skip(self, begin: int) -> int:
        match = _SPACE.match(self._text, begin)
        return match.end() if match else begin

    def _is_at(self, position: int, character: str) -> bool:
        return self._text[position : position + 1] == character

    def _expect(self, position: int, character: str) -> int:
        if not self._is_at(position, character):
            raise ValueError(f"{character} is missing")
        return position + 1


def _as_utf8(name: str) -> str:
    """Decode as UTF-8 a name that was scanned as Latin-1."""
    try:
        return name.encode("latin-1").decode()
    except UnicodeError:
        return name


def _parse_values(content: bytes, begin: int, end: int) -> list[Any]:
    return parse_json(b"[%b]" % content[begin:end])

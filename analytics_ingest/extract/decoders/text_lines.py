"""A row a line, as Airbyte's IterableDecoder gives them: `{record: <line>}`."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from analytics_ingest.common.spool import Spool
from analytics_ingest.extract.decoders.row_blocks import RowBlock, read_line_blocks

FIELD = "record"


def read_text_lines(text: Spool) -> Iterator[RowBlock]:
    """Yield a row for each line."""
    for begin, end, lines in read_line_blocks(text):
        yield RowBlock(_read_rows(lines), partial(_read, text, begin, end))


def _read(text: Spool, begin: int, end: int) -> list[Any]:
    return _read_rows(text.read(begin, end))


def _read_rows(lines: bytes) -> list[Any]:
    # Of bytes only CR and LF end a line; of a text ten more characters do.
    return [{FIELD: line.decode()} for line in lines.splitlines()]

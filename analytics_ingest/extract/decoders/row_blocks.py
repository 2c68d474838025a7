"""The rows of a body, a block at a time: a list where it is short, else one that is read again.

A decoder reads a body to its end before any of its rows is used, so that a body that is broken at
its end fails as a whole. Rows of a large body are dropped then, and read again as they are needed.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from analytics_ingest.common.lazy_list import Block, LazyList
from analytics_ingest.common.spool import IN_MEMORY, Spool

BLOCK_BYTES = 250_000


class RowBlock(NamedTuple):
    """Some rows of a body, and how to read them again."""

    rows: list[Any]
    read: Callable[[], list[Any]]


def collect(blocks: Iterable[RowBlock], size: int) -> list[Any]:
    """Return the rows of all blocks.

    Args:
        size: How large the body is, with the parts before it.
    """
    rows: list[Any] = []
    kept: list[Block] = []
    length = 0
    is_large = size > IN_MEMORY
    for block in blocks:
        if is_large:
            kept.append((length, block.read))
        else:
            rows += block.rows
        length += len(block.rows)
    return LazyList(kept, length) if is_large and length else rows


def read_line_blocks(text: Spool) -> Iterator[tuple[int, int, bytes]]:
    """Yield whole lines of a text, many at a time: where they begin and end, and themselves."""
    begin = 0
    with text.open() as file:
        while lines := file.read(BLOCK_BYTES) + file.readline():
            yield begin, begin + len(lines), lines
            begin += len(lines)


def iterate_text_lines(lines: bytes) -> Iterator[str]:
    """Yield the lines of a text with their ends; only a line feed ends one."""
    return io.StringIO(lines.decode(), newline="\n")

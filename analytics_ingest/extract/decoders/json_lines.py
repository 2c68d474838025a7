"""JSON Lines: one JSON value on each line. Blank lines are skipped."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from analytics_ingest.common.exact_json import RepeatedNameError, parse_json
from analytics_ingest.common.spool import Spool
from analytics_ingest.extract.decoders.errors import DecodingError
from analytics_ingest.extract.decoders.row_blocks import RowBlock, read_line_blocks


def read_json_lines(text: Spool) -> Iterator[RowBlock]:
    """Yield the values of all lines.

    Raises:
        DecodingError: A line is not JSON.
    """
    line = 1
    for begin, end, lines in read_line_blocks(text):
        yield RowBlock(_parse_values(lines, line), partial(_read, text, begin, end))
        line += lines.count(b"\n")


def _read(text: Spool, begin: int, end: int) -> list[Any]:
    return _parse_values(text.read(begin, end), 1)


def _parse_values(block: bytes, number: int) -> list[Any]:
    """Return the values of some lines; the number is that of the first line."""
    lines = [line for line in block.split(b"\n") if line.strip()]
    try:
        values = parse_json(b"[%b]" % b",".join(lines))
    except ValueError:
        values = []
    if len(values) != len(lines):
        raise _describe_broken_line(block, number)
    return values


def _describe_broken_line(block: bytes, number: int) -> DecodingError:
    """Return the error of the first line that is not one JSON value."""
    lines = block.split(b"\n")
    for line in lines:
        try:
            if line.strip():
                parse_json(line)
        except RepeatedNameError as error:
            return DecodingError(f"in line {number} {error}", is_retryable=False)
        except ValueError:
            break
        number += 1
    is_last = not block.endswith(b"\n") and number
    hint = "the response may be cut off" if is_last else "check the path, and decoder.type"
    return DecodingError(f"line {number} is not a JSON value", hint)

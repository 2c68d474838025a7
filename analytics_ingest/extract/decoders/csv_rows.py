"""CSV: a row a record, its values texts under the names of the columns.

Nothing is guessed: a record with more or fewer values than there are names fails, as do names that
come twice and quotes that do not end. Blank lines are not records.
"""

import csv
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from analytics_ingest.common.spool import Spool
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.extract.decoders.errors import DecodingError
from analytics_ingest.extract.decoders.row_blocks import BLOCK_BYTES, RowBlock, iterate_text_lines

_LONGEST_VALUE = min(sys.maxsize, 2**31 - 1)
"""Bodies have a limit; csv has one of 128 KB for a value, in all threads at once."""

_JOINED_HINT = "it seems to be several tables, one behind the other; request them one by one"
_DIALECT_HINT = "compare decoder.delimiter and decoder.quote with the response"


class CsvTable:
    """One CSV text."""

    def __init__(self, text: Spool, decoder: Decoder) -> None:
        csv.field_size_limit(_LONGEST_VALUE)
        self._text = text
        self.header: list[str] = []
        """The header as the API sent it."""
        self._names = list(decoder.columns)
        self._has_columns = bool(decoder.columns)
        self._has_header = decoder.header
        self._may_be_joined = bool(decoder.compressions)
        self._nulls = frozenset(decoder.nulls)
        self._format: dict[str, Any] = {
            "delimiter": decoder.delimiter,
            "quotechar": decoder.quote or None,
            "quoting": csv.QUOTE_MINIMAL if decoder.quote else csv.QUOTE_NONE,
            "strict": True,
        }

    def read_blocks(self) -> Iterator[RowBlock]:
        """Yield the rows, many at a time.

        Raises:
            DecodingError: It is not CSV, or a record does not fit the names of the columns.
        """
        rows: list[Any] = []
        begin = 0
        has_header = self._has_header
        for end, line, record in self._read_records():
            if has_header:
                self.header, self._names = record, self._read_names(record)
                has_header, begin = False, end
                continue
            if record == self.header and (len(record) > 1 or self._may_be_joined):
                raise DecodingError(f"line {line} is the header again", _JOINED_HINT)
            rows.append(self._build_row(record, line))
            if end - begin >= BLOCK_BYTES:
                yield RowBlock(rows, partial(self._read, begin, end))
                rows, begin = [], end
        if has_header:
            raise DecodingError("it has no header", "declare decoder.header: false if it has none")
        yield RowBlock(rows, partial(self._read, begin, self._text.size))

    def _read(self, begin: int, end: int) -> list[Any]:
        lines = iterate_text_lines(self._text.read(begin, end))
        return [
            self._build_row(record, 0) for record in csv.reader(lines, **self._format) if record
        ]

    def _read_records(self) -> Iterator[tuple[int, int, list[str]]]:
        """Yield all records, each with the place where it ends and the line where it begins."""
        lines = _Lines(self._text)
        reader = csv.reader(lines, **self._format)
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader, None)
            except csv.Error as error:
                # Its messages quote the delimiter and the quote only.
                problem = f"line {line} is not a record ({error})"
                raise DecodingError(problem, _DIALECT_HINT) from None
            if record is None:
                return
            if record:
                yield lines.position, line, record

    def _read_names(self, record: list[str]) -> list[str]:
        """Read the names of the columns that have a header."""
        if self._names:
            if len(self._names) != len(record):
                raise self._explain_misfit(1, len(record))
            if record != self._names and sorted(record) == sorted(self._names):
                raise _explain_header(
                    "the header has the names of decoder.columns in another order"
                )
            return self._names
        for number, name in enumerate(record, 1):
            if not name.strip():
                raise _explain_header(f"column {number} of the header has no name")
            if (first := record.index(name) + 1) < number:
                raise _explain_header(
                    f"columns {first} and {number} of the header have the same name"
                )
        return record

    def _build_row(self, record: list[str], line: int) -> dict[str, Any]:
        if len(record) != len(self._names):
            raise self._explain_misfit(line, len(record))
        if not self._nulls:
            return dict(zip(self._names, record, strict=True))
        nulls = self._nulls
        return {
            name: None if value in nulls else value
            for name, value in zip(self._names, record, strict=True)
        }

    def _explain_misfit(self, line: int, count: int) -> DecodingError:
        names = "decoder.columns names" if self._has_columns else "the header names"
        problem = f"line {line} has {count} values, but {names} {len(self._names)}"
        return DecodingError(problem, _DIALECT_HINT)


class _Lines:
    """The lines of a text, and how much of it has been read."""

    def __init__(self, text: Spool) -> None:
        self._file = text.open()
        self.position = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            raise StopIteration
        self.position += len(line)
        return line.decode()


def _explain_header(problem: str) -> DecodingError:
    return DecodingError(
        problem, "declare decoder.columns, the names of all columns", is_retryable=False
    )

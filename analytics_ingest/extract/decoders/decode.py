"""A body → what a selector reads rows from, by the endpoint's `decoder`.

    body  → decompressed, in one or several parts  → UTF-8  → rows, or an object

Bodies lie in a `Spool`: in memory, or in a temporary file where they are large.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from analytics_ingest.common.exact_json import RepeatedNameError, parse_json
from analytics_ingest.common.large_json import LARGE, parse_large
from analytics_ingest.common.lazy_list import concatenate
from analytics_ingest.common.spool import Budget, Spool
from analytics_ingest.declaration.element_path import ElementPath
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.extract.decoders.compression import decompress
from analytics_ingest.extract.decoders.csv_headers import find_difference
from analytics_ingest.extract.decoders.csv_rows import CsvTable
from analytics_ingest.extract.decoders.errors import DecodingError
from analytics_ingest.extract.decoders.json_lines import read_json_lines
from analytics_ingest.extract.decoders.row_blocks import collect
from analytics_ingest.extract.decoders.text import (
    check_form,
    is_known,
    is_utf8,
    passes_for_utf8,
    to_utf8,
)
from analytics_ingest.extract.decoders.text_lines import read_text_lines

_ENCODING = re.compile(rb"\s*<\?xml[^>]*\sencoding=|\xff\xfe|\xfe\xff")
_MEMBER_HINT = (
    "one of them may be a row or a message; check that every member is of the same table, and has "
    "its header"
)


class BodyDecoder:
    """Decodes one body.

    Args:
        rows: Where the rows of XML are.
        charset: What the response says of its encoding.
    """

    def __init__(self, decoder: Decoder, rows: ElementPath, charset: str | None) -> None:
        self._decoder = decoder
        self._path_of_rows = rows
        self._charset = charset
        self._copies = Budget()
        self._size = 0
        self.header: list[str] | None = None
        """The header of the first table, as the API sent it."""

    def decode(self, source: Spool, budget: Budget) -> Any:
        """Decode all parts of a body: the rows of all are one list.

        Of a zip file the result is always a list, also of one member: of all rows, or of the
        documents where those are not lists of rows.

        Raises:
            DecodingError: It is broken, or something else.
            SpoolError: It is more than the budget allows, or than the disk holds.
            RecursionError: It is nested too deeply.
        """
        parts = decompress(source, self._decoder.compressions, budget)
        if self._decoder.is_row_based:
            lists = list(self._decode_parts(parts, self._read_rows))
            return lists[0] if len(lists) == 1 else concatenate(lists)
        bodies = list(self._decode_parts(parts, self._read_document))
        if not self._decoder.has_members:
            return bodies[0]
        return concatenate(bodies) if all(isinstance(body, list) for body in bodies) else bodies

    def _decode_parts(
        self, parts: Iterable[Spool], decode: Callable[[Spool], Any]
    ) -> Iterator[Any]:
        for number, part in enumerate(parts, 1):
            try:
                yield decode(part)
            except DecodingError as error:
                if self._decoder.has_members:
                    error.problem = f"member {number}: {error.problem}"
                raise

    def _read_rows(self, part: Spool) -> list[Any]:
        text = self._read_text(part)
        self._size += text.size
        kind = self._decoder.type
        check_form(text, may_be_json=kind == "jsonl", is_table=kind == "csv")
        if self._decoder.type == "csv":
            return self._read_table(text)
        read = read_json_lines if self._decoder.type == "jsonl" else read_text_lines
        return collect(read(text), self._size)

    def _read_table(self, text: Spool) -> list[Any]:
        table = CsvTable(text, self._decoder)
        rows = collect(table.read_blocks(), self._size)
        if self._decoder.header:
            self.header = self.header or table.header
            if difference := find_difference(self._decoder, self.header, table.header):
                problem = f"its header {difference} that of the first member"
                raise DecodingError(problem, _MEMBER_HINT)
        return rows

    def _read_document(self, part: Spool) -> Any:
        if self._decoder.type == "xml":
            # Only here: few APIs need it.
            from analytics_ingest.extract.decoders.xml_document import read_xml

            check_form(part, may_be_json=True, may_be_xml=True)
            content = part.read(0, part.size)
            return read_xml(content, self._find_encoding(content), self._path_of_rows)
        text = self._read_text(part)
        check_form(text, may_be_json=True)
        content = text.read(0, text.size)
        try:
            return parse_large(content) if len(content) >= LARGE else parse_json(content)
        except RepeatedNameError as error:
            raise DecodingError(f"in it {error}", is_retryable=False) from None
        except ValueError:
            raise DecodingError("it cannot be parsed", "check the path") from None

    def _read_text(self, part: Spool) -> Spool:
        return to_utf8(part, self._decoder.encoding, self._charset, self._copies)

    def _find_encoding(self, document: bytes) -> str | None:
        """Find the encoding of an XML document; None where the document itself tells."""
        charset = self._charset
        if self._decoder.encoding or not is_known(charset):
            return self._decoder.encoding
        is_own = is_utf8(document) and not passes_for_utf8(charset)
        return None if is_own or _ENCODING.match(document) else charset

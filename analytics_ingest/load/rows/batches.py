"""What dlt is given of a resource's rows: files that it loads as they are, or the rows.

Pages are gathered into batches; those that can be columns go into files, any other is given as
rows, which dlt reads one by one.
"""

from collections.abc import Iterator
from typing import Any

from analytics_ingest.load.rows.coercion import Storability
from analytics_ingest.load.rows.column_types import ColumnTypes
from analytics_ingest.load.rows.parquet import TableFiles

ROWS_A_BATCH = 2_000
PAGES_A_BATCH = 20
"""Whichever is reached first: as rows they take several times the memory that columns do."""


class Batches:
    """The rows of one resource, on their way to dlt.

    Args:
        types: The types of the resource's columns.
        files: Takes batches that can be columns; None for a resource that is given as rows.
    """

    def __init__(self, types: ColumnTypes, files: TableFiles | None) -> None:
        self._storability = Storability(types)
        self._files = files
        self._rows: list[dict[str, Any]] = []
        self._pages = 0

    def add(self, rows: list[dict[str, Any]]) -> Iterator[Any]:
        """Take the rows of a page; gives the items for dlt that became ready."""
        self._rows += rows
        self._pages += 1
        if len(self._rows) >= ROWS_A_BATCH or self._pages >= PAGES_A_BATCH:
            yield from self._flush()

    def close(self) -> Iterator[Any]:
        """Give what is left."""
        yield from self._flush()
        if self._files:
            yield from self._files.close()

    def _flush(self) -> Iterator[Any]:
        rows, self._rows, self._pages = self._rows, [], 0
        if self._files and self._files.write(rows):
            yield from self._files.finished()
        elif rows:
            yield self._storability.page(rows)

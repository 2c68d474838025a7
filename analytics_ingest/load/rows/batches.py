"""Pages → batches for dlt: as files where every value keeps its type, else as rows.

dlt loads the files unchanged, and looks at rows one by one.
"""

from collections.abc import Iterator
from typing import Any

from analytics_ingest.load.rows.coercion import RowCoercer
from analytics_ingest.load.rows.field_names import FieldNames
from analytics_ingest.load.rows.imported_files import ImportedFiles
from analytics_ingest.load.rows.nested_rows import NestedRowCoercer
from analytics_ingest.load.rows.row_versions import VERSION_COLUMN, RowVersions

ROWS_A_BATCH = 1_000
PAGES_A_BATCH = 20
"""A batch ends at the first of the two limits. Rows take several times the memory of columns, and
a batch that is converted while requests are under way need not be converted at the end."""


class Batches:
    """Gathers the pages of one resource into batches.

    Args:
        coercer: Coerces batches that stay rows.
        names: Gives the fields their columns.
        files: Takes batches that can become columns; None for a resource that needs rows.
        versions: Of a history; None for other tables.
    """

    def __init__(
        self,
        coercer: RowCoercer | NestedRowCoercer,
        names: FieldNames,
        files: ImportedFiles | None,
        versions: RowVersions | None = None,
    ) -> None:
        self._names = names
        self._coercer = coercer
        self._files = files
        self._versions = versions
        self._rows: list[dict[str, Any]] = []
        self._pages = 0

    def add(self, rows: list[dict[str, Any]]) -> Iterator[Any]:
        """Add the rows of a page; yields the items for dlt that are complete."""
        self._rows += self._rename(rows)
        self._pages += 1
        if len(self._rows) >= ROWS_A_BATCH or self._pages >= PAGES_A_BATCH:
            yield from self._flush()

    def _rename(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self._versions is None:
            return self._names.rename(rows)
        new = self._versions.take_new(rows)
        renamed = self._names.rename([row for row, _ in new])
        pairs = zip(renamed, new, strict=True)
        return [{**row, VERSION_COLUMN: version} for row, (_, version) in pairs]

    def close(self) -> Iterator[Any]:
        """Yield the items for dlt that remain."""
        yield from self._flush()
        if self._files:
            yield from self._files.close()

    def _flush(self) -> Iterator[Any]:
        rows, self._rows, self._pages = self._rows, [], 0
        if self._files and self._files.write(rows):
            yield from self._files.take_finished()
        elif rows:
            yield self._coercer.coerce(rows)

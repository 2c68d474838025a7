"""Rows → Parquet or CSV files that dlt loads unchanged, with the columns it gives every table.

In CSV an empty text is quoted and null is not, so that they stay apart.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import dlt
import pyarrow as pa
import pyarrow.parquet as pq
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.libs.pyarrow import columns_to_arrow
from dlt.common.normalizers.utils import generate_dlt_ids
from dlt.common.schema.typing import (
    C_DLT_ID,
    C_DLT_LOAD_ID,
    TColumnSchema,
    TTableSchemaColumns,
)
from dlt.common.schema.utils import dlt_id_column, dlt_load_id_column
from dlt.extract.hints import make_hints
from dlt.extract.items import DataItemWithMeta
from pyarrow import csv

from analytics_ingest.load.rows.arrow import ArrowConverter
from analytics_ingest.load.rows.column_types import ColumnTypes

ROWS_A_FILE = 250_000

FileFormat = Literal["parquet", "csv"]

# As in dlt's schema: dlt rewrites a file whose columns differ.
_LOAD_ID = pa.field(C_DLT_LOAD_ID, pa.string(), nullable=False)
_ROW_ID = pa.field(C_DLT_ID, pa.string(), nullable=False)


class ImportedFiles:
    """Writes the files of one resource.

    Args:
        types: The types of the resource's columns.
        folder: Holds the files, until dlt moves them.
        load_id: dlt's id of the load, a column of each row.
        file_format: Of the files.
    """

    def __init__(
        self, types: ColumnTypes, folder: Path, load_id: str, file_format: FileFormat
    ) -> None:
        self._types = types
        self._converter = ArrowConverter(types)
        self._folder = folder
        self._load_id = load_id
        self._format: FileFormat = file_format
        self._open: _File | None = None
        self._finished: list[_File] = []

    def write(self, rows: list[dict[str, Any]]) -> bool:
        """Write rows; False where they cannot become columns."""
        table = self._converter.convert(rows) if rows else None
        if table is None:
            return not rows
        table = table.append_column(_LOAD_ID, pa.repeat(self._load_id, len(rows)))
        table = table.append_column(_ROW_ID, pa.array(generate_dlt_ids(len(rows))))
        if self._open is None or not self._open.accepts(table):
            previous = [self._open.schema] if self._open else []
            self._finish_file()
            # The columns of the previous file too: so sparse columns that alternate share a file.
            schema = pa.unify_schemas([*previous, table.schema])
            self._open = _File(self._folder, schema, self._format)
        self._open.write(table)
        return True

    def write_empty(self, declared: Mapping[str, TColumnSchema]) -> Iterator[DataItemWithMeta]:
        """Write a file without rows, from which dlt creates the table of the declared fields."""
        hints: TTableSchemaColumns = {
            column: {**hint, "name": column}
            for name, hint in declared.items()
            if "data_type" in hint and (column := self._types.find_column(name))
        }
        capabilities = DestinationCapabilitiesContext.generic_capabilities()
        fields = columns_to_arrow(hints, capabilities, "UTC")
        schema = pa.schema([*fields, _LOAD_ID, _ROW_ID])
        file = _File(self._folder, schema, self._format)
        file.writer.close()
        yield _import_item(file, hints)

    def take_finished(self) -> Iterator[DataItemWithMeta]:
        """Yield the finished files, as items for dlt."""
        while self._finished:
            file = self._finished.pop()
            names = [name for name in file.schema.names if name not in (C_DLT_LOAD_ID, C_DLT_ID)]
            hints: TTableSchemaColumns = {
                name: {"name": name, "data_type": data_type, "nullable": True}
                for name, data_type in self._converter.list_types(names).items()
            }
            yield _import_item(file, hints)

    def close(self) -> Iterator[DataItemWithMeta]:
        """Finish the open file, and yield all that are finished."""
        self._finish_file()
        # Arrow keeps the memory of earlier batches, which the warehouse needs next.
        pa.default_memory_pool().release_unused()
        yield from self.take_finished()

    def _finish_file(self) -> None:
        if self._open:
            self._open.writer.close()
            self._finished.append(self._open)
            self._open = None


def _import_item(file: "_File", columns: TTableSchemaColumns) -> DataItemWithMeta:
    own: TTableSchemaColumns = {C_DLT_LOAD_ID: dlt_load_id_column(), C_DLT_ID: dlt_id_column()}
    hints = make_hints(columns={**own, **columns})
    return dlt.mark.with_file_import(str(file.path), file.format, file.rows, hints)


class _File:
    """An open file."""

    def __init__(self, folder: Path, schema: pa.Schema, file_format: FileFormat) -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / f"{uuid4().hex}.{file_format}"
        self.format: FileFormat = file_format
        self.schema = schema
        self.rows = 0
        create = pq.ParquetWriter if file_format == "parquet" else csv.CSVWriter
        self.writer = create(self.path, schema)

    def accepts(self, table: pa.Table) -> bool:
        """Return whether there is room for a table, and the file has all of its columns."""
        return self.rows < ROWS_A_FILE and set(table.schema) <= set(self.schema)

    def write(self, table: pa.Table) -> None:
        """Write the rows of a table; columns that it lacks are null."""
        for field in self.schema:
            if field.name not in table.schema.names:
                table = table.append_column(field, pa.nulls(len(table), field.type))
        self.writer.write_table(table.select(self.schema.names))
        self.rows += len(table)

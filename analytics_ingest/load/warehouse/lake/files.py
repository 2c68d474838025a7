"""Prepares the files that dlt has written, before it merges them into a lake's tables.

A merge fails on two versions of a row, uses the columns of the first file alone, and does not
change a column that the files lack. So each file loses older versions of its rows, and gets the
columns of all files and of the table.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from dlt.common.schema.typing import TTableSchema
from dlt.common.schema.utils import get_columns_names_with_prop, get_dedup_sort_tuple
from dlt.common.storages import FileStorage
from dlt.pipeline.pipeline import Pipeline

_FILE, _ROW = "_dlt_file", "_dlt_row"
"""Names that no field's column can have."""


def keep_files(pipeline: Pipeline, folder: Path) -> Mapping[str, Sequence[Path]]:
    """Keep a copy of the files that a pipeline will load next, so that they can be profiled.

    Args:
        folder: A new folder for the copies.

    Returns:
        Table → its copied files.
    """
    folder.mkdir()
    kept: dict[str, list[Path]] = {}
    for table, files in list_files_to_load(pipeline).items():
        kept[table] = [folder / file.name for file in files]
        for file, link in zip(files, kept[table], strict=True):
            FileStorage.link_hard_with_fallback(str(file), str(link))
    return kept


def list_files_to_load(pipeline: Pipeline) -> Mapping[str, list[Path]]:
    """List table → its Parquet files that a pipeline loads next, without dlt's own tables."""
    files: dict[str, list[Path]] = defaultdict(list)
    own = pipeline.default_schema.dlt_table_names()
    for load_id in pipeline.list_normalized_load_packages():
        for job in pipeline.get_load_package_info(load_id).jobs["new_jobs"]:
            table = job.job_file_info.table_name
            if job.job_file_info.file_format == "parquet" and table not in own:
                files[table].append(Path(job.file_path))
    return files


def make_mergeable(
    files: Sequence[Path],
    table: TTableSchema,
    stored: pa.Schema,
    connection: duckdb.DuckDBPyConnection,
) -> pa.Schema:
    """Change files so that all their rows can be merged into a table.

    Args:
        table: The table in dlt's schema.
        stored: The columns that the table has; empty without a table.
        connection: Sorts the versions of rows; to start a DuckDB takes longer than that.

    Returns:
        The columns of all files.
    """
    schema = pa.unify_schemas([pq.read_schema(file) for file in files])
    missing = [field.remove_metadata() for field in stored if field.name not in schema.names]
    schema = pa.schema([*schema, *missing])
    is_merged = table.get("write_disposition") == "merge"
    older = _find_older_versions(files, table, connection) if is_merged else {}
    for file in files:
        dropped = older.get(file, frozenset())
        if dropped or pq.read_schema(file) != schema:
            _rewrite(file, schema, dropped)
    return schema


def _find_older_versions(
    files: Sequence[Path], table: TTableSchema, connection: duckdb.DuckDBPyConnection
) -> Mapping[Path, frozenset[int]]:
    """Find file → numbers of its rows that have a newer version, or an equally new one."""
    keys = get_columns_names_with_prop(table, "primary_key")
    column, direction = get_dedup_sort_tuple(table) or (keys[0], "asc")
    rows = pa.concat_tables(
        [_number_rows(number, file, {*keys, column}) for number, file in enumerate(files)],
        promote_options="default",
    )
    older: dict[Path, set[int]] = defaultdict(set)
    connection.register("rows", rows)
    result = connection.execute(
        f"select {_FILE}, {_ROW} from (select {_FILE}, {_ROW}, row_number() over ("
        f"partition by {', '.join(map(quote, keys))} "
        f"order by {quote(column)} {direction} nulls last) as version from rows) "
        "where version > 1"
    )
    for file, row in result.fetchall():
        older[files[file]].add(row)
    connection.unregister("rows")
    return {file: frozenset(numbers) for file, numbers in older.items()}


def _number_rows(number: int, file: Path, columns: set[str]) -> pa.Table:
    """Return some columns of a file, with the file's number and each row's."""
    names = set(pq.read_schema(file).names)
    table = pq.read_table(file, columns=sorted(columns & names))
    for column in sorted(columns - names):
        table = table.append_column(column, pa.nulls(len(table)))
    table = table.append_column(_FILE, pa.repeat(number, len(table)))
    return table.append_column(_ROW, pa.array(range(len(table)), pa.int64()))


def _rewrite(file: Path, schema: pa.Schema, dropped: frozenset[int]) -> None:
    """Rewrite a file with the columns of a schema, without some of its rows."""
    rewritten = file.with_suffix(".new")
    with pq.ParquetFile(file) as old, pq.ParquetWriter(rewritten, schema) as new:
        for batch in _without(old.iter_batches(), dropped):
            columns = {
                field.name: batch[field.name]
                if field.name in batch.schema.names
                else pa.nulls(len(batch), field.type)
                for field in schema
            }
            new.write_table(pa.table(columns, schema=schema))
    rewritten.replace(file)


def _without(
    batches: Iterator[pa.RecordBatch], dropped: frozenset[int]
) -> Iterator[pa.RecordBatch]:
    first = 0
    for batch in batches:
        numbers = range(first, first + len(batch))
        first += len(batch)
        yield batch.filter(pa.array([number not in dropped for number in numbers]))


def quote(column: str) -> str:
    """Return a column's name in DuckDB's SQL."""
    return '"' + column.replace('"', '""') + '"'

"""Files on their way into a lake's tables, after dlt has written them and before it loads them.

A merge there takes no row twice, only the columns of the first file, and leaves a column as it was
that the files do not have. So further versions of a row are taken out, and each file gets the
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
"""Names that no field's column has."""


def keep_files(pipeline: Pipeline, folder: Path) -> Mapping[str, Sequence[Path]]:
    """Keep the files that a pipeline will load next as they are, for who counts their rows.

    Args:
        folder: A new folder to keep them in.

    Returns:
        Table → its files in that folder.
    """
    folder.mkdir()
    kept: dict[str, list[Path]] = {}
    for table, files in files_to_load(pipeline).items():
        kept[table] = [folder / file.name for file in files]
        for file, link in zip(files, kept[table], strict=True):
            FileStorage.link_hard_with_fallback(str(file), str(link))
    return kept


def files_to_load(pipeline: Pipeline) -> Mapping[str, list[Path]]:
    """The Parquet files that a pipeline will load next, by table, dlt's own left out."""
    found: dict[str, list[Path]] = defaultdict(list)
    own = pipeline.default_schema.dlt_table_names()
    for load_id in pipeline.list_normalized_load_packages():
        for job in pipeline.get_load_package_info(load_id).jobs["new_jobs"]:
            table = job.job_file_info.table_name
            if job.job_file_info.file_format == "parquet" and table not in own:
                found[table].append(Path(job.file_path))
    return found


def make_mergeable(files: Sequence[Path], table: TTableSchema, stored: pa.Schema) -> pa.Schema:
    """Change files so that all their rows can be merged into a table.

    Args:
        table: The table in dlt's schema.
        stored: The columns that it has; none where there is no table.

    Returns:
        The columns of all files.
    """
    schema = pa.unify_schemas([pq.read_schema(file) for file in files])
    missing = [field.remove_metadata() for field in stored if field.name not in schema.names]
    schema = pa.schema([*schema, *missing])
    further = _further_versions(files, table) if table.get("write_disposition") == "merge" else {}
    for file in files:
        out = further.get(file, frozenset())
        if out or pq.read_schema(file) != schema:
            _rewrite(file, schema, out)
    return schema


def _further_versions(files: Sequence[Path], table: TTableSchema) -> Mapping[Path, frozenset[int]]:
    """File → numbers of the rows of which there is a newer version, or an equally new one."""
    keys = get_columns_names_with_prop(table, "primary_key")
    column, direction = get_dedup_sort_tuple(table) or (keys[0], "asc")
    rows = pa.concat_tables(
        [_numbered(number, file, {*keys, column}) for number, file in enumerate(files)],
        promote_options="default",
    )
    found: dict[Path, set[int]] = defaultdict(set)
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        further = connection.execute(
            f"select {_FILE}, {_ROW} from (select {_FILE}, {_ROW}, row_number() over ("
            f"partition by {', '.join(map(quoted, keys))} "
            f"order by {quoted(column)} {direction} nulls last) as version from rows) "
            "where version > 1"
        )
        for file, row in further.fetchall():
            found[files[file]].add(row)
    return {file: frozenset(numbers) for file, numbers in found.items()}


def _numbered(number: int, file: Path, columns: set[str]) -> pa.Table:
    """Some columns of a file, and where in which file each row stands."""
    names = set(pq.read_schema(file).names)
    table = pq.read_table(file, columns=sorted(columns & names))
    for column in sorted(columns - names):
        table = table.append_column(column, pa.nulls(len(table)))
    table = table.append_column(_FILE, pa.repeat(number, len(table)))
    return table.append_column(_ROW, pa.array(range(len(table)), pa.int64()))


def _rewrite(file: Path, schema: pa.Schema, out: frozenset[int]) -> None:
    """Write a file again with the columns of a schema, without some of its rows."""
    written = file.with_suffix(".new")
    with pq.ParquetFile(file) as old, pq.ParquetWriter(written, schema) as new:
        for batch in _without(old.iter_batches(), out):
            columns = {
                field.name: batch[field.name]
                if field.name in batch.schema.names
                else pa.nulls(len(batch), field.type)
                for field in schema
            }
            new.write_table(pa.table(columns, schema=schema))
    written.replace(file)


def _without(batches: Iterator[pa.RecordBatch], out: frozenset[int]) -> Iterator[pa.RecordBatch]:
    first = 0
    for batch in batches:
        numbers = range(first, first + len(batch))
        first += len(batch)
        yield batch.filter(pa.array([number not in out for number in numbers]))


def quoted(column: str) -> str:
    """A column's name in DuckDB's SQL."""
    return '"' + column.replace('"', '""') + '"'

"""Bounds the memory of DuckDB while it stores a load, which otherwise grows with the load's rows.

DuckDB keeps what it has read until it is closed, and writes to disk what does not fit under its
limit. Very wide rows it cannot take apart: they are stored without a limit.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow.parquet as pq
from dlt.destinations.exceptions import DatabaseTransientException
from dlt.pipeline.exceptions import PipelineStepFailed

from analytics_ingest.loading.log import LogLine

MEMORY = "128MB"

WIDE = 8_000
"""Bytes of a row, on average of a file, from which on the limit is not tried."""

T = TypeVar("T")


def within_memory(database: Path | None, work: Callable[[], T], log: LogLine) -> T:
    """Do what can be done twice: with little memory, and if that is not enough, with more.

    Args:
        database: A DuckDB file that this process keeps open; None where the warehouse is another.
    """
    if database is None:
        return work()
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        try:
            return work()
        except (PipelineStepFailed, DatabaseTransientException) as error:
            if not _ran_out(error):
                raise
        log(f"DuckDB needs more than {MEMORY} of memory for rows as wide as these, trying again")
        connection.execute("RESET memory_limit")
        return work()


def has_wide_rows(parquet_files: Iterable[Path]) -> bool:
    """Whether a file's rows are too wide for the limit."""
    return any(_bytes_a_row(pq.read_metadata(path)) > WIDE for path in parquet_files)


def _bytes_a_row(file: pq.FileMetaData) -> float:
    size = sum(file.row_group(i).total_byte_size for i in range(file.num_row_groups))
    return size / max(1, file.num_rows)


def _ran_out(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, duckdb.OutOfMemoryException):
            return True
        error = error.__cause__ or error.__context__
    return False

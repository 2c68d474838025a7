"""Bounds the memory of DuckDB while it stores a load, which otherwise grows with the load's rows.

DuckDB keeps what it has read until it is closed, and writes to disk what does not fit under its
limit. It needs some memory for each column, so the limit follows the widest table; very wide rows
it cannot take apart, so they are stored without a limit.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow.parquet as pq
from dlt.destinations.exceptions import DatabaseTransientException
from dlt.pipeline.exceptions import PipelineStepFailed

from analytics_ingest.common.log import LogLine

LEAST = 48
"""Megabytes that a load is given at least."""

MEGABYTES_A_COLUMN = 2
"""Text took 1.3 with one thread; each more thread takes as much again."""

WIDE = 8_000
"""Bytes of a row, on average of a file, from which on the limit is not tried."""

T = TypeVar("T")


def within_memory(
    database: Path | None, megabytes: int | None, work: Callable[[], T], log: LogLine
) -> T:
    """Do what can be done twice: with little memory, and if that is not enough, with more.

    Args:
        database: A DuckDB file that this process keeps open; None where the warehouse is another.
        megabytes: The limit; None for none.
    """
    if database is None or megabytes is None:
        return work()
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"SET memory_limit = '{megabytes}MB'; SET threads = 1")
        try:
            return work()
        except (PipelineStepFailed, DatabaseTransientException) as error:
            if not _ran_out(error):
                raise
        log(f"DuckDB needs more than {megabytes} MB of memory for rows like these, trying again")
        connection.execute("RESET memory_limit; RESET threads")
        return work()


def megabytes_needed(parquet_files: Iterable[Path]) -> int | None:
    """The limit with which files can be stored; None where a file's rows are too wide for any."""
    files = [pq.read_metadata(path) for path in parquet_files]
    if any(_bytes_a_row(file) > WIDE for file in files):
        return None
    widest = max((file.num_columns for file in files), default=0)
    return max(LEAST, MEGABYTES_A_COLUMN * widest)


def _bytes_a_row(file: pq.FileMetaData) -> float:
    size = sum(file.row_group(i).total_byte_size for i in range(file.num_row_groups))
    return size / max(1, file.num_rows)


def _ran_out(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, duckdb.OutOfMemoryException):
            return True
        # A commit that needs more is told of by another exception.
        if isinstance(error, duckdb.TransactionException) and "block of size" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False

"""Bounds DuckDB's memory while it stores a load, which would otherwise grow with the rows.

DuckDB keeps what it has read until it is closed, and spills to disk what exceeds its limit. It
needs some memory for each column, so the limit follows the widest table. DuckDB cannot split a very
wide row, so such rows are stored without a limit.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow.parquet as pq
from dlt.destinations.exceptions import DatabaseTransientException
from dlt.pipeline.exceptions import PipelineStepFailed

from analytics_ingest.common.log import LogLine
from analytics_ingest.load.warehouse.faults import is_out_of_memory

MINIMUM_MEGABYTES = 48

MEGABYTES_A_COLUMN = 2
"""Text needed 1.3 with one thread; each further thread needs the same again."""

ENOUGH_MEGABYTES = 192
"""For the second attempt: the merge of a million rows needs more than the minimum."""

BYTES_OF_A_WIDE_ROW = 8_000
"""Above this average, a file is stored without a limit."""

T = TypeVar("T")


def run_within_memory(
    database: Path | None, megabytes: int | None, log: LogLine, work: Callable[[], T]
) -> T:
    """Run work in little memory, again in more if that is not enough, and at last without a limit.

    Args:
        database: The DuckDB file, which this process keeps open; None for another warehouse.
        megabytes: The first limit; None for no limit.
        work: Must be repeatable.
    """
    if database is None or megabytes is None:
        return work()
    with duckdb.connect(str(database)) as connection:
        for limit in sorted({megabytes, max(megabytes, ENOUGH_MEGABYTES)}):
            try:
                # It fails where DuckDB keeps more already: work before this needed more.
                connection.execute(f"SET memory_limit = '{limit}MB'; SET threads = 1")
                return work()
            except (
                PipelineStepFailed,
                DatabaseTransientException,
                duckdb.OutOfMemoryException,
            ) as error:
                if not is_out_of_memory(error):
                    raise
            log(f"DuckDB needs more than {limit} MB of memory for these rows; trying again")
        connection.execute("RESET memory_limit; RESET threads")
        return work()


def estimate_megabytes(parquet_files: Iterable[Path]) -> int | None:
    """Estimate the memory limit that suffices to store files.

    None where a file's rows are too wide for a limit.
    """
    files = [pq.read_metadata(path) for path in parquet_files]
    if any(_estimate_bytes_a_row(file) > BYTES_OF_A_WIDE_ROW for file in files):
        return None
    widest = max((file.num_columns for file in files), default=0)
    return max(MINIMUM_MEGABYTES, MEGABYTES_A_COLUMN * widest)


def _estimate_bytes_a_row(file: pq.FileMetaData) -> float:
    size = sum(file.row_group(i).total_byte_size for i in range(file.num_row_groups))
    return size / max(1, file.num_rows)

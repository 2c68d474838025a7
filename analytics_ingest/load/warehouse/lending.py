"""Lends the DuckDB file to another program that writes to it, such as dbt.

Only one process can have the file open, so no load may begin to write meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlt.destinations.impl.duckdb.configuration import DuckDbClientConfiguration

from analytics_ingest.common.log import LogLine
from analytics_ingest.common.project import in_project, locate_project
from analytics_ingest.common.warehouse_settings import read_warehouse_type
from analytics_ingest.load.warehouse.destinations.destination import create_destination
from analytics_ingest.load.warehouse.destinations.read_replica import (
    get_replica_path,
    renew_replica,
)
from analytics_ingest.load.warehouse.destinations.write_lock import WriteLock, open_write_lock

_BORROWER = "another program"
"""Whom messages name where those of a load name the API."""


@contextmanager
def lend_warehouse(log: LogLine, project: Path | None = None) -> Iterator[Path | None]:
    """Keep loads waiting for a block in which another program writes, then renew the read replica.

    Args:
        log: Called with a line when the block has to wait for a load or a program.
        project: The folder of the Dagster project.

    Yields:
        The DuckDB file; None for another warehouse, which many can write to.

    Raises:
        LoadError: Another program keeps the file open, or the read replica cannot be written.
    """
    with in_project(locate_project(project)):
        lock = _open_file_lock(log) if read_warehouse_type() == "duckdb" else None
        replica = lock and get_replica_path(_BORROWER, "duckdb", lock.database)
    if lock is None or lock.database is None:
        yield None
        return
    with lock.lend():
        yield lock.database
        if replica:
            renew_replica(_BORROWER, lock.database, replica)


def _open_file_lock(log: LogLine) -> WriteLock:
    destination = create_destination(_BORROWER)
    unresolved = DuckDbClientConfiguration()._bind_dataset_name(_BORROWER)
    return open_write_lock(_BORROWER, destination.configuration(unresolved).credentials, log)

"""Opens the stored tables before anything is stored, while no other run writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from analytics_ingest.load.warehouse.faults import explain_sql
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import StoredTables, open_tables


@contextmanager
def open_locked_tables(pipeline: WarehousePipeline, what: str) -> Iterator[StoredTables]:
    """Open the tables of a pipeline with the write lock held.

    Args:
        what: Names the tables in the error.

    Raises:
        WarehouseError: They cannot be read.
    """
    unread = f"nothing is stored, because the tables of {what} cannot be read"
    with (
        pipeline.write_lock.hold(),
        explain_sql(pipeline.pipeline_name, unread),
        open_tables(pipeline) as tables,
    ):
        yield tables


def has_rows(tables: StoredTables, table: str, condition: str = "1 = 1") -> bool:
    """Return whether a table that exists has a row that meets a condition in SQL."""
    source = tables.name_source(table, staged=False)
    return bool(tables.query(f"select 1 from {source} where {condition} limit 1"))

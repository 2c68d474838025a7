"""Warns where the API has no rows of a resource with a cursor any more, and its table has some.

A window without rows is usual. A listing that is empty without its window too is an API that has
lost its rows, or that answers a fault with an empty list.
"""

from collections.abc import Mapping, Sequence

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.deletes import is_read_in_full
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.comparisons.locked_tables import has_rows, open_locked_tables
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import Columns, StoredTables

_WARNING = (
    "the API returned no rows, nor any without the window, and the table has rows, which are kept: "
    "they may be deleted, or the API is at fault; declare allow_empty: true if this may be"
)


def warn_of_emptied_listings(
    pipeline: WarehousePipeline,
    resources: Sequence[ResourceDeclaration],
    stats: Mapping[str, Stats],
) -> None:
    """Warn of the resources without any rows whose tables have some.

    Args:
        stats: Resource → the counts of what has been extracted; its warnings are added to them.
    """
    empty = [r for r in resources if stats[r.name].is_empty and not _is_allowed(r)]
    if not empty or pipeline.default_schema_name is None:
        return
    with open_locked_tables(pipeline, "empty listings") as tables:
        stored = tables.list_columns([resource.table for resource in empty])
        for resource in empty:
            table, columns = resource.table, stored[resource.table]
            if columns and has_rows(tables, table, _build_condition(resource, tables, columns)):
                stats[resource.name].warn([_WARNING])


def _is_allowed(resource: ResourceDeclaration) -> bool:
    """Return whether an empty listing is right, or the check `deletes` speaks of it."""
    is_right = resource.declared.allow_empty or resource.reads_changes
    return is_right or is_read_in_full(resource)


def _build_condition(resource: ResourceDeclaration, tables: StoredTables, columns: Columns) -> str:
    """Return the condition in SQL for the rows that are not marked as deleted."""
    deletes = resource.declared.deletes
    mark = deletes.column if deletes else None
    return f"{tables.quote(mark)} is null" if mark and mark in columns else "1 = 1"

"""Warns where the API has no rows of a resource with a cursor any more, and its table has some.

A window without rows is usual. A listing that is empty without its window too is an API that has
lost its rows, or that answers a fault with an empty list.
"""

from collections.abc import Mapping, Sequence

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.deletes import is_read_in_full
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.comparisons.locked_tables import open_locked_tables
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import StoredTables

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
        for resource in empty:
            if _has_rows(tables, resource):
                stats[resource.name].warn([_WARNING])


def _is_allowed(resource: ResourceDeclaration) -> bool:
    """Return whether an empty listing is right, or the check `deletes` speaks of it."""
    is_right = resource.declared.allow_empty or resource.reads_changes
    return is_right or is_read_in_full(resource)


def _has_rows(tables: StoredTables, resource: ResourceDeclaration) -> bool:
    """Return whether the table has a row that is not marked as deleted."""
    columns = tables.list_columns([resource.table])[resource.table]
    if not columns:
        return False
    deletes = resource.declared.deletes
    mark = deletes.column if deletes else None
    condition = f" where {tables.quote(mark)} is null" if mark and mark in columns else ""
    source = tables.name_source(resource.table, staged=False)
    return bool(tables.query(f"select 1 from {source}{condition} limit 1"))

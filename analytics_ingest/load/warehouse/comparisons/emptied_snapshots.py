"""Finds snapshots, and windows that are replaced, that come back empty although rows are stored.

An API that answers a wrong key or a broken query with an empty list looks like one whose rows are
all deleted. The table is kept until somebody declares which of the two it is.
"""

from collections.abc import Mapping, Sequence

from analytics_ingest.common.errors import ApiError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.comparisons.locked_tables import has_rows, open_locked_tables
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import Columns, StoredTables
from analytics_ingest.load.warehouse.tables.replaced_windows import get_scope


def find_emptied_snapshots(
    pipeline: WarehousePipeline,
    resources: Sequence[ResourceDeclaration],
    stats: Mapping[str, Stats],
) -> dict[str, ApiError]:
    """Find the snapshots of a load that have no rows, and whose tables have some.

    Args:
        stats: Resource → the counts of what has been extracted.

    Returns:
        Resource → the error that it fails with.
    """
    empty = [r for r in resources if _is_unexpectedly_empty(r, stats[r.name])]
    replaced = [r for r in resources if r.replaces_window]
    if not (empty or replaced) or pipeline.default_schema_name is None:
        return {}
    with open_locked_tables(pipeline, "empty snapshots") as tables:
        stored = tables.list_columns(sorted({resource.table for resource in (*empty, *replaced)}))
        unreached = {
            resource.name: _build_unreached_error(resource)
            for resource in replaced
            if stored[resource.table] and _has_unreached(resource, tables, stored, pipeline)
        }
        return unreached | {
            resource.name: _build_error(resource)
            for resource in empty
            if stored[resource.table]
            and has_rows(tables, resource.table, get_scope(resource, pipeline.default_schema))
        }


def _has_unreached(
    resource: ResourceDeclaration,
    tables: StoredTables,
    stored: Mapping[str, Columns],
    pipeline: WarehousePipeline,
) -> bool:
    """Return whether a row lies in no window: an earlier declaration stored it."""
    cursor = pipeline.plan.column_name(str(resource.cursor_column))
    if cursor not in stored[resource.table]:
        return has_rows(tables, resource.table)
    return has_rows(tables, resource.table, f"{tables.quote(cursor)} is null")


def _build_unreached_error(resource: ResourceDeclaration) -> ApiError:
    table = f"{resource.api}.{resource.table}"
    return ApiError(
        f"{resource.api}.{resource.name}: the table has rows without a cursor in the column "
        f"{resource.cursor_column}, which no window would replace; start it over: DROP TABLE "
        f"{table}, then load all partitions again"
    )


def _is_unexpectedly_empty(resource: ResourceDeclaration, stats: Stats) -> bool:
    if resource.declared.allow_empty or stats.rows_loaded:
        return False
    if resource.incremental:
        return resource.replaces_window
    # Rejected rows of a merge are stored beside the table, and fail a check.
    return not (stats.rows_read and resource.is_merged)


def _build_error(resource: ResourceDeclaration) -> ApiError:
    return ApiError(
        f"{resource.api}.{resource.name}: the API returned no row that can be loaded, so the rows "
        f"of the {'window' if resource.incremental else 'table'} are kept; declare allow_empty: "
        "true if the listing can be empty"
    )

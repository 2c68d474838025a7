"""Keeps stored rows that are newer than those of the load.

dlt's merge replaces a stored row by the staged one, even by an older one. A listing has only the
present version of a row, so the stored one is newer only if another run has stored it while this
load read. A listing of changes has older versions too: these replace no newer row at all. Rows that
are stored in a newer version are not merged. They stay staged, so a full reading does not take them
for deleted. Without a key no row is known to be newer: a load that replaces a window fails if
another run has stored rows of it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dlt.common.schema import Schema
from dlt.common.schema.typing import C_DLT_LOAD_ID
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.merge.known_loads import KnownLoads, build_stored_by
from analytics_ingest.load.warehouse.sql_tables import StoredTables, open_tables
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan
from analytics_ingest.load.warehouse.tables.replaced_windows import get_scope

FILTER = "x-merge-source-filter"
"""dlt's hint of a table: the condition for staged rows that are merged."""


def keep_newer_rows(
    pipeline: Pipeline,
    resources: Sequence[ResourceDeclaration],
    known: KnownLoads | None,
    load_id: str | None,
    *,
    plan: LoadPlan,
    log: LogLine,
) -> None:
    """Merge no row that is stored in a newer version; the caller holds the write lock.

    Args:
        known: The loads that were stored before the first request.
        load_id: Of the load that is about to be merged.
        log: Called with a line for each resource that another run has loaded since.

    Raises:
        WarehouseError: Another run has stored rows of a window that this load replaces.
    """
    if not known or not load_id or not plan.changes_rows or not pipeline.default_schema_name:
        return
    read = [r for r in resources if r.cursor_column and r.is_merged and not r.has_history]
    with open_tables(pipeline) as tables:
        others = known.list_others(tables) if read else []
        if others:
            _check_windows(read, pipeline.default_schema, tables, others)
        read = [r for r in read if r.primary_key and (others or r.reads_changes)]
        if not read:
            return
        stored = tables.list_columns([resource.table for resource in read])
        filters = {
            resource.name: (resource, _build_filter(resource, tables, others, plan.column_name))
            for resource in read
            if plan.column_name(resource.version_column or "") in stored[resource.table]
        }
    packages = pipeline._get_load_storage().normalized_packages
    schema = packages.load_schema(load_id)
    for resource, condition in filters.values():
        if resource.table in schema.tables:
            hints: Any = schema.tables[resource.table]
            hints[FILTER] = condition
            if others:
                log(
                    f"{resource.api}.{resource.name}: another load has stored rows since this one "
                    "began; those that are newer than the rows of this load stay"
                )
    packages.save_schema(load_id, schema)


def _check_windows(
    resources: Sequence[ResourceDeclaration],
    schema: Schema,
    tables: StoredTables,
    others: Sequence[str],
) -> None:
    """Check that no other run has stored rows of the windows that this load replaces."""
    replaced = [resource for resource in resources if resource.replaces_window]
    stored = tables.list_columns([resource.table for resource in replaced])
    for resource in replaced:
        if not stored[resource.table]:
            continue
        source = tables.name_source(resource.table, staged=False)
        condition = f"{build_stored_by(tables, 'stored', others)} and {get_scope(resource, schema)}"
        if tables.query(f"select 1 from {source} as stored where {condition} limit 1"):
            raise WarehouseError(
                f"{resource.api}.{resource.name}: another run has stored rows of this window since "
                "this load began, and without a primary_key nothing says which are newer; load it "
                "again"
            )


def _build_filter(
    resource: ResourceDeclaration,
    tables: StoredTables,
    others: Sequence[str],
    normalize: Callable[[str], str],
) -> str:
    """Build the condition in SQL for staged rows by their keys only: dlt gives them no alias."""
    keys = [tables.quote(normalize(key)) for key in resource.primary_key]
    version = tables.quote(normalize(resource.version_column or ""))
    own, staged = (
        tables.name_source(resource.table, staged=is_staged) for is_staged in (False, True)
    )
    names = ", ".join(keys)
    state = f"n.{version}"
    if resource.changes:
        # Rows that were loaded without `changes` show the state of their load.
        load_id = tables.quote(C_DLT_LOAD_ID)
        state = f"coalesce({state}, to_timestamp(cast(n.{load_id} as double precision)))"
    # PostgreSQL would run a correlated subquery once for each row.
    newest = f"select {names}, max({version}) as _newest from {staged} group by {names}"
    newer = (
        f"select {', '.join(f'n.{key}' for key in keys)} from {own} as n join ({newest}) as s "
        f"on {' and '.join(f's.{key} = n.{key}' for key in keys)} "
        f"where {state} > s._newest"
    )
    if not resource.reads_changes:
        newer += f" and {build_stored_by(tables, 'n', others)}"
    # dlt reads braces as placeholders.
    return f"({names}) not in ({newer})".replace("{", "{{").replace("}", "}}")

"""Keeps newer versions of rows that another run has stored while a load read older ones.

dlt's merge replaces a stored row by the staged one, whatever their cursors are. So rows that such a
run has stored with a newer cursor are not merged. They stay staged, so a full reading does not take
them for deleted.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.known_loads import KnownLoads
from analytics_ingest.load.warehouse.sql_tables import StoredTables, open_tables

FILTER = "x-merge-source-filter"
"""dlt's hint of a table: the condition for staged rows that are merged."""


def keep_newer_rows(
    pipeline: Pipeline,
    resources: Sequence[ResourceDeclaration],
    known: KnownLoads | None,
    load_id: str | None,
    normalize: Callable[[str], str],
) -> None:
    """Merge no row that another run has stored in a newer version; the caller holds the lock.

    Args:
        known: The loads that were stored before the first request.
        load_id: Of the load that is about to be merged.
        normalize: The function from the name of a field to that of its column.
    """
    if known is None or load_id is None or pipeline.default_schema_name is None:
        return
    read = [r for r in resources if r.cursor_column and r.is_merged and not r.has_history]
    if not read:
        return
    with open_tables(pipeline) as tables:
        if not known.others(tables):
            return
        stored = tables.columns([resource.table for resource in read])
        filters = {
            resource.table: _filter(resource, tables, known, normalize)
            for resource in read
            if normalize(resource.cursor_column or "") in stored[resource.table]
        }
    packages = pipeline._get_load_storage().normalized_packages
    schema = packages.load_schema(load_id)
    for table, condition in filters.items():
        if table in schema.tables:
            hints: Any = schema.tables[table]
            hints[FILTER] = condition
    packages.save_schema(load_id, schema)


def _filter(
    resource: ResourceDeclaration,
    tables: StoredTables,
    known: KnownLoads,
    normalize: Callable[[str], str],
) -> str:
    """The condition in SQL for staged rows, by their keys alone: dlt gives them no alias."""
    keys = [tables.quoted(normalize(key)) for key in resource.primary_key]
    cursor = tables.quoted(normalize(resource.cursor_column or ""))
    own, staged = (tables.source(resource.table, staged=is_staged) for is_staged in (False, True))
    same = " and ".join(f"s.{key} = n.{key}" for key in keys)
    newest = f"select max(s.{cursor}) from {staged} as s where {same}"
    newer = (
        f"select {', '.join(f'n.{key}' for key in keys)} from {own} as n "
        f"where {known.stored_since(tables, 'n')} and n.{cursor} > ({newest})"
    )
    # Braces are placeholders of dlt.
    return f"({', '.join(keys)}) not in ({newer})".replace("{", "{{").replace("}", "}}")

"""Tables of histories: each version of a snapshot's rows, by dlt's strategy `scd2`.

A row that is absent from a listing is retired, unless the listing may lack rows. dlt orders
versions by the start of their loads, so a load that began before a stored one fails.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from dlt.common.destination.client import JobClientBase
from dlt.common.schema.typing import DEFAULT_VALIDITY_COLUMN_NAMES, TTableSchemaColumns
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.full_readings import (
    find_listing_doubt,
    find_parent_doubt,
)
from analytics_ingest.load.rows.row_versions import VERSION_COLUMN
from analytics_ingest.load.warehouse.faults import explain_sql
from analytics_ingest.load.warehouse.tables.replaced_windows import SCOPE

VALID_FROM, VALID_TO = DEFAULT_VALIDITY_COLUMN_NAMES


TABLE_HINTS = {"x-merge-strategy": "scd2"}
COLUMN_HINTS: dict[str, Any] = {
    VERSION_COLUMN: {"data_type": "text", "nullable": False, "x-row-version": True},
    VALID_FROM: {"data_type": "timestamp", "nullable": True, "x-valid-from": True},
    VALID_TO: {
        "data_type": "timestamp",
        "nullable": True,
        "x-valid-to": True,
        "x-active-record-timestamp": None,
    },
}
"""What dlt makes of `strategy: scd2`, which would give the first column no type."""


def describe_other_kind(resource: ResourceDeclaration, stored: TTableSchemaColumns) -> str:
    """Say that a stored table keeps a history and is declared without one, or the reverse."""
    if not stored or resource.has_history == (VERSION_COLUMN in stored):
        return ""
    table = f"{resource.api}.{resource.table}"
    is_kept = "the table keeps versions of rows, which a load without 'scd2' would delete"
    problem = "the table was loaded without versions" if resource.has_history else is_kept
    return (
        f"{table}: {problem}; declare another table_name, or start it over: DROP TABLE {table}, "
        "then load it again"
    )


def keep_absent_rows(
    pipeline: Pipeline, resources: Sequence[ResourceDeclaration], extractor: Extractor
) -> None:
    """Retire no row for its absence from a listing that may lack rows, and warn of that.

    Args:
        extractor: What has read them.
    """
    is_changed = False
    for resource in resources:
        reasons = list(_find_gaps(extractor, resource)) if resource.has_history else []
        table: Any = pipeline.default_schema.tables.get(resource.table) if reasons else None
        if table is None:
            continue
        keys = get_key_columns(table)
        same = " AND ".join(f's."{key}" = {{table}}."{key}"' for key in keys)
        table[SCOPE] = f"EXISTS (SELECT 1 FROM {{staging_table}} AS s WHERE {same})"
        warning = f"rows that are absent keep their versions, because {', '.join(reasons)}"
        extractor.stats[resource.name].warn([warning])
        is_changed = True
    if is_changed:
        packages = pipeline._get_normalize_storage().extracted_packages
        for load_id in pipeline.list_extracted_load_packages():
            packages.save_schema(load_id, pipeline.default_schema)


def get_key_columns(table: Any) -> list[str]:
    """Return the columns of a table's primary key."""
    return [name for name, column in table["columns"].items() if column.get("primary_key")]


def _find_gaps(extractor: Extractor, resource: ResourceDeclaration) -> Iterator[str]:
    """Yield what of a listing, or of those of its parents, says that rows may be missing in it."""
    template, stats = extractor.templates[resource.name], extractor.stats[resource.name]
    counts = {
        "rows were rejected": stats.rows_rejected,
        "listings of parents were answered with 404": stats.listings_missing,
        "responses were ignored": stats.listings_ignored,
        "rows of the parent were skipped": stats.parents_skipped,
    }
    yield from (f"{count} {reason}" for reason, count in counts.items() if count)
    if stats.warnings:
        yield "something contradicts the end of the listing"
    elif not stats.rows_rejected and (doubt := find_listing_doubt(template, stats)):
        yield doubt
    if doubt := find_parent_doubt(template, extractor.templates, extractor.stats):
        yield doubt


def check_order(
    client: JobClientBase, resources: Sequence[ResourceDeclaration], load_id: str | None
) -> None:
    """Check that no history has changed since a load began; the caller holds the write lock.

    Raises:
        WarehouseError: One has: an older state would become the newest version.
    """
    tables = client.schema.tables
    names = [r.table for r in resources if r.has_history]
    stored = [name for name in names if VALID_TO in tables.get(name, {}).get("columns", {})]
    if not stored or load_id is None or not isinstance(client, SqlJobClientBase):
        return
    began = datetime.fromtimestamp(float(load_id), timezone.utc)
    for name, columns in client.get_storage_tables(stored):
        if not columns:
            continue
        sql = client.sql_client
        table = sql.make_qualified_table_name(name)
        query = f"SELECT 1 FROM {table} WHERE {VALID_FROM} > %s OR {VALID_TO} > %s LIMIT 1"
        unread = "nothing is stored, because the history cannot be read"
        with explain_sql(f"{client.schema.name}.{name}", unread):
            is_changed = bool(sql.execute_sql(query, began, began))
        if is_changed:
            raise WarehouseError(
                f"{client.schema.name}.{name}: another load has changed the history after this one "
                "began, or the clock went back; load it again"
            )

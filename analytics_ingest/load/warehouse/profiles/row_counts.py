"""Counts the rows of whole tables, where the warehouse knows their number without reading them."""

from collections.abc import Mapping, Sequence

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.load.warehouse.sql_tables import open_tables

_KNOWN_BY = ("duckdb", "motherduck", "snowflake", "bigquery", "clickhouse")
"""Destinations that keep the number. PostgreSQL and others read the table, or an index of it."""


def count_tables(
    pipeline: WarehousePipeline,
    resources: Sequence[ResourceDeclaration],
    profiles: Mapping[str, TableProfile],
) -> None:
    """Add to profiles how many rows the tables have; the caller holds the write lock."""
    counted = ((r.table, profiles.get(r.name)) for r in resources)
    tables = {table: profile for table, profile in counted if profile and profile.columns}
    if not tables or pipeline.plan.kind not in _KNOWN_BY:
        return
    with open_tables(pipeline) as stored:
        counts = (f"(select count(*) from {stored.name_source(t, staged=False)})" for t in tables)
        (row,) = stored.query(f"select {', '.join(counts)}")
    for profile, rows in zip(tables.values(), row, strict=True):
        profile.table_rows = rows

"""Which loads other runs have stored while a load read the API.

dlt's table of loads is read before the first request and again before rows are merged, each time
with the write lock held: the difference is what other runs have stored meanwhile. A full reading
may lack their rows, and an older copy must not replace them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from dlt.common.schema.typing import C_DLT_LOAD_ID, LOADS_TABLE_NAME
from dlt.destinations.exceptions import DatabaseUndefinedRelation
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.deletes import is_read_in_full
from analytics_ingest.load.warehouse.sql_tables import DatabaseTables, StoredTables

_TOLERANCE = timedelta(days=1)
"""How much the clocks of two machines may differ; older loads are not compared."""


@dataclass(frozen=True)
class KnownLoads:
    """The loads that were recorded at a moment."""

    since: datetime
    ids: frozenset[str] = frozenset()

    def list_others(self, tables: StoredTables) -> Sequence[str]:
        """List the loads that have been recorded since."""
        loads = tables.name_source(LOADS_TABLE_NAME, staged=False)
        try:
            # To look for the table first takes a DuckDB that has just been opened 15 times as long.
            rows = tables.query(f"select load_id from {loads} where inserted_at > %s", self.since)
        except DatabaseUndefinedRelation:
            return []
        return [load_id for (load_id,) in rows if load_id not in self.ids]


def build_stored_by(tables: StoredTables, table: str, loads: Sequence[str]) -> str:
    """Build the condition in SQL that one of some loads has stored a row.

    Args:
        table: Its name in SQL.
        loads: At least one.
    """
    ids = ", ".join(map(tables.format_literal, loads))
    return f"{table}.{tables.quote(C_DLT_LOAD_ID)} in ({ids})"


def read_known_loads(
    pipeline: Pipeline, resources: Sequence[ResourceDeclaration]
) -> KnownLoads | None:
    """Read them; the caller holds the write lock.

    Returns:
        None if no table of the resources depends on what other runs store meanwhile, or if the
        warehouse is a lake.
    """
    if not any(r.cursor_column or is_read_in_full(r) for r in resources):
        return None
    known = KnownLoads(datetime.now(timezone.utc) - _TOLERANCE)
    if pipeline.default_schema_name is None:
        return known
    with pipeline.destination_client() as client:
        if not isinstance(client, SqlJobClientBase):
            return None
        return KnownLoads(known.since, frozenset(known.list_others(DatabaseTables(client))))

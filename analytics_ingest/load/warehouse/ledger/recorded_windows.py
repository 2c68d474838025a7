"""Which windows the warehouse has loaded, as its own table `_runs` records them.

Dagster's history knows of loads that a warehouse no longer has: of one that was restored from a
backup, was deleted, or is another one now. A lake has no such table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from dlt.common.schema.typing import LOADS_TABLE_NAME
from dlt.destinations.exceptions import DatabaseUndefinedRelation

from analytics_ingest.common.window import Window, merge_windows
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.ledger.run_ledger import LOADED, TABLE
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.profiles.table_profile import RecordedWindows, TableProfile
from analytics_ingest.load.warehouse.sql_tables import StoredTables, open_tables

_MERGED = """
with loaded as (
    select {0} as loaded_name, {2} as opens, case when {2} is null then 1 else 0 end as is_open,
        max(case when {3} < {4} then {3} else {4} end) as closes
    from {5} where {1} = %s group by {0}, {2}
),
ordered as (
    select loaded_name, opens, is_open, closes, max(closes) over (
        partition by loaded_name, is_open order by opens
        rows between unbounded preceding and 1 preceding
    ) as closed_before
    from loaded
),
numbered as (
    select loaded_name, opens, is_open, closes,
        sum(case when closed_before >= opens then 0 else 1 end) over (
            partition by loaded_name, is_open order by opens
            rows between unbounded preceding and current row
        ) as place
    from ordered
)
select loaded_name, min(opens), max(closes) from numbered group by loaded_name, is_open, place
"""
"""The loads of each resource, as few windows as possible: there may be one for each hour of years.

A window that had not ended when its load began was loaded until then.
"""


@dataclass(frozen=True)
class _Ledger:
    windows: Mapping[str, Sequence[Window]]
    since: datetime | None


def add_recorded_windows(
    pipeline: WarehousePipeline,
    resources: Sequence[ResourceDeclaration],
    profiles: Mapping[str, TableProfile],
) -> None:
    """Add to profiles which windows the warehouse has loaded; the caller holds the write lock."""
    judged = [r.name for r in resources if r.incremental and r.name in profiles]
    if pipeline.plan.is_lake or pipeline.default_schema_name is None or not judged:
        return
    with open_tables(pipeline) as tables:
        ledger = _read_ledger(tables, pipeline.load_id)
    if ledger is None:
        return
    for name in judged:
        windows = merge_windows(ledger.windows.get(name, ()))
        profiles[name].recorded = RecordedWindows(windows, ledger.since)


def _read_ledger(tables: StoredTables, load_id: str | None) -> _Ledger | None:
    """Read what is recorded; None if nothing is, though there were loads."""
    runs, loads = (tables.name_source(t, staged=False) for t in (TABLE, LOADS_TABLE_NAME))
    names = ("resource", "status", "window_start", "window_end", "started_at")
    started = tables.quote("started_at")
    try:
        rows = tables.query(_MERGED.format(*map(tables.quote, names), runs), LOADED)
    except DatabaseUndefinedRelation:
        others = tables.query(f"select load_id from {loads} where load_id <> %s", load_id or "")
        return None if others else _Ledger({}, None)
    windows: dict[str, list[Window]] = {}
    for name, first, last in rows:
        window = Window(_to_utc(first), _to_utc(last))
        windows.setdefault(name, []).extend([] if window.is_empty else [window])
    ((begun, oldest),) = tables.query(
        f"select (select min({started}) from {runs}), (select min(inserted_at) from {loads})"
    )
    begun, oldest = _to_utc(begun), _to_utc(oldest)
    return _Ledger(windows, begun if begun and oldest and oldest < begun else None)


def _to_utc(moment: Any) -> Any:
    """Return a moment as the warehouse gives it, in UTC."""
    if not isinstance(moment, datetime):
        return None
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)

"""Past loads, read from Dagster's event log: row counts and last loads.

A load leaves its facts in the metadata of its materializations (`describe_window`), and the
checks of later runs read them here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import dagster as dg

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.load_history import WINDOW, parse_window
from analytics_ingest.orchestration.parent_passes import PARENTS_ASKED
from analytics_ingest.orchestration.partition_metadata import read_run_count
from analytics_ingest.orchestration.partitions import LoadedWindow
from analytics_ingest.orchestration.specs import build_asset_key

PAGES = (1, 60, 1000)
"""How many of the newest materializations are searched for loads, and how many more if these hold
few: a load of many partitions has as many of them."""

FEW_LOADS = 15

INCLUDES_OLDER = "includes_older_rows"
"""Metadata: whether the load also took all rows older than its window's partitions."""

_OLD_WINDOW_WITHOUT_START = "[since ever,"
"""How `WINDOW` begins for such a load in records that lack the boolean."""

_COUNTS = (
    "rows_filtered",
    "rows_outside",
    "rows_before_start",
    "rows_after_end",
    "rows_ahead",
    "rows_of_request",
    "cursors_of_days",
    "parents_skipped",
    "rows_deleted",
    "deletes_held_back",
)
"""Metadata of a load that `PastLoad` holds under the same name."""


@dataclass(frozen=True)
class PastLoad:
    """The facts about a load in the metadata of its materializations."""

    run_id: str
    rows: int
    is_complete: bool
    """Whether the window had ended when it was loaded."""
    kind: tuple[int, bool]
    """Number of partitions, and whether older rows were included; only loads of the same kind have
    comparable row counts."""
    rows_filtered: int = 0
    """Rows that a processing step has filtered out."""
    rows_outside: int = 0
    """Rows that were read and lie outside the window."""
    rows_before_start: int = 0
    """Of these, rows that a filter should have kept out: long before the start that was sent."""
    rows_after_end: int = 0
    """Of these, rows that a filter should have kept out: long after the end that was sent."""
    rows_ahead: int = 0
    """Of these, rows in the future, which lie in no partition yet."""
    rows_of_request: int = 0
    """Of these, rows that are not stored and whose cursor is of the time of the load."""
    cursors_of_days: int = 0
    """Rows whose cursor is a date, where rows of the same date may follow after the load."""
    rows_deleted: int = 0
    """Rows of the table that were marked or removed, because the API has deleted them."""
    deletes_held_back: int = 0
    """Rows that were gone in the last full reading and not marked: more than `max_share`."""
    deletes_skipped: str = ""
    """Why the last full reading did not show which rows are gone."""
    full_reading: str = ""
    """When that was."""
    parents_skipped: int = 0
    """Rows of the parent whose listing could not be requested."""
    warnings: tuple[str, ...] = ()
    """What else looked wrong while the resource was read."""
    parents_asked: str | None = None
    """all or changed, of a resource that declares `parents: changed`."""
    length: timedelta | None = field(default=None, compare=False)
    """How long its window was; None if it had no start."""

    def is_comparable(self, other: "PastLoad") -> bool:
        """Return whether the row counts of two loads compare, as partitions may have changed."""
        kind, other_kind = (self.kind, self.parents_asked), (other.kind, other.parents_asked)
        if kind != other_kind or not (self.length and other.length):
            return kind == other_kind
        return min(self.length, other.length) > 0.8 * max(self.length, other.length)


def describe_window(loaded: LoadedWindow) -> dict[str, Any]:
    """Build the metadata of a materialization from which `read_past_loads` reads its load."""
    return {
        WINDOW: str(loaded.window),
        "partitions": len(loaded.partitions),
        "is_complete": loaded.is_complete,
        INCLUDES_OLDER: loaded.window.start is None,
    }


def read_past_loads(
    instance: dg.DagsterInstance, asset: dg.AssetKey, run_id: str = ""
) -> Iterator[PastLoad]:
    """Yield the last loads of an asset, newest first. Events are read on demand.

    Args:
        run_id: Only the load of this run, which may be missing among the loads of all runs if
            runs have loaded the asset at the same time.
    """
    runs: set[str] = set()
    before: int | None = None
    for limit in PAGES:
        known = len(runs)
        earlier = dg.AssetRecordsFilter(asset, before_storage_id=before)
        records = instance.fetch_materializations(earlier, limit).records
        for record in records:
            materialization = record.asset_materialization
            entries = materialization.metadata if materialization else {}
            metadata: dict[str, Any] = {name: entry.value for name, entry in entries.items()}
            # The event of its last partition describes a load. The others have the ids before it,
            # unless another run has loaded the asset meanwhile.
            others = int(metadata.get("partitions", 1)) - 1 if not run_id else 0
            before = record.storage_id - others
            is_wanted = record.run_id not in runs and run_id in ("", record.run_id)
            if is_wanted and {"rows_loaded", WINDOW} <= metadata.keys():
                runs.add(record.run_id)
                yield _read_load(record.run_id, metadata)
        if len(records) < limit or len(runs) >= FEW_LOADS:
            break
        if limit > 1 and len(runs) == known and not run_id:
            break  # All are of a long run in parts, and hardly a load compares with that.


def _read_load(run_id: str, metadata: Mapping[str, Any]) -> PastLoad:
    includes_older = metadata.get(INCLUDES_OLDER)
    if includes_older is None:
        includes_older = str(metadata.get(WINDOW)).startswith(_OLD_WINDOW_WITHOUT_START)
    window = parse_window(str(metadata.get(WINDOW)))
    return PastLoad(
        run_id=run_id,
        rows=read_run_count(metadata, "rows_loaded"),
        is_complete=bool(metadata.get("is_complete")),
        kind=(metadata.get("partitions", 0), includes_older),
        parents_asked=metadata.get(PARENTS_ASKED),
        length=window.end - window.start if window and window.start and window.end else None,
        **{name: read_run_count(metadata, name) for name in _COUNTS},
        deletes_skipped=str(metadata.get("deletes_skipped", "")),
        full_reading=str(metadata.get("full_reading", "")),
        warnings=tuple(metadata.get("warnings", ())),
    )


def find_last_load(instance: dg.DagsterInstance, asset: dg.AssetKey) -> datetime | None:
    """Find out when an asset was last materialised."""
    event = instance.get_latest_materialization_event(asset)
    return datetime.fromtimestamp(event.timestamp, timezone.utc) if event else None


def find_undeclared_assets(
    instance: dg.DagsterInstance, api: ApiDeclaration, names: Collection[str]
) -> list[dg.AssetKey]:
    """Find loaded assets that are not declared any more, if a new one is about to be loaded.

    The first load of a renamed resource finds its old asset, and no later one does.
    """
    declared = {build_asset_key(api.name, resource.name) for resource in api.tables}
    others = set(instance.get_asset_keys(prefix=[api.name])) - declared
    left = sorted(key for key in others if _is_loaded_here(instance, key))
    new = (find_last_load(instance, build_asset_key(api.name, name)) is None for name in names)
    return left if left and any(new) else []


def _is_loaded_here(instance: dg.DagsterInstance, asset: dg.AssetKey) -> bool:
    """Return whether an asset was loaded by this project: others may share an API's prefix."""
    event = instance.get_latest_materialization_event(asset)
    materialization = event.asset_materialization if event else None
    return materialization is not None and INCLUDES_OLDER in materialization.metadata

"""Decides the selected checks of a resource: counts and history → asset check results."""

from collections.abc import Collection, Iterator
from datetime import datetime, timezone

import dagster as dg

from analytics_ingest.config.declaration import ApiDeclaration, ResourceDeclaration
from analytics_ingest.config.durations import parse_duration
from analytics_ingest.loading.figures import Figures
from analytics_ingest.loading.tables import rejected_table
from analytics_ingest.orchestration.checks.freshness import DuePartition, Limits, judge_freshness
from analytics_ingest.orchestration.checks.judgements import (
    judge_cursor,
    judge_primary_key,
    judge_schema,
)
from analytics_ingest.orchestration.checks.verdict import Verdict
from analytics_ingest.orchestration.checks.volume import judge_volume
from analytics_ingest.orchestration.history import (
    due_partitions,
    earlier_row_counts,
    last_load,
)
from analytics_ingest.orchestration.keys import asset_key
from analytics_ingest.orchestration.loaded import LoadedWindow


class Examination:
    """The checks of one resource.

    Args:
        assets: The step's assets, which share their partitions.
        loaded: What was just loaded; None where the checks run alone.
    """

    def __init__(
        self,
        instance: dg.DagsterInstance,
        api: ApiDeclaration,
        *,
        resource: ResourceDeclaration,
        assets: dg.AssetsDefinition,
        figures: Figures,
        loaded: LoadedWindow | None,
    ) -> None:
        self._instance = instance
        self._api = api
        self._resource = resource
        partitions = assets.partitions_def
        self._partitions = (
            partitions if isinstance(partitions, dg.TimeWindowPartitionsDefinition) else None
        )
        self._figures = figures
        self._loaded = loaded
        self._asset = asset_key(api.name, resource.name)

    def results(self, names: Collection[str], now: datetime) -> Iterator[dg.AssetCheckResult]:
        """Judge the named checks."""
        judges = {
            "schema": lambda: judge_schema(self._figures),
            "primary_key": self._primary_key,
            "cursor": self._cursor,
            "freshness": lambda: self._freshness(now),
            "volume": self._volume,
        }
        for name, judge in judges.items():
            if name in names:
                verdict = judge()
                yield dg.AssetCheckResult(
                    asset_key=self._asset,
                    check_name=name,
                    passed=verdict.passed,
                    description=verdict.sentence,
                    metadata={k: v for k, v in verdict.figures.items() if v is not None},
                    severity=_severity(verdict),
                )

    def _primary_key(self) -> Verdict:
        table = rejected_table(self._resource.name)
        return judge_primary_key(self._figures, self._resource.primary_key, table)

    def _cursor(self) -> Verdict:
        incremental = self._resource.incremental
        path = incremental.cursor_path if incremental else ""
        return judge_cursor(self._figures, path, self._resource.declared.future_tolerance)

    def _freshness(self, now: datetime) -> Verdict:
        declared = self._resource.declared.freshness or self._api.declared.freshness
        limits = Limits(parse_duration(declared.warn_after), parse_duration(declared.fail_after))
        loaded_at = now if self._loaded else last_load(self._instance, self._asset)
        return judge_freshness(now, loaded_at, _utc(self._figures.newest), self._due(now), limits)

    def _due(self, now: datetime) -> list[DuePartition]:
        if self._partitions is None:
            return []
        just_loaded = self._loaded.partition_keys if self._loaded else ()
        due = due_partitions(self._instance, self._asset, self._partitions, now, just_loaded)
        end = self._loaded.window.end if self._loaded else None
        # A load of the past says nothing about the present: only what came before it is due.
        return [p for p in due if end is None or p.ended <= end]

    def _volume(self) -> Verdict:
        loaded = self._loaded
        if loaded:
            rows, partitions = self._figures.rows, len(loaded.partition_keys)
            run_id: str | None = loaded.run_id
        else:
            rows, partitions, run_id = _newest_load(self._instance, self._asset)
        earlier = earlier_row_counts(self._instance, self._asset, partitions, run_id)
        return judge_volume(rows, earlier, self._resource.declared.volume)


def _newest_load(instance: dg.DagsterInstance, asset: dg.AssetKey) -> tuple[int, int, str | None]:
    event = instance.get_latest_materialization_event(asset)
    if event is None or event.asset_materialization is None:
        return 0, 0, None
    values = {n: v.value for n, v in event.asset_materialization.metadata.items()}
    rows, partitions = values.get("rows_loaded"), values.get("partitions")
    return int(str(rows or 0)), int(str(partitions or 0)), event.run_id


def _severity(verdict: Verdict) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.WARN if verdict.is_warning else dg.AssetCheckSeverity.ERROR


def _utc(at: datetime | None) -> datetime | None:
    if at is None or at.tzinfo:
        return at and at.astimezone(timezone.utc)
    return at.replace(tzinfo=timezone.utc)

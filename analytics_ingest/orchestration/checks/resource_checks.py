"""Decides the selected checks of a resource: counts and history → asset check results."""

from collections.abc import Collection, Iterator
from datetime import datetime, timezone

import dagster as dg

from analytics_ingest.declaration.durations import parse_duration
from analytics_ingest.declaration.resolve import ApiDeclaration, ResourceDeclaration
from analytics_ingest.load.warehouse.dlt_hints import rejected_table
from analytics_ingest.load.warehouse.table_profile import TableProfile
from analytics_ingest.orchestration.checks.freshness import DuePartition, Limits, check_freshness
from analytics_ingest.orchestration.checks.judgements import (
    check_cursor,
    check_primary_key,
    check_schema,
)
from analytics_ingest.orchestration.checks.outcome import CheckOutcome
from analytics_ingest.orchestration.checks.volume import check_volume
from analytics_ingest.orchestration.history import (
    due_partitions,
    last_load,
    past_loads,
)
from analytics_ingest.orchestration.loaded import LoadedWindow
from analytics_ingest.orchestration.naming import asset_key
from analytics_ingest.orchestration.partitions import build_partitions


class ResourceChecks:
    """The checks of one resource.

    Args:
        loaded: What was just loaded; None where the checks run alone.
    """

    def __init__(
        self,
        instance: dg.DagsterInstance,
        api: ApiDeclaration,
        *,
        resource: ResourceDeclaration,
        figures: TableProfile,
        loaded: LoadedWindow | None,
    ) -> None:
        self._instance = instance
        self._api = api
        self._resource = resource
        self._figures = figures
        self._loaded = loaded
        self._asset = asset_key(api.name, resource.name)

    def results(self, names: Collection[str], now: datetime) -> Iterator[dg.AssetCheckResult]:
        """Judge the named checks."""
        judges = {
            "schema": lambda: check_schema(self._figures),
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

    def _primary_key(self) -> CheckOutcome:
        table = rejected_table(self._resource.name)
        return check_primary_key(self._figures, self._resource.primary_key, table)

    def _cursor(self) -> CheckOutcome:
        incremental = self._resource.incremental
        path = incremental.cursor_path if incremental else ""
        return check_cursor(self._figures, path, self._resource.declared.future_tolerance)

    def _freshness(self, now: datetime) -> CheckOutcome:
        declared = self._resource.declared.freshness or self._api.declared.freshness
        limits = Limits(parse_duration(declared.warn_after), parse_duration(declared.fail_after))
        return check_freshness(
            now,
            now if self._loaded else last_load(self._instance, self._asset),
            _utc(self._figures.newest),
            self._due(now),
            limits,
            of_load=self._loaded is not None,
        )

    def _due(self, now: datetime) -> list[DuePartition]:
        if not self._resource.incremental:
            return []
        partitions = build_partitions(self._api.declared.partitions)
        just_loaded = self._loaded.partition_keys if self._loaded else ()
        due = due_partitions(self._instance, self._asset, partitions, now, just_loaded)
        end = self._loaded.window.end if self._loaded else None
        # A load of the past says nothing about the present: only what came before it is due.
        return [p for p in due if end is None or p.ended <= end]

    def _volume(self) -> CheckOutcome:
        loads = past_loads(self._instance, self._asset)
        run_id = self._loaded.run_id if self._loaded else None
        newest = next((load for load in loads if run_id in (None, load.run_id)), None)
        if newest is None:
            return CheckOutcome(True, "Never loaded.")
        earlier = [
            load.rows
            for load in loads
            if load.is_complete and load.kind == newest.kind and load.run_id != newest.run_id
        ]
        band = self._resource.declared.volume
        return check_volume(newest.rows, earlier, band, is_complete=newest.is_complete)


def _severity(verdict: CheckOutcome) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.WARN if verdict.is_warning else dg.AssetCheckSeverity.ERROR


def _utc(at: datetime | None) -> datetime | None:
    if at is None or at.tzinfo:
        return at and at.astimezone(timezone.utc)
    return at.replace(tzinfo=timezone.utc)

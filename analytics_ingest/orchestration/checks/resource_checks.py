"""Runs the selected checks of a resource: table profile and event log → asset check results."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import cached_property

import dagster as dg

from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.common.printable import to_printable
from analytics_ingest.declaration.field_rules import OwnCheck
from analytics_ingest.declaration.models.deletes import Deletes
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.load.warehouse.tables.dlt_hints import name_rejected_table
from analytics_ingest.orchestration.absent_loads import find_absent_partitions
from analytics_ingest.orchestration.checks.cursor import check_cursor
from analytics_ingest.orchestration.checks.deletes import check_deletes, is_overdue
from analytics_ingest.orchestration.checks.freshness import check_freshness
from analytics_ingest.orchestration.checks.outcome import CheckOutcome
from analytics_ingest.orchestration.checks.own import check_own
from analytics_ingest.orchestration.checks.primary_key import check_primary_key
from analytics_ingest.orchestration.checks.schema import check_schema
from analytics_ingest.orchestration.checks.shared_target import SharedTargetResult, Targets
from analytics_ingest.orchestration.checks.unloaded_rows import (
    add_other_cursors,
    add_rows_outside,
    add_unread_rows,
)
from analytics_ingest.orchestration.checks.volume import check_volume
from analytics_ingest.orchestration.deletes import FULL_READING
from analytics_ingest.orchestration.due import find_due_partitions, list_ended_partitions
from analytics_ingest.orchestration.full_attempts import read_failed_attempt
from analytics_ingest.orchestration.history import PastLoad, find_last_load, read_past_loads
from analytics_ingest.orchestration.loaded_cursors import find_loaded_by_others
from analytics_ingest.orchestration.partitions import LoadedWindow, build_partitions
from analytics_ingest.orchestration.specs import build_asset_key


class ResourceChecks:
    """The checks of one resource.

    Args:
        loaded: What the running step has just loaded; None where the checks run alone.
    """

    def __init__(
        self,
        instance: dg.DagsterInstance,
        api: ApiDeclaration,
        *,
        resource: ResourceDeclaration,
        profile: TableProfile,
        loaded: LoadedWindow | None,
    ) -> None:
        self._instance = instance
        self._api = api
        self._resource = resource
        self._profile = profile
        self._loaded = loaded
        self._asset = build_asset_key(api.name, resource.name)
        self._targets: Targets = {}

    def run(self, names: Collection[str], now: datetime) -> Iterator[dg.AssetCheckResult]:
        """Run the named checks."""
        checks = {
            "schema": lambda: check_schema(self._profile),
            "primary_key": self._check_primary_key,
            "cursor": lambda: self._check_cursor(now),
            "freshness": lambda: self._check_freshness(now),
            "deletes": lambda: self._check_deletes(now),
            "volume": self._check_volume,
        }
        for name, check in checks.items():
            if name in names:
                yield self._build_result(name, check())
        for own in self._resource.checks:
            if own.name in names:
                yield self._build_result(own.name, self._check_own(own))

    def _check_own(self, check: OwnCheck) -> CheckOutcome:
        outcome = check_own(self._profile, check)
        keys = list(self._loaded.partitions) if self._loaded else []
        shown = keys[0] if len(keys) == 1 else f"{keys[0]}...{keys[-1]}" if keys else None
        return replace(outcome, metadata={**outcome.metadata, "partitions": shown})

    def _build_result(self, name: str, outcome: CheckOutcome) -> dg.AssetCheckResult:
        severity, metadata = dg.AssetCheckSeverity, outcome.metadata.items()
        result = SharedTargetResult(
            asset_key=self._asset,
            check_name=name,
            passed=outcome.passed,
            # It may contain names of columns, which come from the API.
            description=to_printable(outcome.description),
            metadata=map_strings({k: v for k, v in metadata if v is not None}, to_printable),
            severity=severity.WARN if outcome.is_warning else severity.ERROR,
        )
        result.targets = self._targets
        return result

    def _check_primary_key(self) -> CheckOutcome:
        table = name_rejected_table(self._resource.table)
        return check_primary_key(self._profile, self._resource.primary_key, table)

    def _check_cursor(self, now: datetime) -> CheckOutcome:
        incremental = self._resource.incremental
        path = incremental.cursor_path if incremental else ""
        tolerance = format_duration(self._resource.declared.future_tolerance)
        outcome = check_cursor(self._profile, path, tolerance)
        if load := self._newest_load:
            outcome = add_rows_outside(outcome, self._resource, load)
        partitions = build_partitions(self._api.declared.partitions)
        others = find_loaded_by_others(self._instance, self._resource, self._asset, partitions, now)
        return add_other_cursors(outcome, self._resource, others)

    def _check_freshness(self, now: datetime) -> CheckOutcome:
        limits = self._resource.declared.freshness or self._api.declared.freshness
        return check_freshness(
            now,
            now if self._loaded else find_last_load(self._instance, self._asset),
            _to_utc(self._profile.newest),
            self._find_due_partitions(now),
            limits,
            of_load=self._loaded is not None,
            has_rows=self._profile.rows > 0,
            absent=self._find_absent_partitions(now),
        )

    def _find_absent_partitions(self, now: datetime) -> Sequence[str]:
        if not self._profile.recorded:
            return ()
        partitions = build_partitions(self._api.declared.partitions)
        just_loaded = self._loaded.past if self._loaded else None
        return find_absent_partitions(
            self._instance,
            self._asset,
            partitions,
            now,
            recorded=self._profile.recorded,
            just_loaded=just_loaded,
        )

    def _find_due_partitions(self, now: datetime) -> dict[str, datetime]:
        if not self._resource.incremental:
            return {}
        partitions = build_partitions(self._api.declared.partitions)
        just_loaded = self._loaded.past if self._loaded else None
        due = find_due_partitions(self._instance, self._asset, partitions, now, just_loaded)
        last = self._loaded.window.end if self._loaded else None
        if last is None:
            return due
        # A load of the past proves nothing about later partitions.
        ended = list_ended_partitions(partitions, now)
        return {key: since for key, since in due.items() if ended[key] <= last}

    def _check_deletes(self, now: datetime) -> CheckOutcome:
        load, deletes = self._newest_load, self._resource.declared.deletes or Deletes()
        attempt = None
        if load and is_overdue(load, deletes, now):
            attempt = read_failed_attempt(self._instance, self._asset, FULL_READING)
        return check_deletes(load, deletes, now, attempt)

    def _check_volume(self) -> CheckOutcome:
        newest = self._newest_load
        if newest is None:
            return CheckOutcome(True, "Never loaded.")
        earlier = [
            load.rows
            for load in self._past_loads
            if load.is_complete and load.is_comparable(newest) and load.run_id != newest.run_id
        ]
        band = self._resource.declared.volume
        outcome = check_volume(newest.rows, earlier, band, is_complete=newest.is_complete)
        return add_unread_rows(outcome, self._resource, newest)

    @cached_property
    def _past_loads(self) -> Sequence[PastLoad]:
        return list(read_past_loads(self._instance, self._asset))

    @cached_property
    def _newest_load(self) -> PastLoad | None:
        """The load to check: that of the running step, else the newest."""
        run_id = self._loaded.run_id if self._loaded else ""
        return next(read_past_loads(self._instance, self._asset, run_id), None)


def _to_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo:
        return moment and moment.astimezone(timezone.utc)
    return moment.replace(tzinfo=timezone.utc)

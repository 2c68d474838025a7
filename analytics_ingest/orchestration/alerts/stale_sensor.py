"""The sensor `asset_stale`: reports overdue assets once, and again after they were loaded.

An asset is stale when its `freshness` check would fail, by the limits on its spec. An asset that
was never loaded is not stale. The cursor holds the stale assets reported to each service.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timezone
from itertools import groupby

import dagster as dg

from analytics_ingest.declaration.models.limits import Freshness
from analytics_ingest.orchestration.alerts.messages import (
    describe_stale_assets,
    describe_without_details,
    link_assets,
)
from analytics_ingest.orchestration.alerts.notify import (
    SECONDS_BETWEEN_TICKS,
    UNSET,
    Deliveries,
    Service,
    decide_default_status,
)
from analytics_ingest.orchestration.alerts.targets import list_targets
from analytics_ingest.orchestration.checks.freshness import check_freshness
from analytics_ingest.orchestration.due import find_due_partitions
from analytics_ingest.orchestration.history import find_last_load
from analytics_ingest.orchestration.specs import FAIL_AFTER, WARN_AFTER


def build_stale_sensor() -> dg.SensorDefinition:
    """Build the sensor, switched on where there is somebody to notify."""

    @dg.sensor(
        name="asset_stale",
        description="Reports assets whose loads are overdue, once until they are loaded again.",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=decide_default_status(),
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        services = list_targets()
        if not services:
            return dg.SkipReason(UNSET)
        reported: dict[str, list[str]] = json.loads(context.cursor or "{}")
        now = datetime.now(timezone.utc)
        stale = dict(_find_stale_assets(context.instance, _get_repository(context), now))
        deliveries = Deliveries()
        cursor = {}
        for service in services:
            # An asset that is no longer stale leaves the cursor, so it can be reported again.
            names = service.find_own(reported, [])
            old = {key for key in stale if key.to_user_string() in names}
            new = set(_report(service, stale, old, deliveries))
            cursor[service.key] = sorted(key.to_user_string() for key in old | new)
        context.update_cursor(json.dumps(cursor))
        return dg.SkipReason(deliveries.summarize())

    return sensor


def _report(
    service: Service,
    stale: Mapping[dg.AssetKey, str],
    old: Collection[dg.AssetKey],
    deliveries: Deliveries,
) -> Iterator[dg.AssetKey]:
    """Send one message for each API, and yield the assets of those that were delivered."""
    new = sorted(key for key in stale if key not in old)
    for api, keys in groupby(new, lambda key: key.path[0]):
        assets = [(key, stale[key]) for key in keys]
        message = describe_stale_assets(api, assets)
        substitute = describe_without_details(message, link_assets())
        if deliveries.deliver(service, message, substitute):
            yield from (key for key, _ in assets)


def _find_stale_assets(
    instance: dg.DagsterInstance, repository: dg.RepositoryDefinition, now: datetime
) -> Iterator[tuple[dg.AssetKey, str]]:
    """Find the stale assets, each with the cause."""
    for spec in _get_specs(repository):
        limits = _get_limits(spec)
        last_load = find_last_load(instance, spec.key) if limits else None
        if limits is None or last_load is None:
            continue
        partitions = spec.partitions_def
        due = (
            find_due_partitions(instance, spec.key, partitions, now)
            if isinstance(partitions, dg.TimeWindowPartitionsDefinition)
            else {}
        )
        outcome = check_freshness(now, last_load, None, due, limits)
        if not outcome.passed and not outcome.is_warning:
            yield spec.key, outcome.description


def _get_specs(repository: dg.RepositoryDefinition) -> list[dg.AssetSpec]:
    definitions = {id(a): a for a in repository.assets_defs_by_key.values()}.values()
    return [spec for definition in definitions for spec in definition.specs]


def _get_limits(spec: dg.AssetSpec) -> Freshness | None:
    warn, fail = spec.metadata.get(WARN_AFTER), spec.metadata.get(FAIL_AFTER)
    if not warn or not fail:
        return None
    return Freshness.model_validate({"warn_after": warn, "fail_after": fail})


def _get_repository(context: dg.SensorEvaluationContext) -> dg.RepositoryDefinition:
    if context.repository_def is None:
        raise ValueError("the sensor asset_stale is evaluated without a repository")
    return context.repository_def

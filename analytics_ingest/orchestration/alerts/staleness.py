"""Which assets are stale now: loaded once, and overdue since, by the limits on their specs."""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from analytics_ingest.declaration.durations import parse_duration
from analytics_ingest.orchestration.checks.freshness import Limits, check_freshness
from analytics_ingest.orchestration.history import due_partitions, last_load
from analytics_ingest.orchestration.specs import FAIL_AFTER, WARN_AFTER


def stale_assets(
    instance: dg.DagsterInstance, repository: dg.RepositoryDefinition, now: datetime
) -> Iterator[tuple[dg.AssetKey, str]]:
    """Assets that are later than they may be, each with the reason."""
    for spec in _specs(repository):
        limits = _limits(spec)
        loaded_at = last_load(instance, spec.key) if limits else None
        if limits is None or loaded_at is None:
            continue
        partitions = spec.partitions_def
        due = (
            due_partitions(instance, spec.key, partitions, now)
            if isinstance(partitions, dg.TimeWindowPartitionsDefinition)
            else []
        )
        verdict = check_freshness(now, loaded_at, None, due, limits)
        if not verdict.passed and not verdict.is_warning:
            yield spec.key, verdict.sentence


def _specs(repository: dg.RepositoryDefinition) -> list[dg.AssetSpec]:
    definitions = {id(a): a for a in repository.assets_defs_by_key.values()}.values()
    return [spec for definition in definitions for spec in definition.specs]


def _limits(spec: dg.AssetSpec) -> Limits | None:
    warn, fail = spec.metadata.get(WARN_AFTER), spec.metadata.get(FAIL_AFTER)
    return Limits(parse_duration(warn), parse_duration(fail)) if warn and fail else None

"""What an instance remembers of loads and runs that took place without any."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

import dagster as dg
import time_machine
from dagster import DagsterEventType
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from analytics_ingest_tests.support.loads import API

LOCATION = "analytics_ingest.definitions"


def record_load(
    instance: dg.DagsterInstance,
    moment: datetime,
    *partitions: str,
    resource: str = "items",
    api: str = API,
) -> None:
    """Let an asset have been loaded at a moment; a snapshot has no partition."""
    with time_machine.travel(moment, tick=False):
        for partition in partitions or (None,):
            instance.report_runless_asset_event(
                dg.AssetMaterialization(dg.AssetKey([api, resource]), partition=partition)
            )


def record_run(
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    *events: DagsterEventType | dg.DagsterEvent,
    tags: Mapping[str, str] | None = None,
    assets: frozenset[dg.AssetKey] | None = None,
    checks: frozenset[dg.AssetCheckKey] | None = None,
    location: str = LOCATION,
    attempts: Sequence[str] = (),
) -> str:
    """Record a run of a job with its events so far; returns its id.

    Args:
        attempts: The runs that it tries again, oldest first.
    """
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(location), "__repository__")
    run = instance.add_run(
        dg.DagsterRun(
            job_name=job.name,
            run_id=str(uuid4()),
            tags={**job.run_tags, **(tags or {}), **_lineage(attempts)},
            root_run_id=attempts[0] if attempts else None,
            parent_run_id=attempts[-1] if attempts else None,
            asset_selection=assets,
            asset_check_selection=checks,
            remote_job_origin=RemoteJobOrigin(repository, job.name),
        )
    )
    for event in events:
        is_type = isinstance(event, DagsterEventType)
        reported = dg.DagsterEvent(event.value, job.name) if is_type else event
        instance.report_dagster_event(reported, run.run_id)
    return run.run_id


def evaluation(check: str, sentence: str = "", *, is_warning: bool = False) -> dg.DagsterEvent:
    """A check that failed, or that passed where nothing is said, written as `resource/check`."""
    resource, _, name = check.partition("/")
    severity = dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR
    evaluation = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey([API, resource]),
        check_name=name,
        passed=not sentence,
        metadata={},
        description=sentence,
        severity=severity,
    )
    kind = DagsterEventType.ASSET_CHECK_EVALUATION.value
    return dg.DagsterEvent(kind, f"{API}_job", event_specific_data=evaluation)


def _lineage(attempts: Sequence[str]) -> dict[str, str]:
    if not attempts:
        return {}
    return {
        "dagster/root_run_id": attempts[0],
        "dagster/parent_run_id": attempts[-1],
        "dagster/retry_number": str(len(attempts)),
    }

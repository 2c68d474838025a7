"""The sensors `run_failed` and `check_failed`, which follow the event log of runs.

Of a run that succeeded, `check_failed` reports failed checks, and which failed run it makes up for.

A sensor's cursor holds each service's position in the event log. The position moves when the
service accepts a message; the next tick sends the others again, to this service only. A message
that a service rejects for good is sent without its details, so that the later ones do not wait.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from itertools import takewhile
from pathlib import Path
from typing import Literal

import dagster as dg
from dagster import DagsterEventType, EventLogRecord

from analytics_ingest.orchestration.alerts.messages import (
    describe_failed_run,
    describe_successful_run,
    describe_without_details,
    link_run,
)
from analytics_ingest.orchestration.alerts.notify import (
    SECONDS_BETWEEN_TICKS,
    UNSET,
    Deliveries,
    Message,
    Service,
    decide_default_status,
)
from analytics_ingest.orchestration.alerts.own_runs import (
    WILL_RETRY_TAG,
    is_own_run,
    is_retried,
    will_be_retried,
)
from analytics_ingest.orchestration.alerts.recovery import find_recovered_run
from analytics_ingest.orchestration.alerts.stale_sensor import build_stale_sensor
from analytics_ingest.orchestration.alerts.targets import list_targets

EVENTS_A_TICK = 25

LOOKBACK = timedelta(minutes=15)
"""A new sensor reports events from this long before its start."""

RETRY_DECIDED_WITHIN = timedelta(minutes=1.5)
"""Dagster stores first that a run failed, then that it will retry the run, and then the retry."""

RunEnd = Literal[DagsterEventType.RUN_FAILURE, DagsterEventType.RUN_SUCCESS]

DescribeRun = Callable[[dg.SensorEvaluationContext, dg.DagsterRun], Message | None]
"""Describes a run; None if there is nothing to report."""


def build_sensors(project: Path) -> list[dg.SensorDefinition]:
    """Build the three sensors, switched on where there is somebody to notify.

    Args:
        project: The folder of the secrets that no message shows.
    """
    return [
        _build_run_sensor(
            "run_failed",
            "Reports runs that failed and will not be retried.",
            DagsterEventType.RUN_FAILURE,
            lambda context, run: describe_failed_run(context.instance, run, project),
        ),
        _build_run_sensor(
            "check_failed",
            "Reports failed checks of runs that succeeded, and runs that make up for a failed one.",
            DagsterEventType.RUN_SUCCESS,
            _describe_successful_run,
        ),
        build_stale_sensor(),
    ]


def _build_run_sensor(
    name: str, description: str, event_type: RunEnd, describe: DescribeRun
) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        description=description,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=decide_default_status(),
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # Service → storage id of the last event reported to it; a new one starts at the newest.
        positions: dict[str, int] = json.loads(context.cursor or "{}")
        newest = max(positions.values(), default=None)
        services = list_targets()
        if not services:
            records = _read_events(context, event_type, newest)
            skipped = {"nobody": records[-1].storage_id} if records else positions
            context.update_cursor(json.dumps(skipped))
            return dg.SkipReason(UNSET)
        deliveries = Deliveries()
        describe_run = cache(partial(_describe_run, context, describe))
        moved = {}
        for service in services:
            position = service.find_own(positions, newest)
            records = _read_events(context, event_type, position)
            reported = _report(service, records, describe_run, deliveries)
            moved[service.key] = position if reported is None else reported
        known = {key: position for key, position in moved.items() if position is not None}
        context.update_cursor(json.dumps(known))
        return dg.SkipReason(deliveries.summarize())

    return sensor


def _report(
    service: Service,
    records: Sequence[EventLogRecord],
    describe_run: Callable[[str], Message | None],
    deliveries: Deliveries,
) -> int | None:
    """Report events to a service, and return its new position; None if there were no events."""
    for record in records:
        message = describe_run(record.run_id)
        if message is None:
            continue
        substitute = describe_without_details(message, link_run(record.run_id))
        if not deliveries.deliver(service, message, substitute):
            return record.storage_id - 1
    return records[-1].storage_id if records else None


def _read_events(
    context: dg.SensorEvaluationContext, event_type: RunEnd, position: int | None
) -> Sequence[EventLogRecord]:
    """Read the events after a position; without one, those since shortly before the start."""
    started = context.last_sensor_start_time or datetime.now(timezone.utc).timestamp()
    since = started - LOOKBACK.total_seconds() if position is None else None
    records = context.instance.fetch_run_status_changes(
        dg.RunStatusChangeRecordsFilter(
            event_type=event_type, after_storage_id=position, after_timestamp=since
        ),
        limit=EVENTS_A_TICK,
        ascending=True,
    ).records
    return list(takewhile(partial(_is_retry_decided, context.instance), records))


def _is_retry_decided(instance: dg.DagsterInstance, record: EventLogRecord) -> bool:
    """Return whether Dagster has recorded if it will retry the run, which it may still not do."""
    is_failure = record.event_log_entry.dagster_event_type == DagsterEventType.RUN_FAILURE
    age = datetime.now(timezone.utc).timestamp() - record.timestamp
    is_old = age > RETRY_DECIDED_WITHIN.total_seconds()
    if not is_failure or not instance.run_retries_enabled or is_old:
        return True
    run = instance.get_run_by_id(record.run_id)
    if run is None or (WILL_RETRY_TAG in run.tags and not will_be_retried(run)):
        return True
    return is_retried(instance, run)


def _describe_run(
    context: dg.SensorEvaluationContext, describe: DescribeRun, run_id: str
) -> Message | None:
    run = context.instance.get_run_by_id(run_id)
    return describe(context, run) if run and is_own_run(context, run) else None


def _describe_successful_run(
    context: dg.SensorEvaluationContext, run: dg.DagsterRun
) -> Message | None:
    return describe_successful_run(context.instance, run, find_recovered_run(context, run))

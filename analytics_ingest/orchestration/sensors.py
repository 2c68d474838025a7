"""Tells people what went wrong: a run failed, a check failed, an asset became stale.

A tick delivers the events after its cursor, oldest first. The cursor moves past an event when its
message is delivered; a delivery that fails is tried again at the next tick.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import groupby
from typing import Literal

import dagster as dg
from dagster import DagsterEventType, EventLogRecord

from analytics_ingest.orchestration import messages
from analytics_ingest.orchestration.failures import cause_of
from analytics_ingest.orchestration.notify import UNSET, DeliveryError, notify_urls, send
from analytics_ingest.orchestration.staleness import stale_assets

SECONDS_BETWEEN_TICKS = 30
EVENTS_A_TICK = 25
LOOKS_BACK = timedelta(minutes=15)
"""A sensor that ticks for the first time tells of what happened shortly before."""

RunEnd = Literal[DagsterEventType.RUN_FAILURE, DagsterEventType.RUN_SUCCESS]

Message = tuple[str, str] | None
"""Title and body; None for an event that nobody needs to hear of."""


def build_sensors() -> list[dg.SensorDefinition]:
    """The three sensors, switched on."""
    return [
        _event_sensor(
            "run_failed",
            "Tells of a run that failed and will not be tried again.",
            DagsterEventType.RUN_FAILURE,
            _message_of_failed_run,
        ),
        _event_sensor(
            "check_failed",
            "Tells of checks that failed in a run that succeeded.",
            DagsterEventType.RUN_SUCCESS,
            _message_of_failed_checks,
        ),
        _stale_sensor(),
    ]


def _event_sensor(
    name: str,
    description: str,
    event_type: RunEnd,
    message_of: Callable[[dg.DagsterInstance, dg.DagsterRun], Message],
) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        description=description,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        records = _events_after(context, event_type)
        if not notify_urls():
            _move_past(context, records)
            return dg.SkipReason(UNSET)
        delivered = 0
        for record in records:
            run = context.instance.get_run_by_id(record.run_id)
            message = message_of(context.instance, run) if run else None
            if message:
                try:
                    send(*message)
                except DeliveryError as error:
                    if not delivered:
                        raise
                    # An error would lose the cursor, and what was delivered be sent again.
                    return dg.SkipReason(f"{delivered} messages sent, then: {error}")
                delivered += 1
            _move_past(context, [record])
        return dg.SkipReason(f"{delivered} messages sent" if delivered else "nothing to tell")

    return sensor


def _repository(context: dg.SensorEvaluationContext) -> dg.RepositoryDefinition:
    if context.repository_def is None:
        raise ValueError("the sensor asset_stale is evaluated without a repository")
    return context.repository_def


def _events_after(
    context: dg.SensorEvaluationContext, event_type: RunEnd
) -> Sequence[EventLogRecord]:
    """The events after the cursor; without one, those since shortly before now."""
    after = int(context.cursor) if context.cursor else None
    since = (datetime.now(timezone.utc) - LOOKS_BACK).timestamp() if after is None else None
    return context.instance.fetch_run_status_changes(
        dg.RunStatusChangeRecordsFilter(
            event_type=event_type, after_storage_id=after, after_timestamp=since
        ),
        limit=EVENTS_A_TICK,
        ascending=True,
    ).records


def _move_past(context: dg.SensorEvaluationContext, records: Sequence[EventLogRecord]) -> None:
    if records:
        context.update_cursor(str(records[-1].storage_id))


def _message_of_failed_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Message:
    if run.tags.get("dagster/will_retry", "").lower() == "true":
        return None
    failures = instance.get_records_for_run(
        run.run_id, of_type={DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE}
    ).records
    events = [r.event_log_entry.dagster_event for r in failures]
    causes = [cause_of(event) for event in events if event]
    return messages.run_failed(run, causes[0] if causes else "the run ended without an event")


def _message_of_failed_checks(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Message:
    records = instance.get_records_for_run(
        run.run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    events = [record.event_log_entry.dagster_event for record in records]
    evaluations = [event.asset_check_evaluation_data for event in events if event]
    failed = [evaluation for evaluation in evaluations if not evaluation.passed]
    return messages.checks_failed(run, failed) if failed else None


def _stale_sensor() -> dg.SensorDefinition:
    @dg.sensor(
        name="asset_stale",
        description="Tells of assets whose loads are overdue, once until they are loaded again.",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        if not notify_urls():
            return dg.SkipReason(UNSET)
        known: set[str] = set(json.loads(context.cursor or "[]"))
        now = datetime.now(timezone.utc)
        found = dict(stale_assets(context.instance, _repository(context), now))
        # What is no longer stale is forgotten, so that it is told again when it becomes so.
        told = known & {key.to_user_string() for key in found}
        new = sorted(key for key in found if key.to_user_string() not in told)
        delivered = 0
        for api, keys in groupby(new, lambda key: key.path[0]):
            stale = [(key, found[key]) for key in keys]
            try:
                send(*messages.assets_stale(api, stale))
            except DeliveryError as error:
                if not delivered:
                    raise
                context.update_cursor(json.dumps(sorted(told)))
                return dg.SkipReason(f"{delivered} messages sent, then: {error}")
            delivered += 1
            told |= {key.to_user_string() for key, _ in stale}
        context.update_cursor(json.dumps(sorted(told)))
        return dg.SkipReason(f"{delivered} messages sent" if delivered else "nothing to tell")

    return sensor

"""Tells people what went wrong: a run failed, a check failed, an asset became stale.

A sensor's cursor says what each service was told. It moves when a message is delivered; what a
service did not take is tried again at the next tick, for this service alone.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from itertools import groupby, takewhile
from typing import Literal

import dagster as dg
from dagster import DagsterEventType, EventLogRecord

from analytics_ingest.orchestration.alerts import messages
from analytics_ingest.orchestration.alerts.notify import (
    UNSET,
    Deliveries,
    Message,
    Service,
    configured_services,
)
from analytics_ingest.orchestration.alerts.staleness import stale_assets

SECONDS_BETWEEN_TICKS = 30
EVENTS_A_TICK = 25
LOOKS_BACK = timedelta(minutes=15)
"""A sensor that is new tells of what happened shortly before it was started."""

DECIDED_WITHIN = timedelta(minutes=1)
"""Dagster stores that a run failed, and then whether it will try it again."""

RunEnd = Literal[DagsterEventType.RUN_FAILURE, DagsterEventType.RUN_SUCCESS]

MessageOf = Callable[[dg.DagsterInstance, dg.DagsterRun], Message | None]
"""The message about a run; None for one that nobody needs to hear of."""


def build_sensors() -> list[dg.SensorDefinition]:
    """The three sensors, switched on."""
    return [
        _event_sensor(
            "run_failed",
            "Tells of a run that failed and will not be tried again.",
            DagsterEventType.RUN_FAILURE,
            messages.of_failed_run,
        ),
        _event_sensor(
            "check_failed",
            "Tells of checks that failed in a run that succeeded.",
            DagsterEventType.RUN_SUCCESS,
            messages.of_failed_checks,
        ),
        _stale_sensor(),
    ]


def _event_sensor(
    name: str, description: str, event_type: RunEnd, message_of: MessageOf
) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        description=description,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        # Service → storage id of the last event that it was told; a new one begins with the newest.
        known: dict[str, int] = json.loads(context.cursor or "{}")
        newest = max(known.values(), default=None)
        services = configured_services()
        if not services:
            records = _events_after(context, event_type, newest)
            told = {"nobody": records[-1].storage_id} if records else known
            context.update_cursor(json.dumps(told))
            return dg.SkipReason(UNSET)
        deliveries = Deliveries()
        message = cache(partial(_message, context, message_of))
        told = {}
        for service in services:
            after = known.get(service.key, newest)
            place = _tell(service, _events_after(context, event_type, after), message, deliveries)
            told[service.key] = after if place is None else place
        told = {key: place for key, place in told.items() if place is not None}
        context.update_cursor(json.dumps(told))
        return dg.SkipReason(deliveries.summary())

    return sensor


def _tell(
    service: Service,
    records: Sequence[EventLogRecord],
    message: Callable[[str], Message | None],
    deliveries: Deliveries,
) -> int | None:
    """Send what a service was not told yet; the storage id after which the next tick begins."""
    for record in records:
        about = message(record.run_id)
        if about and not deliveries.send(service, about):
            return record.storage_id - 1
    return records[-1].storage_id if records else None


def _events_after(
    context: dg.SensorEvaluationContext, event_type: RunEnd, after: int | None
) -> Sequence[EventLogRecord]:
    """The events after one; or after none, since shortly before the sensor was started."""
    started = context.last_sensor_start_time or datetime.now(timezone.utc).timestamp()
    since = started - LOOKS_BACK.total_seconds() if after is None else None
    records = context.instance.fetch_run_status_changes(
        dg.RunStatusChangeRecordsFilter(
            event_type=event_type, after_storage_id=after, after_timestamp=since
        ),
        limit=EVENTS_A_TICK,
        ascending=True,
    ).records
    return list(takewhile(partial(_is_decided, context.instance), records))


def _is_decided(instance: dg.DagsterInstance, record: EventLogRecord) -> bool:
    """Whether it is stored if Dagster tries a failed run again."""
    is_failure = record.event_log_entry.dagster_event_type == DagsterEventType.RUN_FAILURE
    age = datetime.now(timezone.utc).timestamp() - record.timestamp
    if not is_failure or not instance.run_retries_enabled or age > DECIDED_WITHIN.total_seconds():
        return True
    run = instance.get_run_by_id(record.run_id)
    return run is None or messages.WILL_RETRY_TAG in run.tags


def _message(
    context: dg.SensorEvaluationContext, message_of: MessageOf, run_id: str
) -> Message | None:
    run = context.instance.get_run_by_id(run_id)
    return message_of(context.instance, run) if run and _is_ours(context, run) else None


def _is_ours(context: dg.SensorEvaluationContext, run: dg.DagsterRun) -> bool:
    """Whether a run is of this code location; other teams may share the instance."""
    origin, here = run.remote_job_origin, context.code_location_origin
    return not (origin and here) or origin.location_name == here.location_name


def _stale_sensor() -> dg.SensorDefinition:
    @dg.sensor(
        name="asset_stale",
        description="Tells of assets whose loads are overdue, once until they are loaded again.",
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        services = configured_services()
        if not services:
            return dg.SkipReason(UNSET)
        # Service → the stale assets that it was told of; what is stale no more is forgotten.
        known: dict[str, list[str]] = json.loads(context.cursor or "{}")
        now = datetime.now(timezone.utc)
        stale = dict(stale_assets(context.instance, _repository(context), now))
        deliveries = Deliveries()
        told = {}
        for service in services:
            before = {key for key in stale if key.to_user_string() in known.get(service.key, ())}
            told[service.key] = before | set(_tell_of_stale(service, stale, before, deliveries))
        names = {key: sorted(k.to_user_string() for k in keys) for key, keys in told.items()}
        context.update_cursor(json.dumps(names))
        return dg.SkipReason(deliveries.summary())

    return sensor


def _tell_of_stale(
    service: Service,
    stale: Mapping[dg.AssetKey, str],
    before: Collection[dg.AssetKey],
    deliveries: Deliveries,
) -> Iterator[dg.AssetKey]:
    """Send one message for each API; the assets of those that arrived."""
    new = sorted(key for key in stale if key not in before)
    for api, keys in groupby(new, lambda key: key.path[0]):
        assets = [(key, stale[key]) for key in keys]
        if deliveries.send(service, messages.of_stale_assets(api, assets)):
            yield from (key for key, _ in assets)


def _repository(context: dg.SensorEvaluationContext) -> dg.RepositoryDefinition:
    if context.repository_def is None:
        raise ValueError("the sensor asset_stale is evaluated without a repository")
    return context.repository_def

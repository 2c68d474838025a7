"""The events of one run, read from Dagster's event log by their types."""

from collections.abc import Iterable

import dagster as dg


def list_run_events(
    instance: dg.DagsterInstance, run_id: str, *types: dg.DagsterEventType
) -> list[dg.DagsterEvent]:
    """List the events of a run that are of some types, oldest first."""
    records = instance.get_records_for_run(run_id, of_type=set(types)).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event for event in events if event]


def list_newest_checks(events: Iterable[dg.DagsterEvent]) -> list[dg.AssetCheckEvaluation]:
    """List the evaluations among some events of a run, the newest one of each check.

    A step that Dagster has retried in its run has evaluated its checks more than once.
    """
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    checks = (e.asset_check_evaluation_data for e in events if e.event_type == kind)
    return list({check.asset_check_key: check for check in checks}.values())


def stops_run(check: dg.AssetCheckEvaluation) -> bool:
    """Return whether a failed check stops its run; a blocking one that only warns does not."""
    is_error = check.severity == dg.AssetCheckSeverity.ERROR
    return not check.passed and bool(check.blocking) and is_error

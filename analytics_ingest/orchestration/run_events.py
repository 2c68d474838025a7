"""The events of one run, read from Dagster's event log by their types."""

import dagster as dg


def list_run_events(
    instance: dg.DagsterInstance, run_id: str, *types: dg.DagsterEventType
) -> list[dg.DagsterEvent]:
    """List the events of a run that are of some types, oldest first."""
    records = instance.get_records_for_run(run_id, of_type=set(types)).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event for event in events if event]


def stops_run(check: dg.AssetCheckEvaluation) -> bool:
    """Return whether a failed check stops its run; a blocking one that only warns does not."""
    is_error = check.severity == dg.AssetCheckSeverity.ERROR
    return not check.passed and bool(check.blocking) and is_error

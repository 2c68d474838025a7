"""What a re-execution from failure need not load again, although Dagster repeats the whole step."""

import dagster as dg
from dagster import DagsterEventType

RESUME_TAG = "dagster/is_resume_retry"


def loaded_before(context: dg.AssetExecutionContext) -> set[dg.AssetKey]:
    """Assets that this step materialised in the failed runs that this run goes on from."""
    step = context.op_execution_context.op_handle.name
    loaded: set[dg.AssetKey] = set()
    run: dg.DagsterRun | None = context.run
    while run and run.parent_run_id and _goes_on(context.instance, run, step):
        for event in _events(context.instance, run.parent_run_id):
            if event.is_step_materialization and event.step_key == step and event.asset_key:
                loaded.add(event.asset_key)
        run = context.instance.get_run_by_id(run.parent_run_id)
    return loaded


def _goes_on(instance: dg.DagsterInstance, run: dg.DagsterRun, step: str) -> bool:
    """Whether a run repeats a failed step, rather than being wanted whole or by choice."""
    if run.tags.get(RESUME_TAG) == "true":
        return True
    events = _events(instance, run.parent_run_id or "") if run.step_keys_to_execute else []
    return any(event.is_step_failure and event.step_key == step for event in events)


def _events(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterEvent]:
    records = instance.get_records_for_run(
        run_id, of_type={DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.STEP_FAILURE}
    ).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event for event in events if event]

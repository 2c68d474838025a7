"""What Dagster's history holds of a run that `dagster dev` has launched."""

import dagster as dg

from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev


def results_of(
    dev: DagsterDev, run_id: str, asset: str, partition: str
) -> tuple[int, dict[str, bool]]:
    """The rows that it loaded of an asset, last of all runs; and whether each check passed."""
    with dg.DagsterInstance.from_config(str(dev.checkout.root)) as instance:
        loaded = instance.get_latest_materialization_event(dg.AssetKey(asset.split("/")))
        records = instance.get_records_for_run(
            run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
    assert loaded is not None
    assert loaded.asset_materialization is not None
    assert loaded.run_id == run_id
    assert loaded.asset_materialization.partition == partition
    events = [record.event_log_entry.dagster_event for record in records]
    evaluations = [event.asset_check_evaluation_data for event in events if event]
    rows = loaded.asset_materialization.metadata["rows_loaded"].value
    assert isinstance(rows, int)
    return rows, {evaluation.check_name: evaluation.passed for evaluation in evaluations}

"""The facts about a load are read back from its metadata, never from a text made for people."""

import dagster as dg
import pytest
from dagster import DagsterEventType
from dagster._core.events import StepMaterializationData

from analytics_ingest.orchestration.history import PastLoad, read_past_loads
from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.history import record_run
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ASSET = dg.AssetKey([API, "items"])


def materialization(job: dg.JobDefinition, **metadata: str | int | bool) -> dg.DagsterEvent:
    """The event of a load with some metadata."""
    data = StepMaterializationData(dg.AssetMaterialization(ASSET, metadata=metadata))
    kind = DagsterEventType.ASSET_MATERIALIZATION.value
    return dg.DagsterEvent(kind, job.name, event_specific_data=data)


@pytest.mark.parametrize(
    ("window", "includes_older"),
    [
        ("[since ever, 2026-01-02T00:00:00Z)", True),
        ("[since ever, for ever)", True),
        ("[2026-01-05T00:00:00Z, 2026-01-06T00:00:00Z)", False),
    ],
)
def test_a_load_recorded_without_the_boolean_is_understood(
    window: str, includes_older: bool, instance: dg.DagsterInstance
) -> None:
    job = deploy(declare(resource()), instance).job
    old = materialization(job, rows_loaded=30, window=window, partitions=1, is_complete=True)
    run_id = record_run(instance, job, old)
    assert list(read_past_loads(instance, ASSET)) == [
        PastLoad(run_id, 30, True, (1, includes_older))
    ]


@pytest.mark.parametrize("includes_older", [True, False])
def test_the_boolean_decides_whatever_the_text_says(
    includes_older: bool, instance: dg.DagsterInstance
) -> None:
    job = deploy(declare(resource()), instance).job
    for window in ("[since ever, for ever)", "(-∞, ∞)", "any text"):
        metadata = {"window": window, "includes_older_rows": includes_older}
        record_run(instance, job, materialization(job, rows_loaded=1, **metadata))
    kinds = {load.kind for load in read_past_loads(instance, ASSET)}
    assert kinds == {(0, includes_older)}


@pytest.mark.parametrize(
    ("partition", "window", "includes_older"),
    [
        ("2026-01-01", "(-∞, 2026-01-02T00:00:00Z)", True),
        ("2026-01-05", "[2026-01-05T00:00:00Z, 2026-01-06T00:00:00Z)", False),
    ],
)
def test_a_load_shows_its_window_and_records_whether_older_rows_were_included(
    partition: str,
    window: str,
    includes_older: bool,
    api: ScriptedApi,
    instance: dg.DagsterInstance,
) -> None:
    api.always("/items", {"data": [row(1, f"{partition}T10:00:00Z")]})
    with at(NOON):
        assert deploy(declare(resource()), instance).load(partition).success
    event = instance.get_latest_materialization_event(ASSET)
    assert event
    assert event.asset_materialization
    metadata = event.asset_materialization.metadata
    assert metadata["window"].value == window
    assert metadata["includes_older_rows"].value is includes_older
    (load,) = read_past_loads(instance, ASSET)
    assert load.kind == (1, includes_older)


def test_old_and_new_loads_of_one_kind_are_compared(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource(own={"volume": {"history": 2}})), instance)
    for rows, window in (
        (30, "[2026-01-05T00:00:00Z, 2026-01-06T00:00:00Z)"),
        (500, "[since ever, 2026-01-02T00:00:00Z)"),
    ):
        for _ in range(2):
            metadata = {"rows_loaded": rows, "window": window, "partitions": 1, "is_complete": True}
            record_run(instance, deployment.job, materialization(deployment.job, **metadata))
    api.always("/items", {"data": [row(n, "2026-01-07T10:00:00Z") for n in range(30)]})
    with at(NOON):
        outcome = deployment.load("2026-01-07").verdicts["items/volume"]
    assert outcome.sentence == "30 rows; the median is 30."

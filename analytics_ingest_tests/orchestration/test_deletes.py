"""Earlier runs have recorded when a full reading is due; a check shows what it could not mark."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from analytics_ingest_tests.support.deployments import Deployment, at, deploy, partition_range
from analytics_ingest_tests.support.loads import API, declare, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

CONFIRM = {"analytics_ingest/deletes": "confirm"}
FIRST, LAST = "2026-01-01", "2026-01-20"


def serve(api: ScriptedApi, *numbers: int) -> None:
    """Serve a row of each of some days, by a window if one is sent, and to a snapshot."""
    found = [row(n, f"2026-01-{n:02}T10:00:00Z") for n in numbers]

    def script(asked: Asked) -> Any:
        since, until = asked.query.get("since", ""), asked.query.get("until", "9")
        return {"data": [r for r in found if since <= r["updated_at"] < until]}

    api.on("/items", script)
    api.always("/states", {"data": found})


def marked(table: str) -> list[int]:
    found = ask(f"SELECT id FROM demo.{table} WHERE _deleted_at IS NOT NULL ORDER BY id").rows
    return [key for (key,) in found]


def recorded(deployment: Deployment, name: str) -> Mapping[str, Any]:
    event = deployment.instance.get_latest_materialization_event(dg.AssetKey([API, name]))
    assert event
    assert event.asset_materialization
    return {k: v.value for k, v in event.asset_materialization.metadata.items()}


def deploy_loaded(api: ScriptedApi, instance: dg.DagsterInstance, rows: int) -> Deployment:
    """Deploy a filtered resource and a snapshot, which were read in full on 20 January."""
    window = {"start_param": "since", "end_param": "until"}
    items = resource(own={"deletes": {"every": "7d"}}, incremental=window)
    states = resource("states", own={"deletes": {"max_share": 0.2}}, incremental=None)
    deployment = deploy(declare(items, states), instance)
    serve(api, *range(1, rows + 1))
    with at(utc(2026, 1, 20, 12)):
        assert not deployment.load(FIRST, LAST).failed
    return deployment


def confirm(deployment: Deployment, date: str) -> None:
    """Load a day by a run that confirms what was held back."""
    tags = {**partition_range(date, date), **CONFIRM}
    deployment.job.execute_in_process(instance=deployment.instance, tags=tags)


def test_a_full_reading_is_due_when_the_last_one_is_old(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    deployment = deploy_loaded(api, instance, 10)
    serve(api, *range(2, 11))
    with at(utc(2026, 1, 26, 12)):
        outcome = deployment.load("2026-01-05")
    assert (marked("items"), marked("states")) == ([], [1])
    assert not outcome.failed
    assert recorded(deployment, "items")["full_reading"].startswith("2026-01-20")
    assert recorded(deployment, "states")["rows_deleted"] == 1
    assert outcome.verdicts["states/deletes"].sentence == "1 row marked by this load."

    with at(utc(2026, 1, 27, 13)):
        outcome = deployment.load("2026-01-05", only="items")
    assert marked("items") == [1]
    assert api.requests_of("/items")[-1].query == {}
    facts = recorded(deployment, "items")
    assert (facts["rows_deleted"], facts["rows_loaded"], facts["rows_outside"]) == (1, 1, 8)
    assert facts["dagster/partition_row_count"] == 1
    assert facts["full_reading"].startswith("2026-01-27")
    assert not outcome.failed


def test_more_than_the_share_is_held_back_until_a_run_confirms_it(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    deployment = deploy_loaded(api, instance, 10)
    serve(api, *range(5, 11))
    with at(utc(2026, 2, 4, 12)):
        outcome = deployment.load("2026-01-06", only="items")
    assert marked("items") == []
    sentence = outcome.failed["items/deletes"]
    assert "4 rows of the table are gone" in sentence
    assert "analytics_ingest/deletes: confirm" in sentence
    assert outcome.verdicts["items/deletes"].severity == "ERROR"
    with at(utc(2026, 2, 5, 12)):
        outcome = deployment.load("2026-01-07", only="items")
    assert outcome.failed["items/deletes"] == sentence
    with at(utc(2026, 2, 5, 13)):
        confirm(deployment, "2026-01-07")
        assert not deployment.check("items", "deletes").failed
    # Nobody has seen how many rows of the snapshot are gone.
    assert (marked("items"), marked("states")) == ([1, 2, 3, 4], [])
    assert "4 rows" in deployment.check("states", "deletes").failed["states/deletes"]
    with at(utc(2026, 2, 5, 14)):
        confirm(deployment, "2026-01-07")
    assert marked("states") == [1, 2, 3, 4]


def test_more_rows_than_were_confirmed_are_held_back(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    deployment = deploy_loaded(api, instance, 20)
    with at(utc(2026, 1, 20, 13)):
        serve(api, *range(6, 21))
        assert "5 rows" in deployment.load(FIRST, only="states").failed["states/deletes"]
        serve(api, 20)
        confirm(deployment, FIRST)
    assert marked("states") == []
    assert "19 rows" in deployment.check("states", "deletes").failed["states/deletes"]


def test_windows_are_loaded_while_a_due_full_reading_fails(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    deployment = deploy_loaded(api, instance, 10)
    serve(api, *range(2, 11))
    found = [row(5, "2026-01-05T10:00:00Z")]
    api.on("/items", lambda asked: {"data": found} if asked.query else Reply(status=403))
    with at(utc(2026, 1, 28, 12)):
        assert not deployment.load("2026-01-05", only="items").success
    with at(utc(2026, 1, 29, 12)):
        outcome = deployment.load("2026-01-05", only="items")
        sentence = outcome.failed["items/deletes"]
        assert "overdue" in sentence
        assert "2026-01-28 12:00" in sentence
        assert outcome.verdicts["items/deletes"].severity == "WARN"
    serve(api, *range(2, 11))
    with at(utc(2026, 1, 30, 12)):
        assert not deployment.load("2026-01-05", only="items").failed
    assert marked("items") == [1]


def test_only_a_resource_that_declares_it_has_the_check(
    instance: dg.DagsterInstance,
) -> None:
    both = declare(resource(own={"deletes": {}}), resource("others"))
    graph = deploy(both, instance).definitions.resolve_asset_graph()
    keys = {key for key in graph.asset_check_keys if key.name == "deletes"}
    assert keys == {dg.AssetCheckKey(dg.AssetKey([API, "items"]), "deletes")}

"""A re-execution from failure asks the API for what failed, and for nothing else."""

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import build_job, execute, partition_range
from analytics_ingest_tests.support.loads import declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

DAY = "2026-01-05"
NOON = utc(2026, 1, 5, 12)


def demo_job() -> dg.JobDefinition:
    """The job of an API of four resources, one of which has a child."""
    of_broken = {"broken_id": {"type": "resolve", "resource": "broken", "field": "id"}}
    declaration = declare(
        *("good", "broken", "other"),
        resource("child", path="/broken/{broken_id}/child", params=of_broken),
        resource_defaults={"primary_key": "id", "endpoint": {"data_selector": "data"}},
    )
    return build_job(declaration)


def run(
    instance: dg.DagsterInstance, parent_run_id: str | None = None
) -> tuple[bool, str, set[str]]:
    """Run the job, from the failure of another run if there was one: success, id, what loaded."""
    with execute(demo_job, instance, NOON, partition_range(DAY, DAY), parent_run_id) as result:
        events = [e for e in result.all_events if e.is_step_materialization]
        return result.success, result.run_id, {e.asset_key.path[-1] for e in events if e.asset_key}


@pytest.fixture
def broken_once(api: ScriptedApi) -> ScriptedApi:
    """The API, which refuses one resource the first time."""
    for name in ("good", "other"):
        api.always(f"/{name}", {"data": [row(name)]})
    api.in_turn("/broken", [Reply(status=404), {"data": [row("b")]}])
    api.always("/broken/b/child", {"data": [row("c")]})
    return api


def test_what_was_loaded_is_not_asked_for_again(
    broken_once: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    success, first, loaded = run(instance)
    assert (success, loaded) == (False, {"good", "other"})

    success, _, loaded = run(instance, first)
    assert (success, loaded) == (True, {"broken", "child"})
    assert (table("broken"), table("child"), table("good")) == (["b"], ["c"], ["good"])
    assert sorted(broken_once.paths) == [*["/broken"] * 2, "/broken/b/child", "/good", "/other"]

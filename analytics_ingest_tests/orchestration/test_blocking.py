"""`blocking: true` lets a failed check stop what is downstream; without it nothing is stopped."""

from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import deploy, partition_range
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.usefixtures("noon")

DAY = "2026-01-05"
STEP_OF_REPORT = "report"


@dg.asset(deps=[dg.AssetKey([API, "items"])])
def report() -> None:
    """What somebody made of the items."""


def steps(
    api_keys: dict[str, Any],
    own: dict[str, Any],
    rows: list[Any],
    api: ScriptedApi,
    instance: dg.DagsterInstance,
) -> tuple[bool, bool]:
    """Whether a run of everything succeeded, and whether it came to the report."""
    api.always("/items", {"data": rows})
    deployment = deploy(declare(resource(own=own), **api_keys), instance, report)
    job = deployment.definitions.get_repository_def().get_implicit_global_asset_job_def()
    result = job.execute_in_process(
        instance=instance, tags=partition_range(DAY, DAY), raise_on_error=False
    )
    done = {event.step_key for event in result.all_events if event.is_step_success}
    return result.success, STEP_OF_REPORT in done


ERROR, WARNING, CLEAN = [row(None), row(2)], [row(1, None)], [row(1)]


@pytest.mark.parametrize(
    ("api_keys", "own", "rows", "expected"),
    [
        ({"blocking": True}, {}, ERROR, (False, False)),
        ({}, {"blocking": True}, ERROR, (False, False)),
        ({"blocking": True}, {"blocking": False}, ERROR, (True, True)),
        ({}, {}, ERROR, (True, True)),
        ({"blocking": True}, {}, WARNING, (True, True)),
        ({"blocking": True}, {}, CLEAN, (True, True)),
    ],
    ids=[
        "an error of a blocking API",
        "an error of a blocking resource",
        "an error of a resource that is excepted",
        "an error that does not block",
        "a warning of a blocking API",
        "clean rows of a blocking API",
    ],
)
def test_what_is_downstream_is_stopped_by(
    api_keys: dict[str, Any],
    own: dict[str, Any],
    rows: list[Any],
    expected: tuple[bool, bool],
    api: ScriptedApi,
    quick_instance: dg.DagsterInstance,
) -> None:
    assert steps(api_keys, own, rows, api, quick_instance) == expected

"""Nights that fail before the first load: a later tick loads them, and `freshness` names them."""

from collections.abc import Mapping

import dagster as dg
import pytest
from dagster import DagsterEventType
from dagster._core.events import AssetMaterializationPlannedData, RunFailureReason
from dagster._core.storage.tags import RUN_FAILURE_REASON_TAG

from analytics_ingest.orchestration.command_process import name_own_process
from analytics_ingest_tests.support.deployments import Deployment, Outcome, at, deploy, read_request
from analytics_ingest_tests.support.history import record_load, record_run
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

FIRST, LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
ROWS = [row(n, f"2026-01-{n:02}T10:00:00Z") for n in range(1, 15)]
WITHOUT_RETRIES = {"max_retries": 0}


def requested(deployment: Deployment, day: int) -> tuple[str, str]:
    """The range that the tick of a night of January asks for."""
    (request,) = deployment.tick(utc(2026, 1, day, 0, 15)).run_requests or []
    first, last, _ = read_request(request)
    return first, last


def load_requested(deployment: Deployment, day: int) -> list[tuple[str, str, list[str]]]:
    """Load what the tick of a night asks for; the range of each run, and its resources."""
    runs = deployment.load_requested(utc(2026, 1, day, 0, 15))
    return [read_request(request) for request, _ in runs]


def night(deployment: Deployment, day: int) -> tuple[tuple[str, str], Outcome]:
    """What the tick of a night asks for, and the run of it."""
    asked = requested(deployment, day)
    with at(utc(2026, 1, day, 0, 15)):
        return asked, deployment.load(*asked)


def days(first: int, last: int) -> tuple[str, str]:
    """A range of days of January."""
    return f"2026-01-{first:02}", f"2026-01-{last:02}"


def test_nights_on_which_a_new_api_is_down_are_loaded_by_the_first_tick_that_succeeds(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    answers = [Reply({}, 503)]
    api.on("/items", lambda _: answers[-1])
    deployment = deploy(declare(resource(error_handler=WITHOUT_RETRIES)), instance)
    assert [night(deployment, day)[0] for day in (8, 9)] == [days(7, 7), days(7, 8)]
    answers.append(Reply({"data": ROWS}))
    asked, run = night(deployment, 10)
    assert (asked, run.success) == (days(7, 9), True)
    assert table("items") == [7, 8, 9]
    # What is before the first request is not loaded by itself.
    assert requested(deployment, 11) == days(10, 10)


def test_a_new_resource_that_is_refused_for_nights_lacks_none_and_no_other_is_loaded_again(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    answers = [Reply({}, 403)]
    api.always("/items", {"data": ROWS})
    api.on("/others", lambda _: answers[-1])
    record_load(instance, utc(2026, 1, 6, 0, 15), "2026-01-05")
    deployment = deploy(
        declare(
            resource(error_handler=WITHOUT_RETRIES),
            resource("others", error_handler=WITHOUT_RETRIES),
        ),
        instance,
    )
    nights = [load_requested(deployment, day) for day in (7, 8)]
    answers.append(Reply({"data": ROWS}))
    nights.append(load_requested(deployment, 9))
    older = [[(*days(6, n), ["others"])] if n else [] for n in (0, 6, 7)]
    newest = [(*days(n, n), []) for n in (6, 7, 8)]
    assert nights == [[*some, all_] for some, all_ in zip(older, newest, strict=True)]
    assert table("others") == table("items") == [6, 7, 8]
    assert load_requested(deployment, 10) == [(*days(9, 9), [])]


def test_what_failed_before_the_first_success_is_named_by_freshness_until_it_is_loaded(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    answers = [Reply({}, 503)]
    api.on("/items", lambda _: answers[-1])
    deployment = deploy(declare(resource(error_handler=WITHOUT_RETRIES)), instance)
    for day in (5, 6):
        with at(utc(2026, 1, day + 1, 0, 15)):
            deployment.load(f"2026-01-{day:02}")
    answers.append(Reply({"data": ROWS}))
    with at(utc(2026, 1, 10, 0, 15)):
        late = deployment.load("2026-01-09").verdicts["items/freshness"]
    sentence = "3 partitions due and not loaded: 2026-01-05, 2026-01-06, 2026-01-07."
    assert (late.passed, late.sentence) == (False, sentence)
    asked, run = night(deployment, 11)
    assert (asked, table("items")) == (days(5, 10), [5, 6, 7, 8, 9, 10])
    assert run.verdicts["items/freshness"].passed


@pytest.mark.parametrize("event", [DagsterEventType.RUN_CANCELED, DagsterEventType.RUN_SUCCESS])
def test_a_request_that_was_canceled_or_loaded_nothing_makes_nothing_due(
    event: DagsterEventType, instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource()), instance)
    plan_run(deployment, event)
    assert requested(deployment, 10) == days(9, 9)


def test_the_first_failed_request_of_a_user_counts_as_the_first_load_would(
    instance: dg.DagsterInstance,
) -> None:
    deployment = deploy(declare(resource()), instance)
    plan_run(deployment, DagsterEventType.RUN_FAILURE)
    assert requested(deployment, 10) == days(3, 9)


def test_a_command_that_ctrl_c_ended_makes_nothing_due_and_a_run_of_the_daemon_does(
    instance: dg.DagsterInstance,
) -> None:
    deployment = deploy(declare(resource()), instance)
    interrupted = {RUN_FAILURE_REASON_TAG: RunFailureReason.UNEXPECTED_TERMINATION.value}
    by_hand = plan_run(deployment, DagsterEventType.RUN_FAILURE, interrupted)
    instance.add_run_tags(by_hand, name_own_process(by_hand))
    assert requested(deployment, 10) == days(9, 9)
    # The daemon's run repeats that of the command, and has its tags.
    repeated = {**interrupted, **name_own_process(by_hand)}
    plan_run(deployment, DagsterEventType.RUN_FAILURE, repeated)
    assert requested(deployment, 10) == days(3, 9)


def plan_run(
    deployment: Deployment, event: DagsterEventType, tags: Mapping[str, str] | None = None
) -> str:
    """Record a run that was to load January 2nd, and how it ended; its id."""
    asset = dg.AssetKey([API, "items"])
    planned = dg.DagsterEvent.build_asset_materialization_planned_event(
        deployment.job.name, "items", AssetMaterializationPlannedData(asset)
    )
    asked = {FIRST: "2026-01-02", LAST: "2026-01-02", **(tags or {})}
    return record_run(deployment.instance, deployment.job, planned, event, tags=asked)

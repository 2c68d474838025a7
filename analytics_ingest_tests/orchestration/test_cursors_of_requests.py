"""A cursor that the API sets when it responds: no window that has ended ever holds its rows."""

from datetime import datetime, timezone
from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import CheckOutcome, Outcome, deploy
from analytics_ingest_tests.support.loads import declare, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

pytestmark = pytest.mark.usefixtures("noon")

YESTERDAY = "2026-01-09"
NOW = "2026-01-10T12:00:01Z"
THIS_MINUTE = "2026-01-10T12:00:00Z"
CLOCK_BEHIND = "2026-01-10T11:59:01Z"
THIS_MORNING = "2026-01-10T08:00:00Z"
START_PARAM = {"cursor_path": "updated_at", "start_param": "since"}


def cursor(outcome: Outcome, name: str = "items") -> CheckOutcome:
    return outcome.verdicts[f"{name}/cursor"]


def all_of(moment: str, count: int) -> list[Any]:
    return [row(number, moment) for number in range(count)]


@pytest.mark.parametrize("partition", [YESTERDAY, "2026-01-01"])
def test_all_rows_of_the_time_of_the_request_are_a_warning_that_says_what_to_declare(
    partition: str, api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        now = datetime.now(timezone.utc).isoformat()
        return {"data": all_of(now, 125) if asked.query["page"] == "1" else []}

    api.on("/items", script)
    items = resource(paginator={"type": "page_number", "base_page": 1})
    deployment = deploy(declare(items, blocking=True), quick_instance)
    loaded = deployment.load(partition)
    assert loaded.success
    assert set(loaded.failed) == {"items/cursor"}
    for outcome in (loaded, deployment.check("items", "cursor")):
        verdict = cursor(outcome)
        assert (verdict.passed, verdict.severity) == (False, "WARN")
        assert verdict.sentence.startswith(
            "updated_at of all 125 rows is the time of the load, so no window that has ended holds "
            "them: if the API sets it when it responds, declare another cursor_path, or "
            "incremental: null. "
        )
        assert verdict.figures["rows_of_request"] == 125


def test_what_the_warning_says_to_declare_loads_the_rows(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(1, NOW, changed_at="2026-01-09T10:00:00Z")]})
    api.always("/states", {"data": all_of(NOW, 2)})
    changed_at = resource(incremental={"cursor_path": "changed_at"})
    snapshot = resource("states", incremental=None)
    outcome = deploy(declare(changed_at, snapshot), quick_instance).load(YESTERDAY)
    assert cursor(outcome).passed
    assert table("items") == [1]
    assert not {name for name in outcome.failed if name.startswith("states/")}


WARNING: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "a_single_row": ({}, all_of(NOW, 1)),
    "whole_minutes": ({}, all_of(THIS_MINUTE, 2)),
    "a_clock_that_is_behind": ({}, all_of(CLOCK_BEHIND, 2)),
    "many_rows_although_a_start_is_sent": (START_PARAM, all_of(NOW, 20)),
}
NO_WARNING: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "all_rows_changed_later": ({}, all_of(THIS_MORNING, 125)),
    "some_rows_changed_just_now": ({}, [*all_of(NOW, 100), row("old", "2025-12-01T00:00:00Z")]),
    "a_row_of_the_window": ({}, [*all_of(NOW, 100), row("in", "2026-01-09T10:00:00Z")]),
    "few_rows_that_changed_since_a_start": (START_PARAM, all_of(NOW, 19)),
    "no_row": ({}, []),
}
"""Resource → its keys of `incremental`, and its rows."""


def test_the_time_of_the_load_is_a_warning_and_any_earlier_change_is_not(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    cases = {**WARNING, **NO_WARNING}
    for name, (_, served) in cases.items():
        api.always(f"/{name}", {"data": served})
    listings = [
        resource(name, incremental={"cursor_path": "updated_at", **keys})
        for name, (keys, _) in cases.items()
    ]
    outcome = deploy(declare(*listings), quick_instance).load(YESTERDAY)
    passed = {name: cursor(outcome, name).passed for name in cases}
    assert passed == {**dict.fromkeys(WARNING, False), **dict.fromkeys(NO_WARNING, True)}


def test_the_partition_of_today_loads_the_rows_without_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": all_of(NOW, 2)})
    assert cursor(deploy(declare(resource()), quick_instance).load("2026-01-10")).passed
    assert table("items") == [0, 1]


def test_rows_that_a_full_reading_stores_are_not_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": all_of(NOW, 2)})
    declaration = declare(resource(own={"deletes": {}}))
    assert cursor(deploy(declaration, quick_instance).load(YESTERDAY)).passed
    assert table("items") == [0, 1]


def test_children_of_changed_parents_that_changed_just_now_are_not_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    """One parent and its children changed a moment ago: the others were not requested."""
    children = resource(path="/parents/{resources.parents.id}/items", own={"parents": "changed"})
    api.always("/parents", {"data": [row(1), row(2)]})
    for parent in (1, 2):
        api.always(f"/parents/{parent}/items", {"data": [row(f"{parent}-1")]})
    deployment = deploy(declare(resource("parents"), children), quick_instance)
    deployment.load("2026-01-01", "2026-01-08")
    api.always("/parents", {"data": [row(1, NOW), row(2)]})
    api.always("/parents/1/items", {"data": [row("1-1", NOW)]})
    outcome = deployment.load(YESTERDAY)
    assert cursor(outcome).figures["rows_of_request"] == 1
    assert cursor(outcome).passed

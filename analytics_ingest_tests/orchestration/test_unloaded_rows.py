"""Rows that a load left out, and a filter of another field: warnings of `volume` and `cursor`."""

from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import Outcome, deploy
from analytics_ingest_tests.support.loads import API, declare, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.usefixtures("noon")

DAY = "2026-01-05"
START_PARAM = {"cursor_path": "updated_at", "start_param": "since"}
BOTH_PARAMS = {**START_PARAM, "end_param": "until"}
COUNTS = ("rows_loaded", "rows_outside", "rows_before_start", "parents_skipped")


def volume(outcome: Outcome, name: str) -> tuple[bool, str, str]:
    """Whether the check `volume` passed, its severity and its sentence."""
    verdict = outcome.verdicts[f"{name}/volume"]
    return verdict.passed, verdict.severity, verdict.sentence


def cursor(outcome: Outcome, name: str = "items") -> tuple[bool, str, str]:
    """Whether the check `cursor` passed, its severity and its sentence."""
    verdict = outcome.verdicts[f"{name}/cursor"]
    return verdict.passed, verdict.severity, verdict.sentence


def counts(instance: dg.DagsterInstance, name: str) -> list[Any]:
    """The counts in the metadata of the last load."""
    event = instance.get_latest_materialization_event(dg.AssetKey([API, name]))
    assert event
    assert event.asset_materialization
    return [event.asset_materialization.metadata[count].value for count in COUNTS]


def rows(**moments: int) -> list[Any]:
    """So many rows of each day of January, written as `d5=3`."""
    return [
        row(f"{day}-{number}", f"2026-01-{int(day[1:]):02}T10:00:00Z")
        for day, count in moments.items()
        for number in range(count)
    ]


def epics_and_stories() -> Any:
    params = {"epic_id": {"type": "resolve", "resource": "epics", "field": "id"}}
    return declare(
        resource("epics"),
        resource("stories", path="/epics/{epic_id}/stories", params=params),
        blocking=True,
    )


def test_skipped_rows_of_a_parent_are_a_warning_until_it_is_mended(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/epics", {"data": [row(1), row(""), row("..")]})
    api.always("/epics/1/stories", {"data": [row(11)]})
    deployment = deploy(epics_and_stories(), quick_instance)
    outcome = deployment.load(DAY, only="stories")
    warning = (
        False,
        "WARN",
        "2 rows of epics have no usable 'id' (missing, empty, '.' or '..'), so their stories were "
        "not requested. 1 row; 0 of 5 loads to compare with.",
    )
    assert outcome.success
    assert set(outcome.failed) == {"stories/volume"}
    assert volume(outcome, "stories") == warning
    assert volume(deployment.check("stories", "volume"), "stories") == warning
    assert counts(quick_instance, "stories") == [1, 0, 0, 2]
    assert table("stories") == [11]
    api.always("/epics", {"data": [row(1)]})
    assert volume(deployment.load(DAY, only="stories"), "stories")[0]


def test_an_ignored_start_is_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": rows(d1=15, d2=10, d5=5)})
    deployment = deploy(declare(resource(incremental=START_PARAM), blocking=True), quick_instance)
    outcome = deployment.load(DAY)
    assert outcome.success
    assert set(outcome.failed) == {"items/cursor"}
    warning = (
        False,
        "WARN",
        "25 of 30 rows lie more than a day outside the requested window: the API ignores since, or "
        "filters by another field than updated_at. updated_at is readable in 5 rows.",
    )
    assert cursor(outcome) == warning
    assert cursor(deployment.check("items", "cursor"))[:2] == warning[:2]
    assert counts(quick_instance, "items") == [5, 25, 25, 0]


NO_WARNING: dict[str, tuple[dict[str, Any], list[Any], list[int]]] = {
    "no_filter": ({"cursor_path": "updated_at"}, rows(d1=25, d5=5), [5, 25, 0, 0]),
    "later_rows": (START_PARAM, rows(d5=5, d8=40), [5, 40, 0, 0]),
    "the_day_before": (START_PARAM, rows(d4=40, d5=5), [5, 40, 0, 0]),
    "few_rows": (START_PARAM, rows(d1=14, d5=5), [5, 14, 14, 0]),
    "half_of_the_rows": (START_PARAM, rows(d1=15, d5=15), [15, 15, 15, 0]),
    "months": ({**BOTH_PARAMS, "param_format": "%Y-%m"}, rows(d1=15, d5=5, d9=25), [5, 40, 0, 0]),
    "lookback": ({**START_PARAM, "lookback": "5d"}, rows(d1=25, d5=5), [30, 0, 0, 0]),
}
"""Resource → its keys of `incremental`, its rows and what the load of a day counts."""


def test_rows_outside_the_window_alone_are_not_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    for name, (_, served, _) in NO_WARNING.items():
        api.always(f"/{name}", {"data": served})
    listings = [resource(name, incremental=keys) for name, (keys, _, _) in NO_WARNING.items()]
    outcome = deploy(declare(*listings), quick_instance).load(DAY)
    for name, (_, _, counted) in NO_WARNING.items():
        assert (name, cursor(outcome, name)[0]) == (name, True)
        assert (name, counts(quick_instance, name)) == (name, counted)


def test_rows_outside_the_first_window_which_sends_no_start_are_not_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": rows(d1=5, d5=40)})
    deployment = deploy(declare(resource(incremental=START_PARAM)), quick_instance)
    assert cursor(deployment.load("2026-01-01"))[0]
    assert counts(quick_instance, "items") == [5, 40, 0, 0]


def test_a_parent_that_is_listed_whole_for_its_children_is_not_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/epics", {"data": rows(d1=25, d5=5)})
    for epic in rows(d1=25, d5=5):
        api.always(f"/epics/{epic['id']}/stories", {"data": [row(epic["id"])]})
    params = {"epic_id": {"type": "resolve", "resource": "epics", "field": "id"}}
    declaration = declare(
        resource("epics", incremental=START_PARAM),
        resource("stories", path="/epics/{epic_id}/stories", params=params),
    )
    assert cursor(deploy(declaration, quick_instance).load(DAY), "epics")[0]
    assert counts(quick_instance, "epics") == [5, 25, 0, 0]


WARNING: dict[str, tuple[dict[str, Any], list[Any], str]] = {
    "all_rows_are_older": (START_PARAM, rows(d1=50), "50 of 50 rows"),
    "a_single_row": (START_PARAM, rows(d1=1), "1 of 1 rows"),
    "most_rows": (START_PARAM, rows(d1=45, d5=5), "45 of 50 rows"),
    "all_rows_are_newer": (BOTH_PARAMS, rows(d9=50), "50 of 50 rows"),
    "older_and_newer": (BOTH_PARAMS, rows(d1=15, d5=5, d9=15), "30 of 35 rows"),
}
"""Resource → its keys of `incremental`, its rows and what the check says of their number."""


def test_rows_that_a_filter_should_not_have_sent_are_a_warning_with_numbers(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    for name, (_, served, _) in WARNING.items():
        api.always(f"/{name}", {"data": served})
    listings = [resource(name, incremental=keys) for name, (keys, _, _) in WARNING.items()]
    deployment = deploy(declare(*listings), quick_instance)
    loaded = deployment.load(DAY)
    for name, (_, _, sentence) in WARNING.items():
        for outcome in (loaded, deployment.check(name, "cursor")):
            passed, severity, description = cursor(outcome, name)
            assert (name, passed, severity) == (name, False, "WARN")
            assert f"{sentence} lie more than a day outside the requested window" in description
            assert "another field than updated_at" in description


AHEAD: dict[str, tuple[list[str], str]] = {
    "far": (["2031-05-01T00:00:00Z", "9999-12-31T23:59:59Z"], "2 rows lie in the future and are"),
    "a_single_row": (["2026-01-12T00:00:00Z"], "1 row lies in the future and is"),
    "all_rows": (["2026-02-01T00:00:00Z"] * 20, "20 rows lie in the future and are"),
}
"""Resource → the moments of its rows ahead, and what the check says of them."""


def test_rows_ahead_of_the_newest_partition_are_a_warning_with_their_number(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    for name, (moments, _) in AHEAD.items():
        others = [row("now", "2026-01-09T10:00:00Z")] if name != "all_rows" else []
        api.always(f"/{name}", {"data": [*others, *(row(n, at) for n, at in enumerate(moments))]})
    deployment = deploy(declare(*map(resource, AHEAD)), quick_instance)
    loaded = deployment.load("2026-01-09", "2026-01-10")
    for name, (moments, sentence) in AHEAD.items():
        for outcome in (loaded, deployment.check(name, "cursor")):
            passed, severity, description = cursor(outcome, name)
            assert (name, passed, severity) == (name, False, "WARN")
            assert f"{sentence} in no partition" in description
            assert outcome.verdicts[f"{name}/cursor"].figures["rows_ahead"] == len(moments)


def test_a_row_that_is_a_little_ahead_is_not_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(1, "2026-01-10T12:30:00Z"), row(2, "2026-01-09T12:00:00Z")]})
    assert cursor(deploy(declare(resource()), quick_instance).load("2026-01-09"))[0]


def test_what_contradicts_the_end_of_a_listing_is_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": rows(d5=2), "meta": {"totalItems": 900}})
    deployment = deploy(declare(resource(), blocking=True), quick_instance)
    outcome = deployment.load(DAY)
    warning = (
        False,
        "WARN",
        "The listing ends after 2 rows, because the page names no next one, but 'totalItems' says "
        "900. 2 rows; 0 of 5 loads to compare with.",
    )
    assert outcome.success
    assert set(outcome.failed) == {"items/volume"}
    assert volume(outcome, "items") == warning
    assert volume(deployment.check("items", "volume"), "items") == warning
    api.always("/items", {"data": rows(d5=2), "meta": {"totalItems": 2}})
    assert volume(deployment.load(DAY), "items")[0]

"""Keys that rows of several listings share, and a key that has changed, are warnings."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
import duckdb
import pytest

from analytics_ingest_tests.support.deployments import Outcome, deploy
from analytics_ingest_tests.support.loads import WAREHOUSE, declare, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.usefixtures("noon")

DAY = "2026-01-05"
APART = {"include_from_parent": ["id"], "primary_key": ["_epics_id", "id"]}


def stories(own: dict[str, Any] | None = None) -> Sequence[dict[str, Any]]:
    params = {"epic_id": {"type": "resolve", "resource": "epics", "field": "id"}}
    child = resource("stories", path="/epics/{epic_id}/stories", params=params, own=own)
    return resource("epics"), child


def serve(api: ScriptedApi, epics: int = 5) -> None:
    api.always("/epics", {"data": [row(number) for number in range(epics)]})
    for number in range(epics):
        listed = [row(n, title=f"{number}-{n}") for n in range(5)]
        api.always(f"/epics/{number}/stories", {"data": listed})


def key_check(outcome: Outcome, name: str = "stories") -> tuple[bool, str, str]:
    """Whether the check passed, its severity and its sentence."""
    verdict = outcome.verdicts[f"{name}/primary_key"]
    return verdict.passed, verdict.severity, verdict.sentence


def test_equal_keys_under_several_parents_are_a_warning(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    serve(api)
    outcome = deploy(declare(*stories()), quick_instance).load(DAY)
    assert key_check(outcome) == (
        False,
        "WARN",
        "20 rows have the id of a row that came for another of epics, and one replaces the other. "
        "If they are different rows, declare include_from_parent: [id] and primary_key: "
        "[_epics_id, id].",
    )
    assert len(table("stories")) == 5


def test_equal_keys_of_listed_values_are_a_warning_and_versions_in_one_listing_are_not(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/epics", {"data": [row(1)]})
    api.always("/epics/1/stories", {"data": [row(1, title="a"), row(1, title="b")]})
    api.always("/items", {"data": [row(1)]})
    params = {"repo": {"type": "each", "values": ["a", "b"]}}
    declaration = declare(*stories(), resource(params=params))
    outcome = deploy(declaration, quick_instance).load(DAY)
    assert key_check(outcome)[0]
    assert key_check(outcome, "items") == (
        False,
        "WARN",
        "1 row has the id of a row that came for another of repo, and one replaces the other. If "
        "they are different rows, declare column: repo in endpoint.params.repo and primary_key: "
        "[repo, id].",
    )


def test_a_key_that_has_changed_is_a_warning_until_the_table_is_started_over(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    serve(api)
    deploy(declare(*stories()), quick_instance).load(DAY)
    changed = deploy(declare(*stories(APART)), quick_instance)
    assert key_check(changed.load(DAY)) == (
        False,
        "WARN",
        "demo.stories: the primary key was id and is _epics_id, id now, so rows that were loaded "
        "before are not replaced; start the table over: DROP TABLE demo.stories, then load all "
        "partitions again.",
    )
    assert len(table("stories")) == 30
    with duckdb.connect(str(WAREHOUSE)) as connection:
        connection.execute("DROP TABLE demo.stories")
    assert key_check(changed.load(DAY))[0]
    assert len(table("stories")) == 25

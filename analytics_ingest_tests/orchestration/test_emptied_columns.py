"""A declared field that the API no longer sends is a warning, though its column is still there."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import NOON, Outcome, at, deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

DAYS = ("2026-01-05", "2026-01-06")
FIELDS = {"id": "integer", "updated_at": "timestamp", "name": "string?", "tier": "string?"}
WARNING = "Null in each row of this load, though earlier rows have values: "


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with at(NOON), dg.DagsterInstance.ephemeral() as instance:
        yield instance


def serve_days(api: ScriptedApi, first: Sequence[Any], then: Sequence[Any]) -> None:
    """Serve rows whose fields are those of one day, then of the next."""
    days = enumerate(zip(DAYS, (first, then), strict=True))
    data = [
        row(100 * n + number, f"{day}T10:00:00Z", **fields)
        for n, (day, values) in days
        for number, fields in enumerate(values)
    ]
    api.always("/items", {"data": data})


def load_days(instance: dg.DagsterInstance, **own: Any) -> list[Outcome]:
    """Load one day after the other."""
    deployment = deploy(declare(resource(own={"fields": FIELDS, **own})), instance)
    return [deployment.load(day) for day in DAYS]


GONE = {
    "dropped": ([{"name": "a", "tier": "b"}] * 20, [{"tier": "b"}] * 5, ["name"]),
    "null": ([{"name": "a", "tier": "b"}] * 20, [{"name": None, "tier": None}] * 5, None),
    "filled in half of the rows": (
        [{"name": "a"}, {"name": None}] * 20,
        [{"tier": "b"}] * 20,
        ["name"],
    ),
}
BY_CHANCE = {
    "one row": ([{"name": "a", "tier": "b"}] * 20, [{"tier": "b"}]),
    "a few earlier rows": ([{"name": "a", "tier": "b"}], [{"tier": "b"}] * 3),
    "rarely filled": ([{"name": "a"}, *[{"tier": "b"}] * 19], [{"tier": "b"}] * 10),
    "never filled": ([{"tier": "b"}] * 20, [{"tier": "b"}] * 20),
    "no row": ([{"name": "a", "tier": "b"}] * 20, []),
}


@pytest.mark.parametrize("name", GONE)
def test_a_field_that_is_gone_is_a_warning(
    api: ScriptedApi, instance: dg.DagsterInstance, name: str
) -> None:
    first, then, gone = GONE[name]
    serve_days(api, first, then)
    before, after = load_days(instance)
    assert "items/schema" not in before.failed
    description = f"{WARNING}{', '.join(gone or ['name', 'tier'])}; see whether"
    assert after.failed["items/schema"].startswith(description)
    assert after.success


@pytest.mark.parametrize("name", BY_CHANCE)
def test_a_field_that_is_empty_by_chance_is_not_one(
    api: ScriptedApi, instance: dg.DagsterInstance, name: str
) -> None:
    serve_days(api, *BY_CHANCE[name])
    assert "items/schema" not in load_days(instance)[1].failed


def test_a_field_that_is_masked_by_null_since_is_not_one(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    serve_days(api, [{"name": "a"}] * 20, [{"name": "a"}] * 20)
    masks: list[dict[str, Any]] = [{}, {"name": None}]
    _, masked = [
        deploy(declare(resource(own={"fields": FIELDS, "mask": mask})), instance).load(day)
        for day, mask in zip(DAYS, masks, strict=True)
    ]
    assert "items/schema" not in masked.failed


def test_a_field_under_another_name_is_named_with_the_new_one(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    fields = {"tier": "b"}
    serve_days(api, [{"name": "a", **fields}] * 20, [{"full_name": "a", **fields}] * 5)
    description = load_days(instance)[1].failed["items/schema"]
    assert description.startswith(f"{WARNING}name; ")
    assert description.endswith("Not declared: full_name; add them to the schema file.")


def test_a_snapshot_that_is_merged_is_compared_with_what_is_stored(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    snapshot = resource(incremental=None, own={"fields": FIELDS})
    deployment = deploy(declare(snapshot), instance)
    for fields in ({"name": "a"}, {}):
        api.always("/items", {"data": [row(n + 50 * len(fields), **fields) for n in range(20)]})
        outcome = deployment.load(DAYS[0])
    assert outcome.failed["items/schema"].startswith(f"{WARNING}name; ")


def test_the_mark_of_deleted_rows_is_not_a_field_of_the_api(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    own = {"fields": FIELDS, "deletes": {"max_share": 0.5}}
    deployment = deploy(declare(resource(incremental=None, own=own)), instance)
    outcomes = []
    for count in (40, 25, 25):
        api.always("/items", {"data": [row(n, name="a", tier="b") for n in range(count)]})
        outcomes.append(deployment.load(DAYS[0]))
    assert not any("items/schema" in outcome.failed for outcome in outcomes)
    assert ask("SELECT count(*) FROM demo.items WHERE _deleted_at IS NOT NULL").rows == [(15,)]

"""A declared field that the API no longer sends is a warning, though its column is still there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import NOON, Outcome, at, deploy
from analytics_ingest_tests.support.loads import declare, project_asking, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

DAYS = ("2026-01-05", "2026-01-06")
FIELDS = {"id": "integer", "updated_at": "timestamp", "name": "string?", "tier": "string?"}
WARNING = "Null in each row of this load, though earlier rows have values: "


NAMED, BOTH = {"name": "a"}, {"name": "a", "tier": "b"}
UNNAMED = {"tier": "b"}


@dataclass(frozen=True)
class Case:
    """The fields of a resource's rows of one day and of the next, and what the check says then."""

    first: Sequence[dict[str, Any]]
    then: Sequence[dict[str, Any]]
    gone: Sequence[str] = ()
    """The fields that are named; none where the check passes."""
    masked: bool = False
    """Whether `mask` nulls the name since the second day."""
    says: str = ""
    """How the sentence ends."""


GONE = {
    "dropped": Case([BOTH] * 20, [UNNAMED] * 5, ["name"]),
    "null": Case([BOTH] * 20, [{"name": None, "tier": None}] * 5, ["name", "tier"]),
    "filled_in_half_of_the_rows": Case([NAMED, {"name": None}] * 20, [UNNAMED] * 20, ["name"]),
    "under_another_name": Case(
        [BOTH] * 20,
        [{"full_name": "a", **UNNAMED}] * 5,
        ["name"],
        says="Not declared: full_name; add them to the schema file.",
    ),
}
NOT_GONE = {
    "one_row": Case([BOTH] * 20, [UNNAMED]),
    "a_few_earlier_rows": Case([BOTH], [UNNAMED] * 3),
    "rarely_filled": Case([NAMED, *[UNNAMED] * 19], [UNNAMED] * 10),
    "never_filled": Case([UNNAMED] * 20, [UNNAMED] * 20),
    "no_row": Case([BOTH] * 20, []),
    "masked_by_null_since": Case([NAMED] * 20, [NAMED] * 20, masked=True),
}
CASES = {**GONE, **NOT_GONE}
"""By the name of its resource."""


def serve_days(api: ScriptedApi, name: str, case: Case) -> None:
    """Serve rows whose fields are those of one day, then of the next."""
    days = enumerate(zip(DAYS, (case.first, case.then), strict=True))
    data = [
        row(100 * n + number, f"{day}T10:00:00Z", **fields)
        for n, (day, values) in days
        for number, fields in enumerate(values)
    ]
    api.always(f"/{name}", {"data": data})


def load_days(
    api: ScriptedApi, instance: dg.DagsterInstance, cases: Mapping[str, Case]
) -> list[Outcome]:
    """Load cases, one day after the other."""
    for name, case in cases.items():
        serve_days(api, name, case)
    outcomes: list[Outcome] = []
    for number, day in enumerate(DAYS):
        masks = {n: {"name": None} if number and c.masked else {} for n, c in cases.items()}
        resources = [resource(n, own={"fields": FIELDS, "mask": m}) for n, m in masks.items()]
        outcomes.append(deploy(declare(*resources), instance).load(day))
    return outcomes


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Sequence[Outcome]]:
    """All cases, loaded one day after the other."""
    api = hub.new_api()
    folder = tmp_path_factory.mktemp("emptied")
    with project_asking(api, folder), at(NOON), dg.DagsterInstance.ephemeral() as instance:
        yield load_days(api, instance, CASES)


def test_fields_that_are_filled_at_first_fail_no_check(loaded: Sequence[Outcome]) -> None:
    assert not [name for name in loaded[0].failed if name.endswith("/schema")]


@pytest.mark.parametrize("name", GONE)
def test_a_field_that_is_gone_is_a_warning(name: str, loaded: Sequence[Outcome]) -> None:
    case, sentence = GONE[name], loaded[1].failed[f"{name}/schema"]
    assert sentence.startswith(f"{WARNING}{', '.join(case.gone)}; see whether")
    assert sentence.endswith(case.says)
    assert loaded[1].success


@pytest.mark.parametrize("name", NOT_GONE)
def test_a_field_that_is_empty_by_chance_or_masked_is_not_one(
    name: str, loaded: Sequence[Outcome]
) -> None:
    assert f"{name}/schema" in loaded[1].verdicts
    assert f"{name}/schema" not in loaded[1].failed


@pytest.mark.usefixtures("noon")
def test_a_snapshot_that_is_merged_is_compared_with_what_is_stored(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    snapshot = resource(incremental=None, own={"fields": FIELDS})
    deployment = deploy(declare(snapshot), quick_instance)
    for fields in ({"name": "a"}, {}):
        api.always("/items", {"data": [row(n + 50 * len(fields), **fields) for n in range(20)]})
        outcome = deployment.load(DAYS[0])
    assert outcome.failed["items/schema"].startswith(f"{WARNING}name; ")


@pytest.mark.usefixtures("noon")
def test_the_mark_of_deleted_rows_is_not_a_field_of_the_api(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    own = {"fields": FIELDS, "deletes": {"max_share": 0.5}}
    deployment = deploy(declare(resource(incremental=None, own=own)), quick_instance)
    outcomes = []
    for count in (40, 25, 25):
        api.always("/items", {"data": [row(n, name="a", tier="b") for n in range(count)]})
        outcomes.append(deployment.load(DAYS[0]))
    assert not any("items/schema" in outcome.failed for outcome in outcomes)
    assert ask("SELECT count(*) FROM demo.items WHERE _deleted_at IS NOT NULL").rows == [(15,)]


@pytest.mark.parametrize(
    ("name", "day", "empty"),
    [
        ("never_filled", 0, "name"),
        ("rarely_filled", 1, "name"),
        ("masked_by_null_since", 1, "tier"),
    ],
)
def test_a_check_that_passes_names_the_columns_without_a_value(
    name: str, day: int, empty: str, loaded: Sequence[Outcome]
) -> None:
    sentence = loaded[day].verdicts[f"{name}/schema"].sentence
    assert sentence.endswith(f" rows as declared; null in each: {empty}.")


@pytest.mark.usefixtures("noon")
def test_columns_without_a_value_are_named_beside_fields_that_are_not_declared(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    many = {f"field_{n:02}": "string?" for n in range(12)}
    wide = resource(incremental=None, own={"fields": {**FIELDS, **many}})
    api.always("/items", {"data": [row(1, full_name="a", tier="b")]})
    sentence = deploy(declare(wide), quick_instance).load(DAYS[0]).failed["items/schema"]
    assert sentence == (
        "Not declared: full_name; add them to the schema file. Declared, but null in each row: "
        f"name, {', '.join(list(many)[:9])} and 3 more."
    )


@pytest.mark.usefixtures("noon")
def test_an_undeclared_column_that_a_load_does_not_bring_is_not_named(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource(own={"fields": FIELDS})), quick_instance)
    outcomes = []
    for day, served in zip(DAYS, ({**BOTH, "full_name": "a"}, BOTH), strict=True):
        api.always("/items", {"data": [row(1, f"{day}T10:00:00Z", **served)]})
        outcomes.append(deployment.load(day))
    assert outcomes[0].failed["items/schema"].startswith("Not declared: full_name; ")
    assert "items/schema" not in outcomes[1].failed

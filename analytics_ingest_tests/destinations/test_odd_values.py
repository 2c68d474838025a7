"""Odd values, and whole random worlds, end in other warehouses as they do in DuckDB."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.destinations.conftest import WAREHOUSES, Configure
from analytics_ingest_tests.load.test_any_load import EXAMPLES, check_world
from analytics_ingest_tests.load.test_arrow import DRIFT, SAME_KIND
from analytics_ingest_tests.load.test_odd_values import CASES
from analytics_ingest_tests.support.comparing import differences, stored
from analytics_ingest_tests.support.loads import API, declare, load, project_in, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub
from analytics_ingest_tests.support.warehouses import Answer
from analytics_ingest_tests.support.worlds import World, worlds

WITH_NUL = "a\x00b"
"""PostgreSQL cannot hold it; it has a test of its own."""

LONGEST_NAME = 50

WORLDS = {"postgres": 5, "delta": 4, "iceberg": 2}
"""Kind of warehouse → how many random worlds are loaded into it."""

ODD: dict[str, tuple[str | None, list[Any]]] = {
    **{f"drift_{name}": case for name, case in DRIFT.items()},
    **{name: (kind, [value for value, _ in values]) for name, (kind, values) in CASES.items()},
    "quotes": ("string", ["'", '"', "\\", "\\'", "\n\r\t", "$$", "%s", "{}", ";--", "\\n", "E''"]),
    "quotes_in_objects": ("object", [{"'": "'\\"}, ['\n"\\u0000'], {"%s": ";\n"}]),
    "numbers_in_objects": ("object", [[1, 1.0, 1e5, 1e-7, 123456789.123, -0.0, True, None]]),
    "empty": ("string", ["", " ", None]),
    "empty_objects": ("object", [{}, [], None]),
}
DECLARED = {kind for kind, _ in ODD.values() if kind}
LISTINGS: dict[str, tuple[str | None, list[Any]]] = {
    **{f"same_{name}": case for name, case in SAME_KIND.items()},
    **{
        kind: (kind, [v for k, values in ODD.values() if k == kind for v in values])
        for kind in DECLARED
    },
    **{name: (kind, values) for name, (kind, values) in ODD.items() if kind is None},
}
"""Values of one declared type are one listing: a lake takes a quarter of a second a table."""


@dataclass(frozen=True)
class Odd:
    """An API with a listing of each kind of odd values."""

    declaration: ApiDeclaration
    in_duckdb: Mapping[str, Answer | None]
    """What DuckDB holds of each listing."""


@pytest.fixture(scope="module")
def odd(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Odd:
    """Odd values, and what they are in DuckDB."""
    api = hub.new_api()
    resources = []
    for name, (kind, values) in LISTINGS.items():
        served = [value for value in values if value != WITH_NUL]
        api.always(f"/{name}", {"data": [row(n, v=value) for n, value in enumerate(served)]})
        fields = {"id": "integer", **({"v": kind} if kind else {})}
        resources.append(resource(name, own={"fields": fields}))
    declaration = declare(*resources, client={"base_url": api.url})
    with project_in(tmp_path_factory.mktemp("duckdb")):
        load(declaration)
        return Odd(declaration, _contents())


@pytest.mark.parametrize("kind", WAREHOUSES)
def test_odd_values_are_what_they_are_in_duckdb(
    kind: str,
    odd: Odd,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warehouses[kind](monkeypatch)
    load(odd.declaration)
    elsewhere = _contents()
    found = {name: differences(elsewhere[name], odd.in_duckdb[name]) for name in LISTINGS}
    assert {name: problem for name, problem in found.items() if problem} == {}


def _contents() -> Mapping[str, Answer | None]:
    return {name: stored(API, name) for name in LISTINGS}


@pytest.mark.parametrize("kind", WORLDS)
def test_a_load_ends_with_the_served_rows_or_with_an_error_that_names_the_resource(
    kind: str, warehouses: Mapping[str, Configure], monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouses[kind](monkeypatch)

    @settings(
        max_examples=int(EXAMPLES or WORLDS[kind]),
        derandomize=EXAMPLES is None,
        database=None,
        deadline=None,
        suppress_health_check=[
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
            HealthCheck.too_slow,
        ],
        phases=[Phase.generate],
    )
    @given(world=worlds())
    def check(world: World) -> None:
        # Longer names are shortened where there is a limit, each destination in its own way.
        rows = [row for step in world.steps for listed in step.rows.values() for row in listed]
        assume(not any(len(name) > LONGEST_NAME for row in rows for name in _names(row.sent)))
        check_world(world)

    check()


def _names(row: Any) -> Iterable[str]:
    return row if isinstance(row, dict) else ()

"""Odd values, and whole random worlds, end in other warehouses as they do in DuckDB."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from analytics_ingest.config.declaration import ApiDeclaration
from analytics_ingest_tests.destinations.conftest import WAREHOUSES, Configure
from analytics_ingest_tests.loading.test_any_load import EXAMPLES, check_world
from analytics_ingest_tests.loading.test_columnar import DRIFT, SAME_KIND
from analytics_ingest_tests.loading.test_odd_values import CASES
from analytics_ingest_tests.support.comparing import differences, stored
from analytics_ingest_tests.support.loads import API, declare, load, project_in, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import Answer
from analytics_ingest_tests.support.worlds import World, worlds

WITH_NUL = "a\x00b"
"""PostgreSQL cannot hold it; it has a test of its own."""

LONGEST_NAME = 50

LISTINGS: dict[str, tuple[str | None, list[Any]]] = {
    **{f"same_{name}": case for name, case in SAME_KIND.items()},
    **{f"drift_{name}": case for name, case in DRIFT.items()},
    **{name: (kind, [value for value, _ in values]) for name, (kind, values) in CASES.items()},
    "quotes": ("string", ["'", '"', "\\", "\\'", "\n\r\t", "$$", "%s", "{}", ";--", "\\n", "E''"]),
    "quotes_in_objects": ("object", [{"'": "'\\"}, ['\n"\\u0000'], {"%s": ";\n"}]),
    "numbers_in_objects": ("object", [[1, 1.0, 1e5, 1e-7, 123456789.123, -0.0, True, None]]),
    "empty": ("string", ["", " ", None]),
    "empty_objects": ("object", [{}, [], None]),
}


@pytest.mark.parametrize("kind", WAREHOUSES)
def test_odd_values_are_what_they_are_in_duckdb(
    kind: str, api: ScriptedApi, warehouses: Mapping[str, Configure], tmp_path: Path
) -> None:
    declaration = _declaration(api)
    load(declaration)
    in_duckdb = _contents()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with project_in(folder), pytest.MonkeyPatch.context() as patch:
        warehouses[kind](patch)
        load(declaration)
        load(declaration)
        elsewhere = _contents()
    found = {name: differences(elsewhere[name], in_duckdb[name]) for name in LISTINGS}
    assert {name: told for name, told in found.items() if told} == {}


def _declaration(api: ScriptedApi) -> ApiDeclaration:
    resources = []
    for name, (kind, values) in LISTINGS.items():
        served = [value for value in values if value != WITH_NUL]
        api.always(f"/{name}", {"data": [row(n, v=value) for n, value in enumerate(served)]})
        fields = {"id": "integer", **({"v": kind} if kind else {})}
        resources.append(resource(name, own={"fields": fields}))
    return declare(*resources)


def _contents() -> Mapping[str, Answer | None]:
    return {name: stored(API, name) for name in LISTINGS}


@settings(
    max_examples=int(EXAMPLES or 10),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    suppress_health_check=[
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
    phases=[Phase.generate],
)
@given(world=worlds())
def test_a_load_ends_with_the_served_rows_or_with_an_error_that_names_the_resource(
    in_warehouse: None, world: World
) -> None:
    # Longer names are shortened where there is a limit, each destination in its own way.
    rows = [row for step in world.steps for listed in step.rows.values() for row in listed]
    assume(not any(len(name) > LONGEST_NAME for row in rows for name in _names(row.sent)))
    check_world(world)


def _names(row: Any) -> Iterable[str]:
    return row if isinstance(row, dict) else ()

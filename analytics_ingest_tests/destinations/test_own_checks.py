"""Checks of `schema.yaml` in PostgreSQL and in lakes: the same rows fail as in DuckDB."""

from collections.abc import Mapping

import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import inspect_tables, open_load
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest_tests.destinations.conftest import Configure
from analytics_ingest_tests.support.loads import day, declare, load, resource, utc
from analytics_ingest_tests.support.own_checks import CANARY, FAILING, ROWS, declared
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import execute

pytestmark = pytest.mark.timeout(120)

NOW = utc(2026, 1, 10)


def profiles(api: ScriptedApi, declaration: ApiDeclaration) -> list[TableProfile]:
    """The profile of a load of the rows, and of the whole table after it."""
    api.always("/orders", {"data": ROWS})
    api.always("/customers", {"data": [row(1)]})
    load(declaration, "customers")
    names = frozenset(["orders"])
    with open_load(
        LoadScope(declaration, names, day(5)), check_at=NOW, run_id="run", log=lambda line: None
    ) as opened:
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    table = inspect_tables(declaration, names, NOW, run_id="check", log=lambda line: None)
    return [opened.profiles["orders"], table["orders"]]


def check(profile: TableProfile) -> dict[str, str]:
    """Check what fails; returns why other checks were not evaluated."""
    failing = dict(profile.failing)
    actual = {name: (failing[name].rows, sorted(failing[name].keys) or None) for name in FAILING}
    assert actual == FAILING
    assert CANARY not in str(failing)
    return {name: rows.problem for name, rows in failing.items() if rows.problem}


def test_in_postgres(api: ScriptedApi, in_postgres: str) -> None:
    for profile in profiles(api, declared()):
        problems = check(profile)
        assert problems == {
            "of_another_api": 'relation "elsewhere.people" does not exist',
            "no_such_column": 'column "nothing" does not exist',
            "quotes_a_row": "InvalidTextRepresentation; its message is not shown, because it may "
            "hold a row",
        }


def test_no_message_of_postgres_quotes_a_row(api: ScriptedApi, in_postgres: str) -> None:
    queries = ("status::regclass", "status::regtype", "query_to_xml(status, true, true, '')")
    checks = [
        {"name": f"q{n}", "sql": f"select {query} from {{table}}"}
        for n, query in enumerate((*queries, "current_setting(status)", "nosuch(status)"))
    ]
    api.always("/orders", {"data": [row(1, status=f"{CANARY}-x")]})
    declaration = declare(resource("orders"), schema={"orders": {"checks": checks}})
    load(declaration)
    names = frozenset(["orders"])
    tables = inspect_tables(declaration, names, NOW, run_id="check", log=lambda line: None)
    problems = [failing.problem for failing in tables["orders"].failing.values()]
    assert [p.partition("; ")[2][:24] for p in problems[:4]] == ["its message is not shown"] * 4
    assert problems[4].startswith("function nosuch(")


def test_moments_without_a_zone_are_utc_whatever_the_zone_of_the_server(
    api: ScriptedApi, in_postgres: str
) -> None:
    name = in_postgres.rpartition("/")[2]
    execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    api.always("/orders", {"data": [row(1, "2026-01-05T20:00:00Z")]})
    late = "select id from {table} where updated_at >= timestamp '2026-01-05 21:00:00'"
    same = "select id from {table} where updated_at::date <> date '2026-01-05'"
    checks = [{"name": "late", "sql": late}, {"name": "same", "sql": same}]
    bounds = {"min": "2026-01-05T19:00:00", "max": "2026-01-05T21:00:00"}
    fields = {"updated_at": {"type": "timestamp", "checks": [{"range": bounds}]}}
    schema = {"orders": {"checks": checks, "fields": fields}}
    declaration = declare(resource("orders"), schema=schema)
    load(declaration)
    names = frozenset(["orders"])
    tables = inspect_tables(declaration, names, NOW, run_id="check", log=lambda line: None)
    failing = tables["orders"].failing
    assert {name: (f.rows, f.problem) for name, f in failing.items()} == dict.fromkeys(
        ("range_updated_at", "late", "same"), (0, "")
    )


def test_in_a_lake(
    api: ScriptedApi, warehouses: Mapping[str, Configure], monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouses["delta"](monkeypatch)
    for profile in profiles(api, declared()):
        problems = check(profile)
        assert problems["of_another_api"] == "a check in a lake cannot read elsewhere.people"
        assert problems["no_such_column"].startswith("Binder Error")
        assert "its message is not shown" in problems["quotes_a_row"]


ENDLESS = "with recursive n as (select 1 as id union all select id from n) select id from n"


@pytest.mark.parametrize("kind", ["duckdb", "postgres", "delta"])
def test_a_query_that_takes_too_long_is_ended_and_fails(
    api: ScriptedApi,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    if kind != "duckdb":
        warehouses[kind](monkeypatch)
    query = "select id from {table}, pg_sleep(60)" if kind == "postgres" else ENDLESS
    checks = [
        {"name": "slow", "sql": query, "timeout": "1s"},
        {"name": "quick", "sql": "select id from {table}"},
    ]
    api.always("/orders", {"data": [row(1)]})
    declaration = declare(resource("orders"), schema={"orders": {"checks": checks}})
    load(declaration)
    names = frozenset(["orders"])
    tables = inspect_tables(declaration, names, NOW, run_id="check", log=lambda line: None)
    failing = tables["orders"].failing
    assert failing["slow"].problem.startswith("the query took longer than timeout: 1s; ")
    assert (failing["quick"].rows, list(failing["quick"].keys)) == (1, ["1"])

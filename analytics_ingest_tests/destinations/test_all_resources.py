"""The battery of the other warehouses: there, every resource is what it is in DuckDB.

Dirty rows are loaded in windows that overlap, so that some are loaded twice, and compared with what
one window brings into DuckDB; clean rows are loaded by Dagster, and all checks pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import dagster as dg
import pytest

from analytics_ingest.loading.load import open_load
from analytics_ingest.loading.window import EVERYTHING, Window
from analytics_ingest_tests.conftest import NOW, configure
from analytics_ingest_tests.destinations.conftest import WAREHOUSES
from analytics_ingest_tests.support.comparing import differences, stored
from analytics_ingest_tests.support.deployments import CHECKS, at
from analytics_ingest_tests.support.loads import project_in, utc
from analytics_ingest_tests.support.projects import APIS, Sample, shipped
from analytics_ingest_tests.support.runs import check_alone, materialize
from analytics_ingest_tests.support.warehouses import Answer

DECLARATIONS = {api: shipped(api) for api in APIS}
RESOURCES = [(api, name) for api in APIS for name in DECLARATIONS[api].resources]
OVERLAPPING = (Window(None, utc(2026, 11, 11)), Window(utc(2026, 11, 1), utc(2026, 11, 22)))
DAYS = ("2026-11-18", "2026-11-19")

Contents = Mapping[tuple[str, str], Answer]
"""What a warehouse holds, by API and table."""


@pytest.fixture(scope="module")
def in_duckdb(tmp_path_factory: pytest.TempPathFactory, dirty_sample: Sample) -> Contents:
    """All APIs in a DuckDB file."""
    with project_in(tmp_path_factory.mktemp("duckdb")), pytest.MonkeyPatch.context() as patch:
        configure(dirty_sample, patch)
        return _loaded(EVERYTHING)


@pytest.fixture(scope="module", params=WAREHOUSES)
def elsewhere(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    dirty_sample: Sample,
) -> Contents:
    """All APIs in another warehouse, some rows loaded twice."""
    with project_in(tmp_path_factory.mktemp(request.param)), pytest.MonkeyPatch.context() as patch:
        request.getfixturevalue("warehouses")[request.param](patch)
        configure(dirty_sample, patch)
        return _loaded(*OVERLAPPING)


def _loaded(*windows: Window) -> Contents:
    for api, declaration in DECLARATIONS.items():
        for window in windows:
            names = frozenset(declaration.resources)
            with open_load(declaration, names, window, run_id=api, log=lambda _: None) as load:
                load.pipeline.run(load.source, **load.run_options)
    return {
        (api, name): found
        for api, resource in RESOURCES
        for name in (resource, f"{resource}__rejected")
        if (found := stored(api, name))
    }


@pytest.mark.parametrize(("api", "name"), RESOURCES, ids=[f"{a}.{n}" for a, n in RESOURCES])
def test_every_table_holds_what_it_holds_in_duckdb(
    api: str, name: str, elsewhere: Contents, in_duckdb: Contents
) -> None:
    for table in (name, f"{name}__rejected"):
        assert not differences(elsewhere.get((api, table)), in_duckdb.get((api, table)))


@dataclass(frozen=True)
class Runs:
    """What Dagster did with each API."""

    loads: Mapping[str, dg.ExecuteInProcessResult]
    checks: Mapping[str, dg.ExecuteInProcessResult]


@pytest.fixture(scope="module", params=WAREHOUSES)
def runs(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    clean_sample: Sample,
) -> Iterator[Runs]:
    """Each API loaded by Dagster into another warehouse, and checked once more alone."""
    with project_in(tmp_path_factory.mktemp("runs")), pytest.MonkeyPatch.context() as patch:
        request.getfixturevalue("warehouses")[request.param](patch)
        configure(clean_sample, patch)
        with at(NOW), dg.DagsterInstance.ephemeral() as instance:
            loads = {
                api: materialize(*_assets(api), partitions=DAYS, instance=instance) for api in APIS
            }
            checks = {api: check_alone(*_assets(api), instance=instance) for api in APIS}
            yield Runs(loads, checks)


def _assets(api: str) -> list[str]:
    return [f"{api}/{name}" for name in DECLARATIONS[api].resources]


def test_all_checks_pass_after_a_load_and_alone(runs: Runs) -> None:
    expected = {
        (f"{api}/{name}", check)
        for api, name in RESOURCES
        for check in CHECKS
        if (name, check) != ("subscribers", "cursor")
    }
    for results in (runs.loads, runs.checks):
        evaluations = [e for r in results.values() for e in r.get_asset_check_evaluations()]
        assert [e.description for e in evaluations if not e.passed] == []
        assert {("/".join(e.asset_key.path), e.check_name) for e in evaluations} == expected


def test_the_rows_of_the_load_were_checked(runs: Runs) -> None:
    counted, loaded = {}, {}
    for result in runs.loads.values():
        for e in result.get_asset_check_evaluations():
            if e.check_name == "schema":
                counted[e.asset_key] = e.metadata["rows"].value
        for event in result.get_asset_materialization_events():
            loaded[event.asset_key] = event.materialization.metadata["rows_loaded"].value
    assert counted == loaded
    assert sum(counted.values()) > 30

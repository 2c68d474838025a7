"""All checks pass on clean rows in other warehouses, after a load and alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import dagster as dg
import pytest

from analytics_ingest.orchestration.partition_metadata import read_run_count
from analytics_ingest_tests.destinations.conftest import FEW, WAREHOUSES
from analytics_ingest_tests.support.deployments import CHECKS, at
from analytics_ingest_tests.support.fixtures import NOW, configure
from analytics_ingest_tests.support.loads import project_in
from analytics_ingest_tests.support.projects import Sample
from analytics_ingest_tests.support.runs import check_alone, materialize

DAYS = ("2026-11-18", "2026-11-19")
ASSETS = {
    api: [f"{api}/{name}" for name in FEW[api]] for api in ("product_adoption", "status_pages")
}
"""By their API; with all types of columns, with and without a cursor."""


@dataclass(frozen=True)
class Runs:
    """What Dagster did with some APIs."""

    loads: Mapping[str, dg.ExecuteInProcessResult]
    checks: Mapping[str, dg.ExecuteInProcessResult]


@pytest.fixture(scope="module", params=WAREHOUSES)
def runs(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    clean_sample: Sample,
) -> Iterator[Runs]:
    """APIs loaded by Dagster into another warehouse, and checked once more alone."""
    with project_in(tmp_path_factory.mktemp("runs")), pytest.MonkeyPatch.context() as patch:
        request.getfixturevalue("warehouses")[request.param](patch)
        configure(clean_sample, patch)
        with at(NOW), dg.DagsterInstance.ephemeral() as instance:
            loads = {
                api: materialize(*assets, partitions=DAYS, instance=instance)
                for api, assets in ASSETS.items()
            }
            checks = {api: check_alone(*a, instance=instance) for api, a in ASSETS.items()}
            yield Runs(loads, checks)


def test_all_checks_pass_after_a_load_and_alone(runs: Runs) -> None:
    expected = {
        (asset, check)
        for assets in ASSETS.values()
        for asset in assets
        for check in CHECKS
        if (asset, check) != ("status_pages/subscribers", "cursor")
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
            rows = read_run_count(event.materialization.metadata, "rows_loaded")
            loaded[event.asset_key] = rows.value
    assert counted == loaded
    assert any(counted.values())

"""On clean data every check of all 38 resources passes; and what their specs promise before."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from analytics_ingest.definitions import defs
from analytics_ingest_tests.support.deployments import CHECKS, at
from analytics_ingest_tests.support.fixtures import NOW, configure
from analytics_ingest_tests.support.projects import APIS, Sample
from analytics_ingest_tests.support.runs import assets_of, materialize

DAY = ("2026-11-19", "2026-11-19")


@pytest.fixture(scope="module")
def shipped_defs() -> dg.Definitions:
    return defs()


@pytest.fixture(scope="module", params=APIS)
def run(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    clean_sample: Sample,
) -> Iterator[tuple[str, dg.ExecuteInProcessResult]]:
    """A run of all resources of an API."""
    with pytest.MonkeyPatch.context() as patch, at(NOW):
        patch.chdir(tmp_path_factory.mktemp(request.param))
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        configure(clean_sample, patch)
        with dg.DagsterInstance.ephemeral() as instance:
            assets = assets_of(request.param)
            yield request.param, materialize(*assets, partitions=DAY, instance=instance)


def test_all_checks_pass(run: tuple[str, dg.ExecuteInProcessResult]) -> None:
    api, result = run
    evaluations = result.get_asset_check_evaluations()
    assert result.success
    assert [e.description for e in evaluations if not e.passed] == []
    expected = {
        (resource, check)
        for resource in assets_of(api)
        for check in CHECKS
        if (resource, check) != ("status_pages/subscribers", "cursor")
    }
    found = [("/".join(e.asset_key.path), e.check_name) for e in evaluations]
    assert sorted(found) == sorted(expected)


def test_every_check_says_a_sentence_and_numbers(
    run: tuple[str, dg.ExecuteInProcessResult],
) -> None:
    for evaluation in run[1].get_asset_check_evaluations():
        sentence = evaluation.description or ""
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert evaluation.metadata


def test_rows_were_checked(run: tuple[str, dg.ExecuteInProcessResult]) -> None:
    counted = {
        "/".join(e.asset_key.path): e.metadata["rows"].value
        for e in run[1].get_asset_check_evaluations()
        if e.check_name == "schema"
    }
    assert any(counted.values())
    loaded = {
        "/".join(event.asset_key.path): event.materialization.metadata["rows_loaded"].value
        for event in run[1].get_asset_materialization_events()
        if event.asset_key
    }
    assert counted == loaded


def test_every_asset_has_a_freshness_policy(shipped_defs: dg.Definitions) -> None:
    specs = shipped_defs.resolve_all_asset_specs()
    policies = [spec.freshness_policy for spec in specs if spec.key.path[0] in APIS]
    assert len(policies) == 38
    expected = dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=36), warn_window=timedelta(hours=26)
    )
    assert all(policy == expected for policy in policies)

"""Dagster's storage in PostgreSQL, by the instance file that the project ships."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

import analytics_ingest
from analytics_ingest.orchestration.event_storage import PooledEventLogStorage
from analytics_ingest_tests.support.deployments import CHECKS, NOON, at, deploy
from analytics_ingest_tests.support.loads import API, declare, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.postgres import postgres_server
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.yaml_text import read_yaml

ROOT = Path(analytics_ingest.__file__).parents[1]
SHIPPED = ROOT / "deploy" / "dagster-postgres.yaml"
DAY = "2026-01-05"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DAGSTER_HOME with the shipped file, and the setting that it reads."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(SHIPPED, folder / "dagster.yaml")
    with postgres_server() as server:
        url = server.create_database().replace("postgresql:", "postgresql+psycopg2:")
        monkeypatch.setenv("DAGSTER_POSTGRES_URL", url)
        yield folder


def test_it_differs_from_the_default_in_its_storage_alone() -> None:
    default = read_yaml((ROOT / "dagster.yaml").read_text())
    shipped = read_yaml(SHIPPED.read_text())
    assert default.pop("event_log_storage")["class"] == PooledEventLogStorage.__name__
    assert shipped.pop("storage") == {"postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}}
    assert shipped == default


def test_a_run_and_its_checks_are_read_back_by_another_machine(
    api: ScriptedApi, home: Path
) -> None:
    api.always("/items", {"data": rows(3)})
    with at(NOON), dg.DagsterInstance.from_config(str(home)) as instance:
        run_id = deploy(declare(resource()), instance).load(DAY).run_id
    shutil.rmtree(home / "storage", ignore_errors=True)
    with dg.DagsterInstance.from_config(str(home)) as another:
        run = another.get_run_by_id(run_id)
        assert run
        assert run.status == dg.DagsterRunStatus.SUCCESS
        asset = dg.AssetKey([API, "items"])
        (record,) = another.fetch_materializations(asset, limit=5).records
        assert (record.run_id, record.partition_key) == (run_id, DAY)
        assert record.asset_materialization
        assert record.asset_materialization.metadata["rows_loaded"].value == 3
        keys = [dg.AssetCheckKey(asset, name) for name in CHECKS]
        checks = another.event_log_storage.get_latest_asset_check_execution_by_key(keys)
        assert {key.name: found.run_id for key, found in checks.items()} == dict.fromkeys(
            CHECKS, run_id
        )
    assert not list(home.rglob("*.db"))

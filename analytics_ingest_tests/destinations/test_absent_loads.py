"""A database of PostgreSQL that was replaced lacks loads that Dagster's history records."""

import os
from collections.abc import Iterator
from contextlib import closing

import dagster as dg
import psycopg2
import pytest

from analytics_ingest_tests.support.deployments import Deployment, at, deploy
from analytics_ingest_tests.support.loads import declare, project_asking, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.postgres import PostgresServer
from analytics_ingest_tests.support.scripted_api import Hub
from analytics_ingest_tests.support.warehouses import CREDENTIALS_SETTING, TYPE_SETTING


@pytest.fixture(scope="module")
def loaded(
    hub: Hub, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Two partitions that were loaded into a database; the settings are of that one."""
    api = hub.new_api()
    api.always("/items", {"data": [row(day) for day in range(1, 10)]})
    with (
        project_asking(api, tmp_path_factory.mktemp("absent")),
        pytest.MonkeyPatch.context() as patch,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        patch.setenv(TYPE_SETTING, "postgres")
        patch.setenv(CREDENTIALS_SETTING, postgres.create_database())
        deployment = deploy(declare(resource()), instance)
        for day in (3, 4):
            with at(utc(2026, 1, day + 1, 0, 15)):
                assert deployment.load(f"2026-01-{day:02}").success
        yield deployment


@pytest.mark.parametrize(
    ("statements", "absent"),
    [
        pytest.param([], None, id="nothing is lost"),
        pytest.param(["drop schema demo cascade"], 2, id="another dataset"),
        pytest.param(
            [
                "delete from demo._runs where window_start >= '2026-01-04'",
                "delete from demo._dlt_loads where inserted_at > '2026-01-04 12:00'",
            ],
            1,
            id="an older backup",
        ),
        pytest.param(["drop table demo._runs"], None, id="records that were dropped"),
    ],
)
def test_loads_that_the_database_lacks_are_reported(
    statements: list[str],
    absent: int | None,
    loaded: Deployment,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = postgres.create_database(os.environ[CREDENTIALS_SETTING].rpartition("/")[2])
    monkeypatch.setenv(CREDENTIALS_SETTING, copy)
    with closing(psycopg2.connect(copy)) as connection, connection.cursor() as database:
        for statement in statements:
            database.execute(statement)
        connection.commit()
    with at(utc(2026, 1, 6, 0, 15)):
        verdict = loaded.load("2026-01-05").verdicts["items/freshness"]
    assert verdict.figures.get("partitions_absent") == absent
    assert verdict.passed is (absent is None)

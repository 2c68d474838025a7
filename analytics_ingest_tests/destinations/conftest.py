"""Scripted APIs, an empty project folder for each test, and the warehouses to load into."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import project_in
from analytics_ingest_tests.support.postgres import PostgresServer, postgres_server
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi, serving
from analytics_ingest_tests.support.warehouses import CREDENTIALS_SETTING, TYPE_SETTING

WAREHOUSES = ("postgres",)
Configure = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the project: no settings but the environment's, no warehouse yet."""
    with project_in(tmp_path):
        yield tmp_path


@pytest.fixture
def api(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    """The API `demo`, to be scripted by the test."""
    scripted = hub.new_api()
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", scripted.url)
    return scripted


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; where none is installed, the test is skipped."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def warehouses(postgres: PostgresServer) -> Mapping[str, Configure]:
    """By name, what configures an empty warehouse of a kind, by the settings in the README."""

    def configure_postgres(patch: pytest.MonkeyPatch) -> None:
        patch.setenv(TYPE_SETTING, "postgres")
        patch.setenv(CREDENTIALS_SETTING, postgres.create_database())

    return {"postgres": configure_postgres}


@pytest.fixture(params=WAREHOUSES)
def in_warehouse(
    request: pytest.FixtureRequest,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The warehouse is an empty one of each kind in turn; its kind."""
    warehouses[request.param](monkeypatch)
    return request.param


@pytest.fixture
def in_postgres(warehouses: Mapping[str, Configure], monkeypatch: pytest.MonkeyPatch) -> str:
    """The warehouse is an empty database in PostgreSQL; its address."""
    warehouses["postgres"](monkeypatch)
    return os.environ[CREDENTIALS_SETTING]

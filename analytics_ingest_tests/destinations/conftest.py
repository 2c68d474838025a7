"""An empty project folder for each test, and the warehouses to load into."""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import project_in
from analytics_ingest_tests.support.postgres import PostgresServer, postgres_server
from analytics_ingest_tests.support.warehouses import (
    BUCKET_SETTING,
    CREDENTIALS_SETTING,
    FORMAT_SETTING,
    TYPE_SETTING,
)

LAKES = ("delta", "iceberg")
WAREHOUSES = ("postgres", *LAKES)
FEW = {
    "commerce": ("transactions",),
    "content_library": ("items",),
    "product_adoption": ("helpbars", "surveys"),
    "status_pages": ("pages", "subscribers"),
}
"""API → resources whose tables have all types of columns, with and without rejected rows."""

Configure = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the project: no settings but the environment's, no warehouse yet."""
    with project_in(tmp_path):
        yield tmp_path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; where none is installed, the test is skipped."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def warehouses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Configure]:
    """By name, what configures an empty warehouse of a kind, by the settings in the documents."""

    def in_postgres(patch: pytest.MonkeyPatch) -> None:
        server: PostgresServer = request.getfixturevalue("postgres")
        patch.setenv(TYPE_SETTING, "postgres")
        patch.setenv(CREDENTIALS_SETTING, server.create_database())

    def in_lake(table_format: str, patch: pytest.MonkeyPatch) -> None:
        patch.setenv(TYPE_SETTING, "filesystem")
        patch.setenv(BUCKET_SETTING, tmp_path_factory.mktemp("lake").as_uri())
        patch.setenv(FORMAT_SETTING, table_format)

    return {
        "postgres": in_postgres,
        "delta": partial(in_lake, "delta"),
        "iceberg": partial(in_lake, "iceberg"),
    }


@pytest.fixture
def in_postgres(warehouses: Mapping[str, Configure], monkeypatch: pytest.MonkeyPatch) -> str:
    """The warehouse is an empty database in PostgreSQL; its address."""
    warehouses["postgres"](monkeypatch)
    return os.environ[CREDENTIALS_SETTING]


@pytest.fixture(params=LAKES)
def lake(
    request: pytest.FixtureRequest,
    warehouses: Mapping[str, Configure],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The warehouse is an empty lake of each format in turn; the format."""
    warehouses[request.param](monkeypatch)
    return request.param

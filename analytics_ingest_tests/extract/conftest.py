"""What tests of requests share: a project folder of their own, and where limits are stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import project_in
from analytics_ingest_tests.support.postgres import postgres_server


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the project: no settings but the environment's, no warehouse yet."""
    with project_in(tmp_path):
        yield tmp_path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an empty database."""
    with postgres_server() as server:
        yield server.create_database()


@pytest.fixture(params=["files", "postgresql"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where limits and rate budgets are stored."""
    url = "files"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    monkeypatch.setenv("LIMITS__URL", url)
    return url

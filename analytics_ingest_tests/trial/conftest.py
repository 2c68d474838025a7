"""A scripted API, a project folder for each test, and the command run on a declaration there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import project_in
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi, serving


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the project: no settings but the environment's."""
    with project_in(tmp_path):
        yield tmp_path


@pytest.fixture
def api(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    """The API `demo`, to be scripted by the test."""
    scripted = hub.new_api()
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", scripted.url)
    return scripted

"""An empty project folder for each test to load into, and an API of another origin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import project_in
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi, serving


@pytest.fixture(scope="session")
def other_hub() -> Iterator[Hub]:
    """A server on another port: another origin."""
    with serving() as hub:
        yield hub


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the project: no settings but the environment's, no warehouse yet."""
    with project_in(tmp_path):
        yield tmp_path


@pytest.fixture
def elsewhere(other_hub: Hub) -> ScriptedApi:
    """An API of another origin."""
    return other_hub.new_api()

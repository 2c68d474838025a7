"""An empty project folder for each test to load into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import project_in


@pytest.fixture(autouse=True)
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the project: no settings but the environment's, no warehouse yet."""
    with project_in(tmp_path):
        yield tmp_path

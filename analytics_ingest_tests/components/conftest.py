"""The project that a test runs commands in: a copy of this one, or a team's own."""

from pathlib import Path

import pytest

from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.own_project import OwnProject


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The project as it is committed, in a folder of its own."""
    return Checkout.create(tmp_path)


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnProject:
    """A team's own project without definitions, which is the current folder.

    No setting of the tests' own says where it is.
    """
    monkeypatch.delenv("DLT_PROJECT_DIR")
    project = OwnProject.create(tmp_path)
    monkeypatch.chdir(project.root)
    return project

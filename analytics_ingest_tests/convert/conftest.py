"""A project without declarations, in which the command `new` writes."""

from pathlib import Path

import pytest

from analytics_ingest_tests.convert.writing import Desk
from analytics_ingest_tests.support.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The project as it is committed, in a folder of its own."""
    return Checkout.create(tmp_path)


@pytest.fixture
def desk(project: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Runs the command in a project of its own, the working directory."""
    return Desk(capsys)

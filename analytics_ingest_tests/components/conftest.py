"""A copy of the project for each test that runs commands in it."""

from pathlib import Path

import pytest

from analytics_ingest_tests.support.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The project as it is committed, in a folder of its own."""
    return Checkout.create(tmp_path)

"""Several cases in one test: for many small ones, pytest's work takes longer than their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def case(*names: object) -> Iterator[None]:
    """Name a case of a test in what is said of its failure."""
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        raise AssertionError(f"in the case {', '.join(map(str, names))}") from error

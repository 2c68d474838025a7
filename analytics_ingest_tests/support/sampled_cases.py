"""Chooses the cases that `make test-fast` runs of a long table."""

from collections import defaultdict
from collections.abc import Sequence

import pytest


def sample_cases(items: Sequence[pytest.Item], most: int) -> list[pytest.Item]:
    """Return at most `most` cases of each test, spread over its table, in the same order."""
    tables: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        tables[item.nodeid.partition("[")[0]].append(item)
    kept = {case for cases in tables.values() for case in _spread(cases, most)}
    return [item for item in items if item in kept]


def _spread(cases: list[pytest.Item], most: int) -> list[pytest.Item]:
    if len(cases) <= most:
        return cases
    return [cases[number * len(cases) // most] for number in range(most)]

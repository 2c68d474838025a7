"""The outcome of a check before Dagster sees it: passed or not, severity, a sentence, numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckOutcome:
    """The result of one check; a failed check is an error unless `is_warning` is set."""

    passed: bool
    description: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False


def pluralize(number: int, noun: str) -> str:
    """Write a number with its noun: `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

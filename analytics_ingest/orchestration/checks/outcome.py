"""The outcome of a check before Dagster sees it: passed or not, severity, a sentence, numbers."""

from collections.abc import Mapping, Sequence
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


def abbreviate(names: Sequence[str], most: int) -> str:
    """List the first names, and say how many there are besides."""
    hidden = len(names) - most
    return ", ".join(names[:most]) + (f" and {hidden} more" if hidden > 0 else "")


def describe_span(partitions: Sequence[str]) -> str:
    """Name the first and the last of some partitions: there may be years of days."""
    first, last = partitions[0], partitions[-1]
    return first if len(partitions) == 1 else f"from {first} to {last}"

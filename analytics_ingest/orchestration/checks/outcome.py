"""The outcome of a check before Dagster sees it: passed or not, how bad, one sentence, numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckOutcome:
    """What a check found; a failed one is an error unless it says that it is a warning."""

    passed: bool
    sentence: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False


def counted(number: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return ", ".join(names)

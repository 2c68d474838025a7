"""Regular expressions that cannot run away: what a pattern may cost is known before it is tried.

Python tries every way in which a pattern fits. A repetition in a repetition has exponentially many,
and is refused; repetitions one after the other have the length of the text to their number.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _parser  # pyright: ignore[reportAttributeAccessIssue] - Python has no other parser
from typing import Any

from jinja2.exceptions import SecurityError

MOST_STEPS = 1_000_000_000
"""Steps that a search may take at worst."""

_FEW = 16
"""A repetition with a smaller maximum counts by its ways, not by the length of the text."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class CostlyPatternError(SecurityError):
    """A pattern, or a search, might take too long."""


@lru_cache(maxsize=1_000)
def compile_pattern(pattern: str) -> tuple[re.Pattern[str], int, int]:
    """Compile a pattern.

    Returns:
        The pattern, the number of repetitions in it, and its other ways to fit.

    Raises:
        CostlyPatternError: It repeats what repeats.
        re.error: It is not a regular expression.
    """
    compiled = re.compile(pattern)
    return compiled, *_count_cost(_parser.parse(pattern))


def check_search(pattern: str, text: str) -> re.Pattern[str]:
    """Compile a pattern that may be searched for in a text.

    Raises:
        CostlyPatternError: That might take too long.
    """
    compiled, repetitions, ways = compile_pattern(pattern)
    if ways * max(len(text), 1) ** max(repetitions, 1) > MOST_STEPS:
        raise CostlyPatternError("regex")
    return compiled


def _count_cost(items: Iterable[Any]) -> tuple[int, int]:
    repetitions, ways = 0, 1
    for operator, argument in items:
        inner, inner_ways = _count_item(str(operator), argument)
        repetitions, ways = repetitions + inner, ways * inner_ways
    return repetitions, min(ways, MOST_STEPS + 1)


def _count_item(operator: str, argument: Any) -> tuple[int, int]:
    if operator in _REPEATS:
        return _count_repeat(*argument)
    if operator == "BRANCH":
        costs = [_count_cost(branch) for branch in argument[1]]
        return max(cost[0] for cost in costs), sum(cost[1] for cost in costs)
    parts = argument if isinstance(argument, tuple) else ()
    costs = [_count_cost(part) for part in parts if isinstance(part, _parser.SubPattern)]
    if operator == "ATOMIC_GROUP":
        costs = [_count_cost(argument)]
    return sum(cost[0] for cost in costs), max((cost[1] for cost in costs), default=1)


def _count_repeat(least: int, most: int, body: Any) -> tuple[int, int]:
    repetitions, ways = _count_cost(body)
    if int(most) <= _FEW:
        choices = int(most) - int(least) + 1
        return repetitions * int(most), choices * min(ways, MOST_STEPS) ** max(int(most), 1)
    if repetitions or ways > 1:
        raise CostlyPatternError("regex")
    return 1, 1

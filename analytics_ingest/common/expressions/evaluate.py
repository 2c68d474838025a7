"""Evaluates the expressions of a declaration over a response, in `sandbox`."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2.exceptions import TemplateError, UndefinedError

from analytics_ingest.common.errors import ApiError, PagingError
from analytics_ingest.common.expressions.budget import MOST, VARIABLE, Budget, BudgetError
from analytics_ingest.common.expressions.sandbox import get_environment
from analytics_ingest.common.expressions.syntax import (
    Settings,
    find_references,
    read_settings,
    strip_braces,
)

_FALSE = ("", "false", "none", "null", "0", "[]", "{}")
"""Texts that an API, or an expression within text, writes for false."""

_ERRORS = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError),
    *(RecursionError, re.error),
)


class MissingValueError(ApiError):
    """An expression counts or compares with something that is missing."""


@lru_cache(maxsize=1_000)
def compile_text(text: str) -> Callable[..., Any]:
    """Build a function from the variables of an expression, or a text with some, to its value.

    Raises:
        ApiError: It has more nested loops or operators than Python compiles.
    """
    expression = strip_braces(text)
    try:
        if expression is None:
            return get_environment().from_string(text).render
        return get_environment().compile_expression(expression)
    except SyntaxError:
        raise ApiError(f"'{text}' is nested too deeply; write fewer loops or operators") from None


def evaluate(text: str, variables: Mapping[str, Any], place: str) -> Any:
    """Evaluate an expression; None where something is missing.

    Args:
        place: What declares it, for messages.

    Raises:
        MissingValueError: It needs what is missing.
        ApiError: It cannot be evaluated. The message holds no value.
    """
    try:
        return compile_text(text)({**variables, VARIABLE: Budget()})
    except BudgetError:
        raise ApiError(
            f"{place} '{text}' cannot be evaluated: it would take more than {MOST:,} characters "
            "and items; write one that takes fewer"
        ) from None
    except _ERRORS as error:
        kind = MissingValueError if isinstance(error, UndefinedError) else ApiError
        # The error's own message may hold values.
        raise kind(
            f"{place} '{text}' cannot be evaluated ({type(error).__name__}); compare it with the "
            "settings and a response of the API"
        ) from None


def is_true(value: Any) -> bool:
    """Return whether the value of an expression is true; a text that says false is not."""
    return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)


class Expression:
    """One expression of a paginator.

    Args:
        key: The key that declares it, for messages.
    """

    def __init__(self, key: str, text: str, settings: Settings) -> None:
        self._place = f"the paginator's {key} '{text}'"
        self._needs_a_row = "last_record" in text
        values = read_settings(find_references(text).settings, settings)
        self._constants = {"config": values, "settings": values}
        self._evaluate = compile_text(text)

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """Evaluate it; None where something is missing, or where it needs a row and has none.

        Raises:
            PagingError: It cannot be evaluated.
        """
        try:
            return self._evaluate({**self._constants, **variables, VARIABLE: Budget()})
        except BudgetError:
            raise PagingError(
                f"{self._place} cannot be evaluated: it would take more than {MOST:,} characters "
                "and items of this page; write one that takes fewer"
            ) from None
        except _ERRORS as error:
            if self._needs_a_row and variables.get("last_record") is None:
                return None
            # The error's own message may hold values of the page.
            raise PagingError(
                f"{self._place} cannot be evaluated ({type(error).__name__}); compare it with a "
                "response of the API"
            ) from None

    def is_true(self, variables: Mapping[str, Any]) -> bool:
        """Return whether the value is true; a text that says false is not."""
        return is_true(self.evaluate(variables))

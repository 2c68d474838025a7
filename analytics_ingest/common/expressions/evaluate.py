"""Evaluates the expressions of a declaration over a response, in the sandbox beside it."""

from collections.abc import Mapping
from typing import Any

from jinja2.exceptions import TemplateError

from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions.budget import MOST, VARIABLE, Budget, BudgetError
from analytics_ingest.common.expressions.sandbox import environment
from analytics_ingest.common.expressions.syntax import Settings, bare, settings_of

_FALSE = ("", "false", "none", "null", "0", "[]", "{}")
"""Texts that an API, or an expression within text, writes for false."""


class Expression:
    """One expression of a paginator.

    Args:
        key: The key that declares it, for messages.
    """

    def __init__(self, key: str, text: str, settings: Settings) -> None:
        self._place = f"the paginator's {key} '{text}'"
        self._needs_a_row = "last_record" in text
        values = {name: settings.value(name) for name in settings_of(text)}
        self._constants = {"config": values, "settings": values}
        expression = bare(text)
        if expression is None:
            self._evaluate = environment().from_string(text).render
        else:
            self._evaluate = environment().compile_expression(expression)

    def value(self, variables: Mapping[str, Any]) -> Any:
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
        except (
            *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError),
            RecursionError,
        ) as error:
            if self._needs_a_row and variables.get("last_record") is None:
                return None
            # The error's own message may hold values of the page.
            raise PagingError(
                f"{self._place} cannot be evaluated ({type(error).__name__}); compare it with a "
                "response of the API"
            ) from None

    def is_true(self, variables: Mapping[str, Any]) -> bool:
        """Whether the value is true; a text that says false is not."""
        value = self.value(variables)
        return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)

"""Evaluates the expressions of a declaration over an answer, in jinja2's sandbox.

Nothing of Python can be reached, and nothing be changed. What is missing is false and may be gone
on from, as may null: `response.a.b` of `{}` is missing, not an error.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Undefined
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from analytics_ingest.config.expressions import bare, settings_of
from analytics_ingest.loading.errors import PagingError
from analytics_ingest.loading.settings import SettingValues

_FALSE = ("", "false", "none", "null", "0", "[]", "{}")
"""Texts that are false: what an API, or an expression within text, writes for it."""


class Expression:
    """One expression of a paginator.

    Args:
        key: Where it is declared, for messages.

    Raises:
        SettingError: A setting that it names is not set.
    """

    def __init__(self, key: str, text: str, settings: SettingValues) -> None:
        self._told = f"the paginator's {key} '{text}'"
        values = {name: settings.value(name) for name in settings_of(text)}
        self._constants = {"config": values, "settings": values}
        expression = bare(text)
        if expression is None:
            self._evaluate = _environment().from_string(text).render
        else:
            self._evaluate = _environment().compile_expression(expression)

    def value(self, variables: Mapping[str, Any]) -> Any:
        """The value; None where something is missing.

        Raises:
            PagingError: It cannot be evaluated.
        """
        try:
            return self._evaluate({**self._constants, **variables})
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            # Its message may hold values of the page.
            raise PagingError(
                f"{self._told} cannot be evaluated ({type(error).__name__}); compare it with an "
                "answer of the API"
            ) from None

    def is_true(self, variables: Mapping[str, Any]) -> bool:
        """Whether the value is true; a text that says false is not."""
        value = self.value(variables)
        return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)


class _Missing(ChainableUndefined):
    """What is not there: `x.get('y')` of it is missing too, and it equals null."""

    def __call__(self, *args: Any, **kwargs: Any) -> "_Missing":
        return self

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Undefined)

    def __hash__(self) -> int:
        return hash(None)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Keys of an object go before the methods of a dict: `response.items` is what the API sent."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        # What is refused is not merely missing.
        raise SecurityError(attribute)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    sandbox = _Sandbox(undefined=_Missing)
    sandbox.globals = {"len": _length, "str": _text, "int": _whole, "null": None}
    sandbox.filters["length"] = sandbox.filters["count"] = _length
    sandbox.tests["none"] = sandbox.tests["None"] = _is_none
    sandbox.tests |= {"True": sandbox.tests["true"], "False": sandbox.tests["false"]}
    return sandbox


def _length(value: Any) -> int:
    return 0 if value is None else len(value)


def _text(value: Any) -> str:
    """A plain function: the class `str` would bring methods past the sandbox."""
    return "" if _is_none(value) else str(value)


def _whole(value: Any) -> int:
    return int(value)


def _is_none(value: Any) -> bool:
    return value is None or isinstance(value, Undefined)

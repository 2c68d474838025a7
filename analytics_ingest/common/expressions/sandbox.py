"""The jinja2 environment in which a declaration's expressions are checked and evaluated.

Nothing of Python can be reached and nothing be changed, and no expression can take long or much
memory: it has no loops, its texts are not multiplied, and it calls what is listed here alone.
What is missing is false and may be gone on from, as may null: `response.a.b` of `{}` is missing.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Undefined
from jinja2.exceptions import SecurityError
from jinja2.filters import do_round
from jinja2.sandbox import ImmutableSandboxedEnvironment

FUNCTIONS: tuple[str, ...] = ("len", "str", "int")
CONSTANTS: tuple[str, ...] = (*FUNCTIONS, "null")

_FILTERS = (
    *("abs", "d", "default", "first", "float", "int", "items", "last", "list", "lower", "map"),
    *("max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "string"),
    *("sum", "trim", "unique", "upper", "urlencode"),
)
_METHODS = (
    *("get", "items", "keys", "values", "count", "index", "find", "rfind", "join"),
    *("startswith", "endswith", "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum"),
    *("lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "removeprefix"),
    *("removesuffix", "split", "rsplit", "splitlines", "partition", "rpartition", "replace"),
)
_LONGEST = 10_000
"""Characters that a method of a text may be given, those of the text included."""
_MOST_DIGITS = 20


@lru_cache(maxsize=1)
def environment() -> ImmutableSandboxedEnvironment:
    """The environment, made once: it holds no state."""
    sandbox = _Sandbox(undefined=_Missing)
    sandbox.globals = {**dict(zip(FUNCTIONS, _OWN, strict=True)), "null": None}
    sandbox.filters = {name: sandbox.filters[name] for name in _FILTERS}
    sandbox.filters |= {"length": _length, "count": _length}
    sandbox.filters |= {"round": _rounded, "replace": _replaced}
    # Python writes these in capitals; jinja2 knows them in small letters only.
    sandbox.tests["none"] = sandbox.tests["None"] = _is_none
    sandbox.tests |= {"True": sandbox.tests["true"], "False": sandbox.tests["false"]}
    return sandbox


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

    intercepted_binops = frozenset(("*", "%", "**"))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        # What is refused is not merely missing.
        raise SecurityError(attribute)

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What is listed, and what is missing, which gives what is missing."""
        if obj not in _OWN and not isinstance(obj, Undefined):
            if getattr(obj, "__name__", None) not in _METHODS:
                raise SecurityError("call")
            _check_length(getattr(obj, "__self__", None), *args, *kwargs.values())
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products and remainders of numbers, not repeated or formatted texts."""
        if operator == "**" or not all(isinstance(value, int | float) for value in (left, right)):
            raise SecurityError(operator)
        return super().call_binop(context, operator, left, right)


def _length(value: Any) -> int:
    return 0 if value is None else len(value)


def _text(value: Any) -> str:
    return "" if _is_none(value) else str(value)


def _whole(value: Any) -> int:
    return int(value)


def _is_none(value: Any) -> bool:
    return value is None or isinstance(value, Undefined)


def _check_length(*given: Any) -> None:
    if sum(len(value) for value in given if isinstance(value, str)) > _LONGEST:
        raise SecurityError("length")


def _replaced(text: Any, old: Any, new: Any) -> str:
    _check_length(*(str(value) for value in (text, old, new)))
    return str(text).replace(str(old), str(new))


def _rounded(value: Any, precision: int = 0, method: Any = "common") -> float:
    if abs(precision) > _MOST_DIGITS:
        raise SecurityError("round")
    return do_round(value, precision, method)


_OWN = (_length, _text, _whole)
"""Plain functions: the classes `str` and `int` would bring methods past the sandbox."""

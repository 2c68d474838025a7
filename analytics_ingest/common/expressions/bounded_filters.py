"""The filters of jinja2 that cost or reach too much as they are, and the plain functions.

Those that go through a list or make a text spend a `Budget`.
"""

from typing import Any

from jinja2 import Environment, Undefined, pass_context, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.filters import do_round, do_sum, make_attrgetter
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps

from analytics_ingest.common.expressions.budget import find_budget

_MOST_DIGITS = 20


def measure(value: Any) -> int:
    """Return the length of a value, 0 of null."""
    return 0 if value is None else len(value)


def to_text(value: Any) -> str:
    """Return the text of a value, empty where it is null or missing."""
    return "" if is_none(value) else str(value)


def to_int(value: Any) -> int:
    """Return the whole number of a value."""
    return int(value)


def is_none(value: Any) -> bool:
    """Return whether a value is null or missing."""
    return value is None or isinstance(value, Undefined)


def _replace(text: Any, old: Any, new: Any) -> str:
    return str(text).replace(str(old), str(new))


@pass_context
def _join(context: Context, values: Any, separator: str = "", attribute: Any = None) -> str:
    if attribute is not None:
        values = map(make_attrgetter(context.environment, attribute), values)
    return find_budget(context).join(str(separator), map(str, values))


@pass_context
def _as_json(context: Context, value: Any) -> str:
    find_budget(context).spend_text(value)
    # Plain text: a template would treat it as markup and escape the text around it.
    return str(htmlsafe_json_dumps(value, **context.environment.policies["json.dumps_kwargs"]))


@pass_environment
def _sum(environment: Environment, values: Any, attribute: Any = None, start: Any = 0) -> Any:
    if not isinstance(start, int | float):
        raise SecurityError("sum")
    return do_sum(environment, values, attribute, start)


def _round(value: Any, precision: int = 0, method: Any = "common") -> float:
    if abs(precision) > _MOST_DIGITS:
        raise SecurityError("round")
    return do_round(value, precision, method)


BOUNDED_FILTERS: dict[str, Any] = {
    "length": measure,
    "count": measure,
    "sum": _sum,
    "round": _round,
    "replace": _replace,
    "join": _join,
    "tojson": _as_json,
}

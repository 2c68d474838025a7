"""The jinja2 environment in which a declaration's expressions are checked and evaluated.

Nothing of Python can be reached and nothing be changed. No expression can take long or much memory:
it calls only what is listed here, and spends a `Budget` on what it does, also in each turn of a
loop.
What is missing is false and may be gone on from, as may null: `response.a.b` of `{}` is missing.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Undefined, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from analytics_ingest.common.expressions.bounded_filters import (
    BOUNDED_FILTERS,
    is_none,
    measure,
    to_int,
    to_text,
)
from analytics_ingest.common.expressions.budget import charge_filter, find_budget
from analytics_ingest.common.expressions.filters import FILTERS
from analytics_ingest.common.expressions.loops import (
    LOOP_FILTERS,
    LoopNamespace,
    charge_loops,
    spend_value,
)
from analytics_ingest.common.expressions.macros import MACROS
from analytics_ingest.common.expressions.setting_text import as_numbers

FUNCTIONS: tuple[str, ...] = ("len", "str", "int")
CONSTANTS: tuple[str, ...] = (*FUNCTIONS, *MACROS, "namespace", "null")

_FILTERS = (
    *("abs", "capitalize", "d", "default", "first", "float", "int", "items", "last", "list"),
    *("lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr"),
    *("sort", "sum", "title", "trim", "unique", "upper", "urlencode"),
)
_FREE_METHODS = ("get", "items", "keys", "values")
_METHODS = (
    *(*_FREE_METHODS, "count", "index", "find", "rfind", "join"),
    *("startswith", "endswith", "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum"),
    *("lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "removeprefix"),
    *("removesuffix", "split", "rsplit", "splitlines", "partition", "rpartition", "replace"),
)
_METHODS_OF_MOMENTS = (
    *("strftime", "isoformat", "date", "timestamp", "replace", "weekday", "isoweekday"),
    *("isocalendar", "total_seconds"),
)


@lru_cache(maxsize=1)
def get_environment() -> ImmutableSandboxedEnvironment:
    """Return the environment, made once: it holds no state."""
    sandbox = _Sandbox(undefined=_Missing, finalize=spend_value)
    sandbox.globals = {**dict(zip(FUNCTIONS, _OWN, strict=True)), **MACROS, "null": None}
    sandbox.globals["namespace"] = LoopNamespace
    filters = {name: sandbox.filters[name] for name in _FILTERS}
    filters |= {**BOUNDED_FILTERS, **FILTERS}
    sandbox.filters = {name: charge_filter(name, apply) for name, apply in filters.items()}
    sandbox.filters |= LOOP_FILTERS
    # Python writes these in capitals; jinja2 knows them in small letters only.
    sandbox.tests["none"] = sandbox.tests["None"] = is_none
    sandbox.tests["in"] = _is_in
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


class _Generator(CodeGenerator):
    """Lets the sandbox see the operators that jinja2 compiles past it: `~` and slices."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self.write("environment.concatenate(context, (")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        if not isinstance(node.arg, nodes.Slice):
            return super().visit_Getitem(node, frame)
        self.write("environment.cut(context, ")
        self.visit(node.node, frame)
        self.write(", slice(")
        for bound in (node.arg.start, node.arg.stop, node.arg.step):
            self.visit(bound or nodes.Const(None), frame)
            self.write(", ")
        self.write("))")
        return None


class _Sandbox(ImmutableSandboxedEnvironment):
    """Keys of an object go before the methods of a dict: `response.items` is what the API sent."""

    intercepted_binops = frozenset(("*", "%", "**", "+", "-", "/", "//"))
    intercepted_unops = frozenset(("-", "+"))
    code_generator_class = _Generator

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        charge_loops(source)
        return super()._generate(source, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        # What is refused is not merely missing.
        raise SecurityError(attribute)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what is allowed; a missing function gives a missing value."""
        if obj in _ALLOWED:
            if obj not in (measure, to_int):
                find_budget(context).spend_text([args, kwargs])
        elif not isinstance(obj, Undefined):
            return self._call_method(context, obj, *args, **kwargs)
        return super().call(context, obj, *args, **kwargs)

    def _call_method(self, context: Context, method: Any, *args: Any, **kwargs: Any) -> Any:
        name, owner = getattr(method, "__name__", None), getattr(method, "__self__", None)
        is_moment = isinstance(owner, date | timedelta)
        if name not in (_METHODS_OF_MOMENTS if is_moment else _METHODS):
            raise SecurityError("call")
        budget = find_budget(context)
        if isinstance(owner, str) and name == "join" and len(args) == 1:
            return budget.join(owner, args[0])
        if isinstance(owner, str) and name == "replace" and len(args) > 1:
            budget.spend_replace(owner, *map(str, args[:2]))
        elif name not in _FREE_METHODS:
            for value in (owner, *args, *kwargs.values()):
                budget.spend_items(value)
        return super().call(context, method, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Apply an operator: products and remainders of numbers only, sums of any values."""
        left, right = as_numbers(left, right)
        for value in (left, right):
            find_budget(context).spend_operand(value, is_copied=operator == "+")
        if operator == "**" or (operator in "*%" and not _are_products(left, right)):
            raise SecurityError(operator)
        return super().call_binop(context, operator, left, right)

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        """Return the negative of a number, also of a setting that says one."""
        find_budget(context).spend_operand(arg, is_copied=False)
        return super().call_unop(context, operator, as_numbers(arg, 0)[0])

    def concatenate(self, context: Context, values: tuple[Any, ...]) -> str:
        """Return the texts of some values, one after the other: `a ~ b`."""
        for value in values:
            find_budget(context).spend_text(value)
        return "".join(map(str, values))

    def cut(self, context: Context, value: Any, bounds: slice) -> Any:
        """Return a part of a list or a text: `a[1:]`."""
        if isinstance(value, list | str | tuple):
            find_budget(context).spend(len(range(*bounds.indices(len(value)))))
        return value[bounds]


@pass_context
def _is_in(context: Context, value: Any, values: Any) -> bool:
    find_budget(context).spend_items(values)
    return value in values


def _are_products(left: Any, right: Any) -> bool:
    return all(isinstance(value, int | float | timedelta) for value in (left, right))


_OWN = (measure, to_text, to_int)
"""Plain functions: the classes `str` and `int` would bring methods past the sandbox."""
_ALLOWED = (*_OWN, *MACROS.values(), LoopNamespace)

"""Writes Python functions of a row as expressions: `lambda row: row["state"] != "draft"`.

The language of expressions is near to Python's: the parameter becomes `record`. A function that
reads anything else, or that the two languages could evaluate differently, makes no expression.
Nothing is run.
"""

import ast
import copy
import functools
from collections.abc import Collection, Mapping
from typing import Any

from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.convert.python.row_settings import SETTINGS, write_settings
from analytics_ingest.declaration.models.processing import ROW_VARIABLES

_SHARED = (
    *(ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.IfExp),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot),
    *(ast.Load, ast.List, ast.Tuple, ast.Subscript, ast.Slice),
    *(ast.Dict, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod),
)
"""What both languages write alike; names, constants, calls and operations are checked further."""
_FUNCTIONS = ("len", "str", "int")
_METHODS = {"get": (1, 2), "lower": (0,), "upper": (0,), "strip": (0,)}
_METHODS |= {"startswith": (1,), "endswith": (1,), "split": (1,), "replace": (2,)}
"""Methods, and how many arguments they take."""
_LONGEST = 2_000
_MOST_NODES = 200

RowFunction = ast.Lambda | ast.FunctionDef


def read_lambda(text: str) -> ast.Lambda | None:
    """Parse the text of a lambda; None if it is not one."""
    if len(text) > _LONGEST or not text.strip().startswith("lambda"):
        return None
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return node if isinstance(node, ast.Lambda) else None


def write_condition(function: RowFunction, names: Mapping[str, Any]) -> str | None:
    """Write a function that keeps rows as an expression; None if it cannot be one.

    Args:
        names: The variables of the document, which may be settings.
    """
    parameter, body = take_apart(function)
    result = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    settings = write_settings(result, parameter, names) if parameter and result else None
    variables = ("record", SETTINGS) if settings else ("record",)
    text = (
        write_expression(settings or result, parameter, variables) if parameter and result else None
    )
    if text is None or result is None:
        return None
    # A text that says false is false in a filter, and true in Python.
    return f"{{{{ {text if _is_boolean(result) else f'not not ({text})'} }}}}"


def take_apart(function: RowFunction) -> tuple[str | None, list[ast.stmt]]:
    """Return the only parameter of a function (None: it has others), and its statements."""
    given = function.args
    others = (given.posonlyargs, given.kwonlyargs, given.defaults, given.vararg, given.kwarg)
    is_one = len(given.args) == 1 and not any(others)
    name = given.args[0].arg if is_one and given.args[0].arg not in _FUNCTIONS else None
    if isinstance(function, ast.Lambda):
        return name, [ast.Return(function.body)]
    has_docstring = ast.get_docstring(function) is not None
    return name, function.body[1:] if has_docstring else function.body


def write_expression(
    node: ast.expr, parameter: str, variables: Collection[str] = ("record",)
) -> str | None:
    """Write what Python evaluates of a row as an expression, without its braces.

    Args:
        variables: Those of expressions that it may read.
    """
    if sum(1 for _ in ast.walk(node)) > _MOST_NODES:
        return None
    try:
        body = _Renaming(parameter).visit(copy.deepcopy(node))
        text = ast.unparse(ast.fix_missing_locations(body)) if _is_shared(body, variables) else None
    except RecursionError:
        return None
    # Braces side by side would end the expression, and make it a text.
    is_clear = text is not None and not any(mark in text for mark in ("{{", "}}", "{%", "%}"))
    return None if not is_clear or find_problem(f"{{{{ {text} }}}}", ROW_VARIABLES) else text


class _Renaming(ast.NodeTransformer):
    """Puts `record` in the place of the parameter; writes null in texts as Python does."""

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == self._parameter:
            return ast.Name("record", ast.Load())
        return ast.Name("unknown" if node.id == "record" else node.id, ast.Load())

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = [self._to_text(part) for part in node.values] or [ast.Constant("")]
        return functools.reduce(lambda left, right: ast.BinOp(left, ast.Add(), right), parts)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if (joined := _write_joined(node)) is not None:
            return self.visit(joined)
        is_text = isinstance(node.func, ast.Name) and node.func.id == "str"
        if is_text and len(node.args) == 1 and not node.keywords:
            return _write_text(self.visit(node.args[0]))
        return self.generic_visit(node)  # pyright: ignore[reportReturnType]

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        # A set is like a list where it is asked for a member, and nowhere else.
        pairs = zip(node.ops, node.comparators, strict=True)
        node.comparators = [
            ast.List(item.elts, ast.Load())
            if isinstance(item, ast.Set) and isinstance(operator, ast.In | ast.NotIn)
            else item
            for operator, item in pairs
        ]
        return self.generic_visit(node)  # pyright: ignore[reportReturnType]

    def _to_text(self, part: ast.expr) -> ast.expr:
        if not isinstance(part, ast.FormattedValue):
            return part
        is_plain = part.format_spec is None and part.conversion in (-1, ord("s"))
        return _write_text(self.visit(part.value)) if is_plain else part


def _write_joined(call: ast.Call) -> ast.expr | None:
    """Write `", ".join([a, b])` as a sum of texts: both fail where one of them is not a text."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(separator)), attr="join"),
            args=[ast.List(elts=[first, *rest]) | ast.Tuple(elts=[first, *rest])],
            keywords=[],
        ) if rest:
            parts = [part for item in rest for part in (ast.Constant(separator), item)]
            return functools.reduce(
                lambda left, right: ast.BinOp(left, ast.Add(), right), parts, first
            )
        case _:
            return None


def _write_text(value: ast.expr) -> ast.expr:
    """Write `str(value)`, which is "None" for null."""
    if isinstance(value, ast.Constant):
        return ast.Constant(str(value.value))
    is_null = ast.Compare(value, [ast.Is()], [ast.Constant(None)])
    text = ast.Call(ast.Name("str", ast.Load()), [value], [])
    return ast.IfExp(is_null, ast.Constant("None"), text)


def _is_shared(body: ast.AST, variables: Collection[str]) -> bool:
    """Return whether all that an expression holds means the same in both languages."""
    called = {id(node.func) for node in ast.walk(body) if isinstance(node, ast.Call)}
    return all(
        _is_shared_node(node, variables, is_called=id(node) in called) for node in ast.walk(body)
    )


def _is_shared_node(node: ast.AST, variables: Collection[str], *, is_called: bool) -> bool:
    match node:
        case ast.Name(id=name):
            return name in _FUNCTIONS if is_called else name in variables
        case ast.Attribute(attr=name):
            return is_called and name in _METHODS
        case ast.Call(func=ast.Name()):
            return len(node.args) == 1 and not node.keywords
        case ast.Call(func=ast.Attribute(attr=name)):
            return len(node.args) in _METHODS.get(name, ()) and not node.keywords
        case ast.BinOp(left=left, op=ast.Mod() | ast.Mult(), right=right):
            return not any(_is_text(side) for side in (left, right))
        case ast.Constant(value=value):
            return value is None or isinstance(value, str | int | float)
        case _:
            return isinstance(node, _SHARED)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_boolean(node: ast.expr) -> bool:
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp(values=values):
            return all(map(_is_boolean, values))
        case ast.IfExp():
            return _is_boolean(node.body) and _is_boolean(node.orelse)
        case ast.Constant(value=bool()):
            return True
        case _:
            return False

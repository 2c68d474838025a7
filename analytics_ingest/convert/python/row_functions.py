"""Writes Python functions of a row as expressions: `lambda row: row["state"] != "draft"`.

The language of expressions is near to Python's: the parameter becomes `record`, and what is not in
both languages makes no expression. Nothing is run.
"""

import ast
import copy
import functools
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.convert.python.values import Function
from analytics_ingest.declaration.models.processing import ROW_VARIABLES

_SHARED = (
    *(ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.IfExp),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot),
    *(ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Subscript, ast.Slice, ast.Call),
    *(ast.Attribute, ast.Dict, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod),
)
"""What both languages write alike and mean alike."""
_FUNCTIONS = ("len", "str", "int")
_METHODS = ("get", "lower", "upper", "strip", "startswith", "endswith")
_LONGEST = 2_000

RowFunction = ast.Lambda | Function


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
        names: The variables of the document, which fill in for their names.
    """
    parameter, body = take_apart(function)
    result = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    text = write_expression(result, parameter, names) if parameter and result else None
    if text is None or result is None:
        return None
    # A text that says false is false in a filter, and true in Python.
    return f"{{{{ {text if _is_boolean(result) else f'not not ({text})'} }}}}"


def take_apart(function: RowFunction) -> tuple[str | None, list[ast.stmt]]:
    """Return the one parameter of a function (None: it has others), and its statements."""
    if isinstance(function, Function):
        body = list(function.body)
        if ast.get_docstring(ast.Module(body, [])) is not None:
            del body[0]
        return next(iter(function.parameters)) if len(function.parameters) == 1 else None, body
    listed = function.args
    has_others = listed.vararg or listed.kwarg or listed.kwonlyargs or listed.defaults
    is_one = len(listed.args) == 1 and not has_others
    return listed.args[0].arg if is_one else None, [ast.Return(function.body)]


def write_expression(node: ast.expr, parameter: str, names: Mapping[str, Any]) -> str | None:
    """Write what Python evaluates of a row as an expression, without its braces."""
    body = _Renaming(parameter, names).visit(copy.deepcopy(node))
    if not all(map(_is_shared, ast.walk(body))):
        return None
    text = ast.unparse(ast.fix_missing_locations(body))
    return None if find_problem(f"{{{{ {text} }}}}", ROW_VARIABLES) else text


class _Renaming(ast.NodeTransformer):
    """Puts `record` in the place of the parameter, and constants in the place of their names."""

    def __init__(self, parameter: str, names: Mapping[str, Any]) -> None:
        self._parameter, self._names = parameter, names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == self._parameter:
            return ast.Name("record", ast.Load())
        value = self._names.get(node.id)
        is_known = isinstance(value, str | int | float | list) and node.id in self._names
        return ast.parse(repr(value), mode="eval").body if is_known else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts = [self._to_text(part) for part in node.values] or [ast.Constant("")]
        return functools.reduce(lambda left, right: ast.BinOp(left, ast.Add(), right), parts)

    def _to_text(self, part: ast.expr) -> ast.expr:
        if not isinstance(part, ast.FormattedValue):
            return part
        is_plain = part.format_spec is None and part.conversion in (-1, ord("s"))
        value = self.visit(part.value)
        return ast.Call(ast.Name("str", ast.Load()), [value], []) if is_plain else part

    def visit_Set(self, node: ast.Set) -> ast.expr:
        return ast.List([self.visit(item) for item in node.elts], ast.Load())


def _is_shared(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            return name == "record" or name in _FUNCTIONS
        case ast.Attribute(attr=name):
            return name in _METHODS
        case ast.Call(func=ast.Name() | ast.Attribute()):
            return not node.keywords
        case ast.Constant(value=value):
            return value is None or isinstance(value, str | int | float)
        case _:
            return isinstance(node, _SHARED) and not isinstance(node, ast.Call)


def _is_boolean(node: ast.expr) -> bool:
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BoolOp(values=values):
            return all(map(_is_boolean, values))
        case _:
            return False

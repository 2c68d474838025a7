"""Writes Python functions of a row as expressions: `lambda row: row["state"] != "draft"`.

The language of expressions is near to Python's: the parameter becomes `record`, and what is not in
both languages makes no expression. Nothing is run.
"""

import ast
import copy
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


def read_condition(text: str) -> str | None:
    """Write the text of a lambda that keeps rows as an expression; None if it cannot be one."""
    if len(text) > _LONGEST or not text.strip().startswith("lambda"):
        return None
    try:
        node = ast.parse(text.strip(), mode="eval").body
        return write_condition(node, {}) if isinstance(node, ast.Lambda) else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def write_condition(function: ast.Lambda | Function, names: Mapping[str, Any]) -> str | None:
    """Write a function that keeps rows as an expression; None if it cannot be one.

    Args:
        names: The variables of the document, which fill in for their names.
    """
    parameters, result = _take_apart(function)
    if len(parameters) != 1 or result is None:
        return None
    body = _Renaming(parameters[0], names).visit(copy.deepcopy(result))
    if not all(map(_is_shared, ast.walk(body))):
        return None
    text = ast.unparse(ast.fix_missing_locations(body))
    # A text that says false is false in a filter, and true in Python.
    condition = f"{{{{ {text if _is_boolean(body) else f'not not ({text})'} }}}}"
    return None if find_problem(condition, ROW_VARIABLES) else condition


def _take_apart(function: ast.Lambda | Function) -> tuple[list[str], ast.expr | None]:
    """Return the parameters of a function, and what it returns if it does nothing else."""
    if isinstance(function, Function):
        last = function.body[-1]
        is_plain = len(function.body) == 1 or (
            len(function.body) == 2 and ast.get_docstring(ast.Module(function.body, [])) is not None
        )
        result = last.value if isinstance(last, ast.Return) and is_plain else None
        return list(function.parameters), result
    listed = function.args
    has_others = listed.vararg or listed.kwarg or listed.kwonlyargs or listed.defaults
    return [] if has_others else [a.arg for a in listed.args], function.body


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

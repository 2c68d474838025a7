"""Writes what a condition on rows reads of settings: `row["id"] in dlt.config["ids"]`.

Only where a value of any type means the same in both languages: as a list that a row's field is
looked up in, and as a test whether there is one.
"""

import ast
import copy
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.python.values import Reference, to_setting_name

SETTINGS = "config"
"""The variable of expressions that holds the settings."""
_PLACE = "dlt.config"


def write_settings(body: ast.expr, parameter: str, names: Mapping[str, Any]) -> ast.expr | None:
    """Write a condition whose settings are those of expressions; None where it cannot be.

    Args:
        names: The variables of the document and their values.
    """
    if parameter == SETTINGS:
        return None
    writer = _Writer(parameter, names)
    read = {id(node) for node in ast.walk(body) if writer.read_setting(node)}
    if not read:
        return None
    tested = [node for node in _iterate_tested(body) if id(node) in read]
    looked_up = [node for node in _iterate_looked_up(body) if id(node) in read]
    if len(read) > len({id(node) for node in (*tested, *looked_up)}):
        return None
    writer.optional = {name for node in tested if (name := writer.read_setting(node))}
    return writer.visit(copy.deepcopy(body))


class _Writer(ast.NodeTransformer):
    """Puts the settings of expressions in the place of dlt's; those tested may be missing."""

    def __init__(self, parameter: str, names: Mapping[str, Any]) -> None:
        self._parameter = parameter
        self._names = names
        self.optional: set[str] = set()

    def visit(self, node: ast.AST) -> Any:
        if name := self.read_setting(node):
            return _write(name, is_optional=name in self.optional)
        if isinstance(node, ast.Name) and node.id == SETTINGS:
            return ast.Name("unknown", ast.Load())
        return super().visit(node)

    def read_setting(self, node: ast.AST) -> str | None:
        """Return the setting that an expression reads: a variable of one, or dlt's own words."""
        match node:
            case ast.Name(id=name) if name != self._parameter:
                value = self._names.get(name)
                if isinstance(value, Reference) and value.default is None:
                    return value.name if value.kind == "setting" else None
                return None
            case ast.Subscript(value=place, slice=ast.Constant(value=str(key))) if _is_config(
                place
            ):
                return to_setting_name(key)
            case ast.Call(
                func=ast.Attribute(value=place, attr="get"),
                args=[ast.Constant(value=str(key))]
                | [
                    ast.Constant(value=str(key)),
                    ast.Constant(value=None),
                ],
                keywords=[],
            ) if _is_config(place):
                return to_setting_name(key)
            case _:
                return None


def _is_config(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == _PLACE


def _write(name: str, *, is_optional: bool) -> ast.expr:
    config = ast.Name(SETTINGS, ast.Load())
    if is_optional:
        return ast.Call(ast.Attribute(config, "get", ast.Load()), [ast.Constant(name)], [])
    return ast.Subscript(config, ast.Constant(name), ast.Load())


def _iterate_tested(body: ast.expr) -> Iterator[ast.expr]:
    """Yield what a condition only tests: its result is that of something else."""
    for node in ast.walk(body):
        match node:
            case ast.IfExp(test=test):
                yield test
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield operand
            case ast.BoolOp(op=ast.And(), values=[*values, _]):
                yield from values
            case _:
                pass


def _iterate_looked_up(body: ast.expr) -> Iterator[ast.expr]:
    for node in ast.walk(body):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield from node.comparators[:1]

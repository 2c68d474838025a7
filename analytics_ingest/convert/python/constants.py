"""Finds the constants of a document's code: plain values of the module that nothing changes."""

import ast
from collections.abc import Iterator, Mapping

Constants = Mapping[str, ast.expr]
"""Name → the literal that it stands for."""

_CHANGES = ("append", "extend", "insert", "remove", "pop", "clear", "update", "add", "setdefault")


def find_constants(statements: list[ast.stmt]) -> Constants:
    """Find the names that are assigned one literal, and bound or changed nowhere else."""
    assigned: dict[str, list[ast.Assign]] = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_literal(value):
                assigned.setdefault(name, []).append(statement)
            case _:
                pass
    bound = [name for statement in statements for name in _list_bound(statement)]
    return {
        name: given[0].value
        for name, given in assigned.items()
        if bound.count(name) == len(given) and len({ast.dump(each) for each in given}) == 1
    }


def _is_literal(node: ast.expr) -> bool:
    plain = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Load)
    return all(isinstance(part, plain) for part in ast.walk(node))


def _list_bound(statement: ast.stmt) -> Iterator[str]:
    """List each name that a statement binds, or the value of which it may change."""
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case (
                ast.arg(arg=name) | ast.alias(name=name, asname=None) | ast.alias(asname=str(name))
            ):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if (
                attr in _CHANGES
            ):
                yield name
            case _:
                pass

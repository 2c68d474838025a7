"""What the code of a function of a row says of its fields: which are read, and whether by name."""

import ast
import re
from collections.abc import Sequence
from typing import Any

_NAME = re.compile(r"[\w -]+")
"""A field's name that is neither a path nor a pattern to a step."""


def is_name(field: Any) -> bool:
    """Return whether a step can name a field."""
    return isinstance(field, str) and _NAME.fullmatch(field) is not None


def reads_any(value: ast.expr, parameter: str, fields: Sequence[Any]) -> bool:
    """Return whether an expression may read one of some fields of the row, or all of them."""
    named = [_read_field(node, parameter) for node in ast.walk(value)]
    known = [field for field in named if field is not None]
    uses = sum(isinstance(node, ast.Name) and node.id == parameter for node in ast.walk(value))
    return bool(fields) and (uses > len(known) or bool({*known} & {*fields}))


def _read_field(node: ast.AST, parameter: str) -> Any:
    match node:
        case (
            ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=field))
            | ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="get"),
                args=[ast.Constant(value=field), *_],
            )
        ) if name == parameter:
            return field
        case _:
            return None


def is_copy(value: ast.expr, parameter: str) -> bool:
    """Return whether an expression is a copy of the row: `dict(row)`, `row.copy()`, `{**row}`."""
    match value:
        case ast.Call(
            func=ast.Name(id="dict" | "copy" | "deepcopy"), args=[ast.Name(id=name)], keywords=[]
        ):
            return name == parameter
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="copy"), attr="copy" | "deepcopy"),
            args=[ast.Name(id=name)],
            keywords=[],
        ):
            return name == parameter
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="copy"), args=[]):
            return name == parameter
        case ast.Dict(keys=[None], values=[ast.Name(id=name)]):
            return name == parameter
        case _:
            return False


def list_turns(target: ast.expr, iterated: ast.expr) -> list[dict[str, ast.expr]] | None:
    """List the variables of each turn of a loop over constants; None for any other loop."""
    match iterated:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Dict() as pairs, attr="items"), args=[]):
            keys = [key for key in pairs.keys if key is not None]
            is_whole = len(keys) == len(pairs.keys)
            zipped = zip(keys, pairs.values, strict=False)
            items = [ast.Tuple([key, value], ast.Load()) for key, value in zipped]
            if not is_whole:
                return None
        case _:
            return None
    bound = [_bind(target, item) for item in items]
    known = [names for names in bound if names is not None]
    return known if len(known) == len(bound) else None


def _bind(target: ast.expr, item: ast.expr) -> dict[str, ast.expr] | None:
    match target, item:
        case ast.Name(id=name), ast.Constant():
            return {name: item}
        case ast.Tuple(elts=names), ast.Tuple(elts=values) | ast.List(elts=values):
            pairs = [_bind(one, value) for one, value in zip(names, values, strict=False)]
            is_whole = len(names) == len(values) and None not in pairs
            return {k: v for pair in pairs for k, v in (pair or {}).items()} if is_whole else None
        case _:
            return None


def join_steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join steps of a loop that do the same to one field after another."""
    joined: list[dict[str, Any]] = []
    for step in steps:
        ((kind, fields),) = step.items()
        before = joined[-1].get(kind) if joined else None
        if kind == "add" and before is not None and not before.keys() & fields:
            joined[-1] = {"add": {**before, **fields}}
        elif kind == "remove" and before is not None:
            joined[-1] = {"remove": [*before, *fields]}
        else:
            joined.append(step)
    return joined

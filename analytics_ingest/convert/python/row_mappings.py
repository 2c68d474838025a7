"""Writes Python functions that change a row as steps: `lambda row: {**row, "day": row["at"][:10]}`.

    row["day"] = row["at"][:10]   →  {add: {day: …}}
    del row["notes"]              →  {remove: [notes]}

A function that does anything else makes no steps. Nothing is run.
"""

import ast
import re
from dataclasses import replace
from typing import Any

from analytics_ingest.convert.python.conversions import write_formats
from analytics_ingest.convert.python.row_functions import (
    RowFunction,
    take_apart,
    write_condition,
    write_expression,
)
from analytics_ingest.convert.python.values import Code, build_code

Step = dict[str, Any]

_NAME = re.compile(r"[\w -]+")
"""A field's name that is neither a path nor a pattern to a step."""


def write_steps(function: RowFunction) -> list[Step] | None:
    """Write a function that returns a changed row as steps; None if it cannot be."""
    parameter, body = take_apart(function)
    if parameter is None or not body or not isinstance(last := body[-1], ast.Return):
        return None
    steps_of = [_write_statement(statement, parameter) for statement in body[:-1]]
    steps_of.append(_write_result(last.value, parameter))
    known = [steps for steps in steps_of if steps is not None]
    return [step for steps in known for step in steps] if len(known) == len(steps_of) else None


def build_row_function(node: ast.AST, function: RowFunction | None, what: str) -> Code:
    """Build the code of a function, with what it is as a step, and as a conversion of a cursor.

    Args:
        node: Where it is used.
        function: None if it cannot be a step.
        what: How the report names it.
    """
    code = build_code(node, what)
    if function is None:
        return code
    return replace(
        code,
        condition=write_condition(function),
        steps=write_steps(function),
        formats=write_formats(function),
    )


def _write_statement(statement: ast.stmt, parameter: str) -> list[Step] | None:
    match statement:
        case ast.Assign(targets=[target], value=value):
            field = _read_field(target, parameter)
            return _add(field, value, parameter) if field else None
        case ast.Delete(targets=targets):
            return _remove([_read_field(target, parameter) for target in targets])
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="pop"),
                args=[ast.Constant(value=field), *_],
            )
        ) if name == parameter:
            return _remove([field])
        case _:
            return None


def _write_result(result: ast.expr | None, parameter: str) -> list[Step] | None:
    """Write the row that a function returns: as it is, or with more fields."""
    match result:
        case ast.Name(id=name) if name == parameter:
            return []
        case ast.Dict(keys=[None, *keys], values=[ast.Name(id=name), *values]) if name == parameter:
            fields = [key.value if isinstance(key, ast.Constant) else None for key in keys]
        case ast.BinOp(
            left=ast.Name(id=name), op=ast.BitOr(), right=ast.Dict(keys=keys, values=values)
        ) if name == parameter:
            fields = [key.value if isinstance(key, ast.Constant) else None for key in keys]
        case _:
            return None
    # All values are those of the row before: a step sees what the steps before it added.
    if any(_reads_any(value, parameter, fields[:at]) for at, value in enumerate(values)):
        return None
    steps = [_add(f, v, parameter) for f, v in zip(fields, values, strict=True)]
    return None if None in steps else [step for each in steps for step in each or ()]


def _read_field(target: ast.AST, parameter: str) -> Any:
    match target:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=field)):
            return field if name == parameter else None
        case _:
            return None


def _reads_any(value: ast.expr, parameter: str, fields: list[Any]) -> bool:
    """Return whether an expression may read one of some fields of the row, or all of them."""
    named = [_read_field(node, parameter) for node in ast.walk(value)]
    named += [_read_get(node, parameter) for node in ast.walk(value)]
    known = [field for field in named if field is not None]
    uses = sum(isinstance(node, ast.Name) and node.id == parameter for node in ast.walk(value))
    return bool(fields) and (uses > len(known) or bool({*known} & {*fields}))


def _read_get(node: ast.AST, parameter: str) -> Any:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="get"),
            args=[ast.Constant(value=field), *_],
        ):
            return field if name == parameter else None
        case _:
            return None


def _add(field: Any, value: ast.expr, parameter: str) -> list[Step] | None:
    if not _is_name(field):
        return None
    text = write_expression(value, parameter)
    return (
        None if text is None else [{"add": {field: {"value": f"{{{{ {text} }}}}", "type": "any"}}}]
    )


def _remove(fields: list[Any]) -> list[Step] | None:
    return [{"remove": fields}] if all(map(_is_name, fields)) else None


def _is_name(field: Any) -> bool:
    return isinstance(field, str) and _NAME.fullmatch(field) is not None

"""Writes Python functions that change a row as steps: `lambda row: {**row, "day": row["at"][:10]}`.

    row["day"] = row["at"][:10]   →  {add: {day: …}}
    del row["notes"]              →  {remove: [notes]}

A function that does anything else makes no steps. Nothing is run.
"""

import ast
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.python.row_functions import (
    RowFunction,
    take_apart,
    write_expression,
)

Step = dict[str, Any]


def write_steps(function: RowFunction, names: Mapping[str, Any]) -> list[Step] | None:
    """Write a function that returns a changed row as steps; None if it cannot be.

    Args:
        names: The variables of the document, which fill in for their names.
    """
    parameter, body = take_apart(function)
    if parameter is None or not body or not isinstance(last := body[-1], ast.Return):
        return None
    steps_of = [_write_statement(statement, parameter, names) for statement in body[:-1]]
    steps_of.append(_write_result(last.value, parameter, names))
    known = [steps for steps in steps_of if steps is not None]
    return [step for steps in known for step in steps] if len(known) == len(steps_of) else None


def _write_statement(
    statement: ast.stmt, parameter: str, names: Mapping[str, Any]
) -> list[Step] | None:
    match statement:
        case ast.Assign(targets=[target], value=value):
            field = _read_field(target, parameter)
            return _add(field, value, parameter, names) if field else None
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


def _write_result(
    result: ast.expr | None, parameter: str, names: Mapping[str, Any]
) -> list[Step] | None:
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
    is_read = [_reads_any(value, parameter, fields[:at]) for at, value in enumerate(values)]
    steps = [_add(f, v, parameter, names) for f, v in zip(fields, values, strict=True)]
    if any(is_read) or None in steps:
        return None
    return [step for each in steps for step in each or ()]


def _read_field(target: ast.expr, parameter: str) -> Any:
    match target:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=field)):
            return field if name == parameter else None
        case _:
            return None


def _reads_any(value: ast.expr, parameter: str, fields: list[Any]) -> bool:
    """Return whether an expression may read one of some fields of the row."""
    texts = {node.value for node in ast.walk(value) if isinstance(node, ast.Constant)}
    is_whole = isinstance(value, ast.Name) and value.id == parameter
    return is_whole or bool(texts & {f for f in fields if isinstance(f, str)})


def _add(
    field: Any, value: ast.expr, parameter: str, names: Mapping[str, Any]
) -> list[Step] | None:
    if not _is_name(field):
        return None
    text = write_expression(value, parameter, names)
    return (
        None if text is None else [{"add": {field: {"value": f"{{{{ {text} }}}}", "type": "any"}}}]
    )


def _remove(fields: list[Any]) -> list[Step] | None:
    return [{"remove": fields}] if all(map(_is_name, fields)) else None


def _is_name(field: Any) -> bool:
    return isinstance(field, str) and field != "" and not set(field) & set(".*{}")

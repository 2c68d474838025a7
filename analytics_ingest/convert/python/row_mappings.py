"""Writes Python functions that change a row as steps: `lambda row: {**row, "day": row["at"][:10]}`.

    row["day"] = row["at"][:10]   →  {add: {day: …}}
    del row["notes"]              →  {remove: [notes]}

A function that does anything else makes no steps. Nothing is run.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analytics_ingest.convert.python.constants import Constants
from analytics_ingest.convert.python.conversions import write_formats
from analytics_ingest.convert.python.row_functions import (
    RowFunction,
    take_apart,
    write_condition,
)
from analytics_ingest.convert.python.row_statements import RowStatements, Step
from analytics_ingest.convert.python.values import Code, build_code


def write_steps(function: RowFunction, constants: Constants) -> list[Step] | None:
    """Write a function that returns a changed row as steps; None if it cannot be."""
    parameter, body = take_apart(function)
    if parameter is None or not body or not isinstance(last := body[-1], ast.Return):
        return None
    statements = RowStatements(parameter, constants)
    steps = statements.write(body[:-1])
    returned = _write_result(last.value, parameter, statements) if steps is not None else None
    return None if steps is None or returned is None else [*steps, *returned]


def build_row_function(
    node: ast.AST,
    function: RowFunction | None,
    what: str,
    names: Mapping[str, Any],
    constants: Constants | None = None,
) -> Code:
    """Build the code of a function, with what it is as a step, and as a conversion of a cursor.

    Args:
        node: Where it is used.
        function: None if it cannot be a step.
        what: How the report names it.
        names: The variables of the document and their values.
        constants: Those that no statement changes.
    """
    code = build_code(node, what)
    if function is None:
        return code
    return replace(
        code,
        condition=write_condition(function, names),
        steps=write_steps(function, constants or {}),
        formats=write_formats(function),
    )


def _write_result(
    result: ast.expr | None, parameter: str, statements: RowStatements
) -> list[Step] | None:
    """Write the row that a function returns: as it is, or with more fields.

    `update` returns nothing, so `row.update(…) or row` is the row.
    """
    match result:
        case ast.Name(id=name) if name == parameter:
            return []
        case ast.Dict(keys=[None, *keys], values=[ast.Name(id=name), *values]) if name == parameter:
            return statements.merge(keys, values)
        case ast.BinOp(
            left=ast.Name(id=name), op=ast.BitOr(), right=ast.Dict(keys=keys, values=values)
        ) if name == parameter:
            return statements.merge(keys, values)
        case ast.Call(func=ast.Name(id="dict"), args=[ast.Name(id=name)], keywords=given) if (
            name == parameter and all(keyword.arg for keyword in given)
        ):
            named = [ast.Constant(keyword.arg) for keyword in given]
            return statements.merge(named, [keyword.value for keyword in given])
        case ast.BoolOp(
            op=ast.Or(),
            values=[
                ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update")) as call,
                ast.Name(id=returned),
            ],
        ) if name == returned == parameter:
            return statements.write([ast.Expr(call)])
        case _:
            return None

"""Writes the statements of a function that changes a row as steps, one after another.

    row["day"] = row["at"][:10]          →  {add: {day: …}}
    del row["notes"], row.pop("notes")   →  {remove: [notes]}
    row["to"] = row.pop("from", None)    →  both
    for name in FIELDS: …                →  the steps of each turn

A variable stands for the expression that it is assigned, until what that reads is changed.
"""

import ast
import copy
from collections.abc import Callable, Sequence
from typing import Any

from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.convert.python.constants import Constants
from analytics_ingest.convert.python.row_clock import MOMENTS, write_clock
from analytics_ingest.convert.python.row_fields import (
    is_copy,
    is_name,
    join_steps,
    list_turns,
    reads_any,
)
from analytics_ingest.convert.python.row_functions import write_expression
from analytics_ingest.convert.python.row_lookups import is_mapping, write_lookup
from analytics_ingest.convert.python.row_substitution import substitute
from analytics_ingest.declaration.models.processing import ROW_VARIABLES

Step = dict[str, Any]

_MARK = "the lookup "
_MOST_STEPS = 200


class RowStatements:
    """Writes the statements of a function.

    Args:
        parameter: What the function calls the row.
        constants: Those of the document.
    """

    def __init__(self, parameter: str, constants: Constants) -> None:
        self._parameter = parameter
        self._names: dict[str, ast.expr] = dict(constants)

    def write(self, statements: list[ast.stmt]) -> list[Step] | None:
        """Write statements as steps; None if one of them cannot be."""
        steps: list[Step] = []
        for statement in statements:
            added = self._write_statement(statement)
            if added is None or len(steps) > _MOST_STEPS:
                return None
            steps += added
        return steps

    def merge(self, keys: Sequence[ast.expr | None], values: list[ast.expr]) -> list[Step] | None:
        """Write that fields are set at once: `{**row, "a": 1, "b": 2}`."""
        folded = [key and self._substitute(key) for key in keys]
        fields = [key.value if isinstance(key, ast.Constant) else None for key in folded]
        given = [self._substitute(value) for value in values]
        # All values are those of the row before: a step sees what the steps before it added.
        if any(reads_any(v, self._parameter, fields[:at]) for at, v in enumerate(given)):
            return None
        steps = [self.add(field, value) for field, value in zip(fields, given, strict=True)]
        return None if None in steps else [step for each in steps for step in each or ()]

    def add(self, field: Any, value: ast.expr) -> list[Step] | None:
        """Write that a field is set."""
        text = self._write(self._substitute(value)) if is_name(field) else None
        if text is None:
            return None
        self._forget([field])
        if text in MOMENTS:
            return [{"add": {field: f"{{{{ {MOMENTS[text]} }}}}"}}]
        return [{"add": {field: {"value": f"{{{{ {text} }}}}", "type": "any"}}}]

    def _write_statement(self, statement: ast.stmt) -> list[Step] | None:
        match statement:
            case ast.Assign(targets=[target], value=value):
                return self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self._assign(target, value)
            case ast.Delete(targets=targets):
                return self._remove([self._read_field(target) for target in targets])
            case ast.Expr(value=ast.Call() as call) if popped := self._read_popped(call):
                return self._remove([popped[0]])
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="update"), args=args
                ) as call
            ) if name == self._parameter:
                return self._update(args, call.keywords)
            case ast.For(target=target, iter=iterated, body=body, orelse=[]):
                return self._repeat(target, iterated, body)
            case ast.If(test=test, body=[inner], orelse=[]):
                return self._write_if_present(test, inner)
            case _:
                return None

    def _assign(self, target: ast.expr, value: ast.expr) -> list[Step] | None:
        if isinstance(target, ast.Name):
            is_same = target.id == self._parameter and is_copy(value, self._parameter)
            return [] if is_same or self._define(target.id, value) else None
        field = self._read_field(target)
        popped = self._read_popped(value)
        if popped is None:
            return self.add(field, value)
        old, read = popped
        added = self.add(field, read) if field != old else None
        removed = self._remove([old])
        return [*added, *removed] if added and removed else None

    def _define(self, name: str, value: ast.expr) -> bool:
        """Keep what a variable stands for; return whether that is known."""
        stands_for = self._substitute(value)
        is_known = is_mapping(stands_for, self._write) or self._write(stands_for) is not None
        if name == self._parameter or not is_known:
            return False
        self._names[name] = stands_for
        return True

    def _repeat(
        self, target: ast.expr, iterated: ast.expr, body: list[ast.stmt]
    ) -> list[Step] | None:
        """Write the statements of a loop over constants, once for each."""
        turns = list_turns(target, self._substitute(iterated))
        steps: list[Step] = []
        for names in turns or ():
            self._names |= names
            added = self.write(body)
            if added is None or len(steps) > _MOST_STEPS:
                return None
            steps += added
        return None if turns is None else join_steps(steps)

    def _update(self, args: list[ast.expr], keywords: list[ast.keyword]) -> list[Step] | None:
        match args:
            case []:
                keys: list[ast.expr | None] = [
                    ast.Constant(k.arg) if k.arg else None for k in keywords
                ]
                return self.merge(keys, [keyword.value for keyword in keywords])
            case [ast.Dict(keys=keys, values=values)] if not keywords:
                return self.merge(keys, values)
            case _:
                return None

    def _write_if_present(self, test: ast.expr, inner: ast.stmt) -> list[Step] | None:
        """Write what is done to a field where it is there: it is removed, or renamed."""
        match self._substitute(test):
            case ast.Compare(
                left=ast.Constant(value=field), ops=[ast.In()], comparators=[ast.Name(id=name)]
            ) if name == self._parameter:
                pass
            case _:
                return None
        match inner:
            case ast.Delete(targets=[target]) if self._read_field(target) == field:
                return self._remove([field])
            case ast.Expr(value=value) if (self._read_popped(value) or [None])[0] == field:
                return self._remove([field])
            case ast.Assign(targets=[target], value=value) if (self._read_popped(value) or [None])[
                0
            ] == field:
                new = self._read_field(target)
                self._forget([field, new])
                is_renamed = is_name(field) and is_name(new) and new != field
                return [{"rename": {field: new}}] if is_renamed else None
            case _:
                return None

    def _remove(self, fields: list[Any]) -> list[Step] | None:
        self._forget(fields)
        return [{"remove": fields}] if all(map(is_name, fields)) else None

    def _forget(self, fields: list[Any]) -> None:
        """Forget the variables that read a field that is changed."""
        self._names = {
            name: value
            for name, value in self._names.items()
            if not reads_any(value, self._parameter, fields)
        }

    def _read_field(self, target: ast.expr) -> Any:
        match target:
            case ast.Subscript(value=ast.Name(id=name), slice=key) if name == self._parameter:
                folded = self._substitute(key)
                return folded.value if isinstance(folded, ast.Constant) else None
            case _:
                return None

    def _read_popped(self, value: ast.expr) -> tuple[str, ast.expr] | None:
        """Read the field that `row.pop(…)` removes, and an expression that reads it."""
        match value:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name) as row, attr="pop"),
                args=[key, *others],
                keywords=[],
            ) if name == self._parameter and len(others) < 2:
                field = self._substitute(key)
                if not isinstance(field, ast.Constant) or not isinstance(field.value, str):
                    return None
                get = ast.Attribute(row, "get", ast.Load())
                read = ast.Call(get, [field, *others], []) if others else None
                return field.value, read or ast.Subscript(row, field, ast.Load())
            case _:
                return None

    def _substitute(self, node: ast.expr) -> ast.expr:
        return substitute(node, self._names)

    def _write(self, node: ast.expr) -> str | None:
        """Write an expression without variables, and what it finds in lists."""
        lookups = _Lookups(self._parameter, self._write)
        text = write_expression(lookups.visit(copy.deepcopy(node)), self._parameter)
        for mark, lookup in lookups.expressions.items():
            text = text.replace(f"record['{mark}']", lookup) if text else None
        if text and text[1:-1] in [lookup[1:-1] for lookup in lookups.expressions.values()]:
            text = text[1:-1]
        is_known = text is not None and not find_problem(f"{{{{ {text} }}}}", ROW_VARIABLES)
        return text if is_known else None


class _Lookups(ast.NodeTransformer):
    """Puts a mark in the place of each item that is found in a list, and of the present."""

    def __init__(self, parameter: str, write: Callable[[ast.expr], str | None]) -> None:
        self._parameter = parameter
        self._write = write
        self.expressions: dict[str, str] = {}

    def visit(self, node: ast.AST) -> Any:
        is_value = isinstance(node, ast.expr)
        text = write_lookup(node, self._write) or write_clock(node) if is_value else None
        if text is None:
            return self.generic_visit(node)
        mark = f"{_MARK}{len(self.expressions)}"
        self.expressions[mark] = text
        return ast.Subscript(ast.Name(self._parameter, ast.Load()), ast.Constant(mark), ast.Load())

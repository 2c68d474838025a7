"""Writes how a function finds an item in a list: `next(s for s in row["stats"] if s["k"] == 1)`.

    {s["k"]: s["v"] for s in row["stats"]}.get("a", 0)
    next((s["v"] for s in row["stats"] if s["k"] == "a"), 0)
    [s["v"] for s in row["stats"] if s["k"] == "a"][0]
        →  record['stats'] | selectattr('k', 'equalto', 'a') | map(attribute='v') | …

What is not found is null, where the function would fail.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*")
_PLAIN = re.compile(r"\w+|'[\w .:/-]*'|-?\d+(?:\.\d+)?|\[\]|\{\}")
"""A default that means the same in both languages."""
_SIMPLE = re.compile(r"record(?:\['[^']*'\]|\.get\('[^']*'(?:, (?:\[\]|\{\}))?\))+")

Write = Callable[[ast.expr], str | None]
"""Writes an expression of the row; None if it cannot be one."""


@dataclass(frozen=True)
class _Items:
    """Items of a list that a comprehension takes."""

    listed: ast.expr
    name: str
    """What the comprehension calls an item."""
    conditions: list[tuple[str, ast.expr]]
    """Fields of an item, and what they are equal to."""


def write_lookup(node: ast.expr, write: Write) -> str | None:
    """Write an item that is found in a list, or a field of it; None for anything else."""
    match node:
        case ast.Subscript(value=ast.DictComp() as comprehension, slice=key):
            return _write_mapped(comprehension, key, None, write)
        case ast.Call(
            func=ast.Attribute(value=ast.DictComp() as comprehension, attr="get"),
            args=[key, *others],
            keywords=[],
        ) if len(others) < 2:
            return _write_mapped(comprehension, key, others[0] if others else None, write)
        case ast.Call(
            func=ast.Name(id="next"),
            args=[ast.GeneratorExp() as comprehension, *others],
            keywords=[],
        ) if len(others) < 2:
            return _write_chosen(comprehension, "first", others[0] if others else None, write)
        case ast.Subscript(value=ast.ListComp() as comprehension, slice=ast.Constant(value=0)):
            return _write_chosen(comprehension, "first", None, write)
        case ast.Subscript(
            value=ast.ListComp() as comprehension,
            slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)),
        ):
            return _write_chosen(comprehension, "list | last", None, write)
        case _:
            return None


def is_mapping(node: ast.expr, write: Write) -> bool:
    """Return whether a variable is a dict of a list's items, by one of their fields."""
    is_known = isinstance(node, ast.DictComp)
    return is_known and _write_mapped(node, ast.Constant("x"), None, write) is not None


def _write_mapped(
    comprehension: ast.DictComp, key: ast.expr, default: ast.expr | None, write: Write
) -> str | None:
    items = _read_items(comprehension.generators)
    field = _read_field(comprehension.key, items.name) if items else None
    if items is None or field is None:
        return None
    # Of two items with the same key the last one stays.
    chosen = _Items(items.listed, items.name, [*items.conditions, (field, key)])
    return _write_chain(chosen, comprehension.value, "list | last", default, write)


def _write_chosen(
    comprehension: ast.GeneratorExp | ast.ListComp,
    choice: str,
    default: ast.expr | None,
    write: Write,
) -> str | None:
    items = _read_items(comprehension.generators)
    return _write_chain(items, comprehension.elt, choice, default, write) if items else None


def _write_chain(
    items: _Items, result: ast.expr, choice: str, default: ast.expr | None, write: Write
) -> str | None:
    listed = write(items.listed)
    wanted = [(field, write(value)) for field, value in items.conditions]
    taken = _write_taken(result, items.name, has_default=default is not None)
    ending = _write_default(default)
    if listed is None or taken is None or ending is None or any(v is None for _, v in wanted):
        return None
    start = listed if _SIMPLE.fullmatch(listed) else f"({listed})"
    filters = [f"selectattr('{field}', 'equalto', {value})" for field, value in wanted]
    return f"({' | '.join([start, *filters, *taken, choice, *ending])})"


def _write_taken(result: ast.expr, name: str, *, has_default: bool) -> list[str] | None:
    """Write what is taken of an item: itself, or a field of it."""
    if isinstance(result, ast.Name) and result.id == name:
        return []
    field = _read_field(result, name)
    # An item without the field gives null here, and a default in an expression.
    is_lenient = isinstance(result, ast.Call) and has_default
    return None if field is None or is_lenient else [f"map(attribute='{field}')"]


def _write_default(default: ast.expr | None) -> list[str] | None:
    if default is None or (isinstance(default, ast.Constant) and default.value is None):
        return []
    text = ast.unparse(default)
    is_literal = isinstance(default, ast.Constant | ast.Dict | ast.List | ast.UnaryOp)
    return [f"default({text})"] if is_literal and _PLAIN.fullmatch(text) else None


def _read_items(generators: list[ast.comprehension]) -> _Items | None:
    match generators:
        case [ast.comprehension(target=ast.Name(id=name), iter=listed, ifs=ifs, is_async=0)]:
            tests = [part for test in ifs for part in _split(test)]
            conditions = [_read_condition(test, name) for test in tests]
            known = [condition for condition in conditions if condition is not None]
            return _Items(listed, name, known) if len(known) == len(conditions) else None
        case _:
            return None


def _split(test: ast.expr) -> list[ast.expr]:
    is_and = isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And)
    return test.values if isinstance(test, ast.BoolOp) and is_and else [test]


def _read_condition(test: ast.expr, name: str) -> tuple[str, ast.expr] | None:
    """Read `item["k"] == x`, whichever side comes first."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            for one, other in ((left, right), (right, left)):
                field = _read_field(one, name)
                if field is not None and not _reads(other, name):
                    return field, other
            return None
        case _:
            return None


def _reads(node: ast.expr, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _read_field(node: ast.expr, name: str) -> str | None:
    """Read the field of `item["k"]` or `item.get("k")`."""
    match node:
        case (
            ast.Subscript(value=ast.Name(id=of), slice=ast.Constant(value=str(field)))
            | ast.Call(
                func=ast.Attribute(value=ast.Name(id=of), attr="get"),
                args=[ast.Constant(value=str(field))],
                keywords=[],
            )
        ) if of == name and _ATTRIBUTE.fullmatch(field) and not hasattr({}, field):
            return field
        case _:
            return None

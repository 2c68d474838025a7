"""Follows the statements of a document: what is assigned, which sources are made of what.

A loop over values of the document is followed once for each. Bodies of functions, conditions and
other loops are followed as if they stood outside of them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.python.evaluate import Evaluator, bound_to, dotted
from analytics_ingest.convert.python.functions import Function
from analytics_ingest.convert.python.parse import Problem, Statement, parsed
from analytics_ingest.convert.python.values import Reference


@dataclass(frozen=True)
class Found:
    """A dict of the document, or the argument of a call that makes a source."""

    line: int
    value: Any
    is_source: bool = False
    is_mended: bool = False


@dataclass
class Reading:
    """What was found in the code of a document."""

    names: dict[str, Any] = field(default_factory=dict)
    """Variables and their values."""
    found: list[Found] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    """Those whose bodies are being followed, the innermost last."""


def read_blocks(blocks: list[Block]) -> Reading:
    """Read all code of a document; a name may be defined after it is used."""
    read = parsed(blocks)
    return _followed(read, _followed(read, {}).names)


def _followed(read: list[Statement | Problem], names: dict[str, Any]) -> Reading:
    reading = Reading(names)
    _follow_all(read, reading)
    return reading


def _follow_all(read: list[Statement | Problem], reading: Reading) -> None:
    rest = list(read)
    while rest:
        item = rest.pop(0)
        if isinstance(item, Problem):
            reading.problems.append(item)
            continue
        turns = _turns(item, reading)
        if turns is None:
            _follow(item, reading)
            continue
        body = _body(item, rest)
        for variables in turns:
            reading.names.update(variables)
            _follow_all(body, reading)
        rest = rest[len(body) :]


def _turns(statement: Statement, reading: Reading) -> list[dict[str, Any]] | None:
    """The variables of each turn of a loop; None for what is no loop over known values."""
    node = statement.nodes[0] if statement.nodes else None
    if not isinstance(node, ast.For):
        return None
    values = Evaluator(reading.names, statement.line).visit(node.iter)
    return [bound_to(node.target, value) for value in values] if isinstance(values, list) else None


def _body(loop: Statement, rest: list[Statement | Problem]) -> list[Statement | Problem]:
    def is_within(item: Statement | Problem) -> bool:
        return isinstance(item, Problem) or item.indentation > loop.indentation

    return list(takewhile(is_within, rest))


def _follow(statement: Statement, reading: Reading) -> None:
    if statement.data is not None:
        reading.found.append(Found(statement.line, statement.data))
    evaluator = Evaluator(reading.names, statement.line)
    for node in statement.nodes:
        try:
            _note_function(node, evaluator, reading.functions)
            for value in _executed(node, evaluator):
                found = Found(evaluator.line_of(node), value, is_mended=statement.is_mended)
                reading.found.append(found)
        except RecursionError:
            reading.problems.append(Problem(statement.line, "it is nested too deeply"))
    reading.found += [
        Found(line, value, is_source=True, is_mended=statement.is_mended)
        for line, value in evaluator.sources
    ]


def _executed(node: ast.stmt, evaluator: Evaluator) -> Iterator[Any]:
    """The dicts that a statement holds, once its assignments are done."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        _bind_parameters(node.args, evaluator)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
        value = evaluator.visit(node.value)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            _assign(target, value, evaluator, adds=isinstance(node, ast.AugAssign))
        if isinstance(value, dict):
            yield value
    elif isinstance(node, ast.Expr | ast.Return) and node.value:
        value = None if _has_changed(node.value, evaluator) else evaluator.visit(node.value)
        if isinstance(value, dict):
            yield value


def _note_function(node: ast.stmt, evaluator: Evaluator, within: list[Function]) -> None:
    """Remember what a function assigns and returns; its body follows it, statement by statement."""
    if isinstance(node, ast.FunctionDef):
        given = node.args
        parameters = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        last = parameters[len(parameters) - len(given.defaults) :]
        pairs = [
            *zip(last, given.defaults, strict=True),
            *zip([argument.arg for argument in given.kwonlyargs], given.kw_defaults, strict=True),
        ]
        defaults = {name: evaluator.visit(default) for name, default in pairs if default}
        function = Function(evaluator.line_of(node), parameters, defaults)
        evaluator.names[node.name] = function
        within.append(function)
        for inner in node.body:
            _note_function(inner, evaluator, within)
    elif within and isinstance(node, ast.Return):
        function = within.pop()
        function.line, function.returned = evaluator.line_of(node), node.value
    elif within and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        within[-1].variables.append((node.targets[0].id, node.value))


def _bind_parameters(arguments: ast.arguments, evaluator: Evaluator) -> None:
    positional = [*arguments.posonlyargs, *arguments.args]
    none: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*none, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        value = evaluator.visit(default) if default else None
        if isinstance(value, Reference):
            value = Reference(value.kind, value.name or argument.arg)
        if value is None:
            evaluator.names.setdefault(argument.arg, Reference("variable", argument.arg))
        else:
            evaluator.names[argument.arg] = value


def _assign(target: ast.expr, value: Any, evaluator: Evaluator, *, adds: bool) -> None:
    if isinstance(target, ast.Name):
        before = evaluator.names.get(target.id)
        if adds and isinstance(before, list) and isinstance(value, list):
            before += value
        elif not adds and value != Reference("variable", target.id):
            if isinstance(value, Reference):
                value = Reference(value.kind, value.name or target.id)
            evaluator.names[target.id] = value
    elif isinstance(target, ast.Subscript):
        holder, key = evaluator.visit(target.value), evaluator.visit(target.slice)
        if isinstance(holder, dict) and isinstance(key, str):
            before = holder.get(key)
            if adds and isinstance(before, list) and isinstance(value, list):
                value = [*before, *value]
            holder[key] = value


def _has_changed(node: ast.expr, evaluator: Evaluator) -> bool:
    """Do `resources.append(…)` and its like, to what the document defines."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return False
    holder = evaluator.visit(node.func.value) if dotted(node.func.value) else None
    if isinstance(node.func.value, ast.Subscript):
        holder = evaluator.visit(node.func.value)
    name = node.func.attr
    if isinstance(holder, list) and name in ("append", "extend"):
        value = evaluator.visit(node.args[0])
        holder += value if name == "extend" and isinstance(value, list) else [value]
        return True
    if isinstance(holder, dict) and name == "update":
        value = evaluator.visit(node.args[0])
        holder.update(value if isinstance(value, dict) else {})
        return True
    return False

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
from analytics_ingest.convert.python.calls import Function
from analytics_ingest.convert.python.evaluate import Evaluator
from analytics_ingest.convert.python.parse import Problem, Statement, parse_blocks
from analytics_ingest.convert.python.values import Reference


@dataclass(frozen=True)
class Definition:
    """A dict of the document, or the argument of a call that makes a source."""

    line: int
    value: Any
    is_source: bool = False
    is_repaired: bool = False


@dataclass
class Program:
    """What the code of a document defines."""

    names: dict[str, Any] = field(default_factory=dict)
    """Variables and their values."""
    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    """Those whose bodies are being followed, the innermost last."""


def read_program(blocks: list[Block]) -> Program:
    """Read all code of a document; a name may be defined after it is used."""
    statements = parse_blocks(blocks)
    first, second = Program(), Program()
    _follow_all(statements, first)
    second.names = first.names
    _follow_all(statements, second)
    return second


def _follow_all(statements: list[Statement | Problem], program: Program) -> None:
    rest = list(statements)
    while rest:
        item = rest.pop(0)
        if isinstance(item, Problem):
            program.problems.append(item)
            continue
        node = item.nodes[0] if item.nodes else None
        evaluator = Evaluator(program.names, item.line)
        turns = evaluator.turns(node) if isinstance(node, ast.For) else None
        if turns is None:
            _follow(item, program)
            continue
        body = _body(item, rest)
        for variables in turns:
            program.names.update(variables)
            _follow_all(body, program)
        rest = rest[len(body) :]


def _body(loop: Statement, rest: list[Statement | Problem]) -> list[Statement | Problem]:
    def is_within(item: Statement | Problem) -> bool:
        return isinstance(item, Problem) or item.indentation > loop.indentation

    return list(takewhile(is_within, rest))


def _follow(statement: Statement, program: Program) -> None:
    definitions, is_repaired = program.definitions, statement.is_repaired
    if statement.data is not None:
        definitions.append(Definition(statement.line, statement.data))
    evaluator = Evaluator(program.names, statement.line)
    for node in statement.nodes:
        try:
            for value in _execute(node, evaluator, program.functions):
                line = evaluator.line_of(node)
                definitions.append(Definition(line, value, is_repaired=is_repaired))
        except RecursionError:
            program.problems.append(Problem(statement.line, "it is nested too deeply"))
    definitions += [
        Definition(line, value, is_source=True, is_repaired=is_repaired)
        for line, value in evaluator.sources
    ]


def _execute(node: ast.stmt, evaluator: Evaluator, within: list[Function]) -> Iterator[Any]:
    """Follow a statement and yield the dict that it holds."""
    _define(node, evaluator, within)
    value: Any = None
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        _assign_parameters(_parameters(node.args, evaluator), evaluator.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
        value = evaluator.visit(node.value)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            _assign(target, value, evaluator, adds=isinstance(node, ast.AugAssign))
    elif isinstance(node, ast.Expr | ast.Return) and node.value:
        value = None if _change(node.value, evaluator) else evaluator.visit(node.value)
    if isinstance(value, dict):
        yield value


def _define(node: ast.stmt, evaluator: Evaluator, within: list[Function]) -> None:
    """Record what a function assigns and returns; its body follows it, statement by statement."""
    if isinstance(node, ast.FunctionDef):
        function = Function(evaluator.line_of(node), _parameters(node.args, evaluator))
        evaluator.names[node.name] = function
        within.append(function)
        for inner in node.body:
            _define(inner, evaluator, within)
    elif within and isinstance(node, ast.Return):
        function = within.pop()
        function.line, function.returned = evaluator.line_of(node), node.value
    elif within and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        within[-1].variables.append((node.targets[0].id, node.value))


def _parameters(arguments: ast.arguments, evaluator: Evaluator) -> dict[str, Any]:
    """The parameters of a function and their defaults; None where there is none."""
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = [None] * (len(positional) - len(arguments.defaults))
    names = [argument.arg for argument in (*positional, *arguments.kwonlyargs)]
    defaults = [*missing, *arguments.defaults, *arguments.kw_defaults]
    return {n: evaluator.visit(d) if d else None for n, d in zip(names, defaults, strict=True)}


def _assign_parameters(parameters: dict[str, Any], names: Any) -> None:
    """Assign the defaults, as if the body of the function stood outside of it."""
    for name, default in parameters.items():
        if default is None:
            names.setdefault(name, Reference("variable", name))
        else:
            names[name] = _with_name(default, name)


def _assign(target: ast.expr, value: Any, evaluator: Evaluator, *, adds: bool) -> None:
    if isinstance(target, ast.Name):
        before = evaluator.names.get(target.id)
        if adds and isinstance(before, list) and isinstance(value, list):
            before += value
        elif not adds and value != Reference("variable", target.id):
            evaluator.names[target.id] = _with_name(value, target.id)
    elif isinstance(target, ast.Subscript):
        holder, key = evaluator.visit(target.value), evaluator.visit(target.slice)
        if isinstance(holder, dict) and isinstance(key, str):
            before = holder.get(key)
            if adds and isinstance(before, list) and isinstance(value, list):
                value = [*before, *value]
            holder[key] = value


def _with_name(value: Any, name: str) -> Any:
    """A value; a reference without a name takes that of its variable."""
    return Reference(value.kind, value.name or name) if isinstance(value, Reference) else value


def _change(node: ast.expr, evaluator: Evaluator) -> bool:
    """Do `resources.append(…)` and its like, to what the document defines."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return False
    is_place = isinstance(node.func.value, ast.Name | ast.Attribute | ast.Subscript)
    holder = evaluator.visit(node.func.value) if is_place else None
    name = node.func.attr
    if isinstance(holder, list) and name in ("append", "extend"):
        value = evaluator.visit(node.args[0])
        holder += value if name == "extend" and isinstance(value, list) else [value]
    elif isinstance(holder, dict) and name == "update":
        value = evaluator.visit(node.args[0])
        holder.update(value if isinstance(value, dict) else {})
    else:
        return False
    return True

"""Follows the statements of a document: what is assigned, which sources are made of what.

A loop over values of the document is followed once for each. Bodies of functions, conditions and
other loops are followed as if they were outside.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.python.constants import Constants, find_constants
from analytics_ingest.convert.python.evaluate import SOURCES, Evaluator
from analytics_ingest.convert.python.parse import Problem, parse_blocks
from analytics_ingest.convert.python.values import (
    MOST_VALUES,
    Budget,
    Definition,
    Function,
    Reference,
    build_code,
)

_BRANCHES = (ast.If, ast.While, ast.Try, ast.Match)


@dataclass
class Program:
    """What the code of a document defines."""

    definitions: list[Definition]
    problems: list[Problem]
    repaired_lines: set[int]


def read_program(blocks: Iterable[Block]) -> Program:
    """Read all code of a document; a name may be defined after it is used."""
    parsed = parse_blocks(blocks)
    names: dict[str, Any] = {}
    constants = find_constants(parsed.nodes)
    Interpreter(names, Budget(), constants).run(parsed.nodes)
    interpreter = Interpreter(names, Budget(), constants)
    problems = [*parsed.problems, *interpreter.run(parsed.nodes)]
    objects = [Definition(line, value) for line, value in parsed.objects]
    return Program(objects + interpreter.definitions, problems, parsed.repaired_lines)


class Interpreter(Evaluator):
    """Follows statements."""

    def __init__(self, names: dict[str, Any], budget: Budget, constants: Constants) -> None:
        super().__init__(names, budget, constants)
        self._returned: list[Any] = []

    def run(self, nodes: list[ast.stmt]) -> list[Problem]:
        """Follow the statements of a document; returns those that cannot be."""
        problems: list[Problem] = []
        for node in nodes:
            try:
                self.visit(node)
            except RecursionError:
                problems.append(Problem(node.lineno, "it is nested too deeply"))
        return problems

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        parameters = self._read_parameters(node.args)
        row_function = self._read_row_function(node)
        self.names[node.name] = Function(node.body, parameters, row_function)
        for name, default in parameters.items():
            if default is None:
                self.names.setdefault(name, Reference("variable", name))
            else:
                self.names[name] = _with_name(default, name)
        before = len(self._returned)
        self._follow(node.body)
        del self._returned[before:]

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def _read_row_function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> ast.FunctionDef | None:
        """Return a function that may be a step; None for one with two definitions."""
        if node.decorator_list or not isinstance(node, ast.FunctionDef):
            return None
        before = self.names.get(node.name, node)
        known = before.row_function if isinstance(before, Function) else before
        is_same = isinstance(known, ast.FunctionDef) and ast.dump(known) == ast.dump(node)
        return node if is_same else None

    def visit_For(self, node: ast.For) -> None:
        turns = self.list_iterations(node)
        for variables in [{}] if turns is None else turns:
            self.names.update(variables)
            self._follow(node.body)

    def visit_Return(self, node: ast.Return) -> None:
        self._returned.append(self._define(node, node.value))

    def visit_Expr(self, node: ast.Expr) -> None:
        if not self._change(node.value):
            self._define(node, node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        value = self._define(node, node.value)
        for target in node.targets:
            self._assign(target, value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self._assign(node.target, self._define(node, node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        before, value = self.visit(node.target), self._define(node, node.value)
        if isinstance(before, list) and isinstance(value, list):
            before += value[: MOST_VALUES - len(before) + 1]
        else:
            whole = ast.BinOp(node.target, node.op, node.value)
            self._assign(node.target, self.visit(ast.copy_location(whole, node)))

    def visit_Call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        function = self.names.get(name)
        if not isinstance(function, Function) or name in SOURCES:
            return super().visit_Call(node)
        names = {**self.names, **function.bind(*self.evaluate_arguments(node))}
        inner = Interpreter(names, self.budget, self.constants)
        parts = [part for statement in function.body for part in ast.walk(statement)]
        self.budget.spend([*names, *parts])
        if not any(isinstance(part, _BRANCHES) for part in parts):
            inner._follow(function.body)
        return inner._returned[0] if inner._returned else build_code(node, f"{name}(…)")

    def _follow(self, body: list[ast.stmt]) -> None:
        for node in body:
            self.visit(node)

    def _define(self, node: ast.stmt, value_node: ast.expr | None) -> Any:
        """Evaluate what a statement holds; a dict is a definition."""
        value = self.visit(value_node) if value_node else None
        if isinstance(value, dict):
            self.definitions.append(Definition(node.lineno, value))
        return value

    def _read_parameters(self, arguments: ast.arguments) -> dict[str, Any]:
        """Read the parameters of a function and their defaults; None where there is none."""
        positional = [*arguments.posonlyargs, *arguments.args]
        missing = [None] * (len(positional) - len(arguments.defaults))
        names = [argument.arg for argument in (*positional, *arguments.kwonlyargs)]
        defaults = [*missing, *arguments.defaults, *arguments.kw_defaults]
        return {n: self.visit(d) if d else None for n, d in zip(names, defaults, strict=True)}

    def _assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name) and value != Reference("variable", target.id):
            self.names[target.id] = _with_name(value, target.id)
        elif isinstance(target, ast.Subscript):
            holder, key = self.visit(target.value), self.visit(target.slice)
            if isinstance(holder, dict) and isinstance(key, str):
                holder[key] = value

    def _change(self, node: ast.expr) -> bool:
        """Do `resources.append(…)` and its like, to what the document defines."""
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name() | ast.Attribute() | ast.Subscript() as place, attr=name
                ),
                args=[argument],
            ) if name in ("append", "extend", "update"):
                holder, value = self.visit(place), self.visit(argument)
            case _:
                return False
        if isinstance(holder, list) and name != "update":
            holder += value if name == "extend" and isinstance(value, list) else [value]
        elif isinstance(holder, dict) and name == "update":
            holder.update(value if isinstance(value, dict) else {})
        return True


def _with_name(value: Any, name: str) -> Any:
    """Return a value; a reference without a name takes that of its variable."""
    is_unnamed = isinstance(value, Reference) and not value.name
    return replace(value, name=name) if is_unnamed else value

"""Reads blocks of code statement by statement: what is assigned, which sources are made of what.

A statement that cannot be read is skipped, unless it holds a configuration: then it is a problem
to be told. Bodies of functions, loops and conditions are read as if they stood outside of them.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from analytics_ingest.documents.code.evaluating import SOURCES, Evaluator, dotted
from analytics_ingest.documents.code.mending import readings
from analytics_ingest.documents.code.tokens import Token, rendered, statements, tokenized
from analytics_ingest.documents.code.values import Reference
from analytics_ingest.documents.markdown import Block

_NO_CODE = ("toml", "ini", "env", "bash", "sh", "shell", "console", "sql", "http")
"""Languages in which an assignment means something else."""


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
    problems: list[tuple[int, str]] = field(default_factory=list)
    """Line and reason of each configuration that cannot be read."""


def read_blocks(blocks: list[Block]) -> Reading:
    """Read all code of a document; a name may be defined after it is used."""
    blocks = [block for block in blocks if block.language not in _NO_CODE]
    before = Reading()
    for block in blocks:
        _read_block(block, before)
    reading = Reading(before.names)
    for block in blocks:
        _read_block(block, reading)
    return reading


def _read_block(block: Block, reading: Reading) -> None:
    data = _data(block)
    if isinstance(data, dict):
        reading.found.append(Found(block.line, data))
        return
    for statement in statements(tokenized(block.text, block.line)):
        _read_statement(statement, reading)


def _data(block: Block) -> Any:
    try:
        if block.language in ("yaml", "yml"):
            return yaml.safe_load(block.text)
        if block.text.lstrip().startswith("{"):
            return json.loads(block.text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return None
    return None


def _read_statement(statement: list[Token], reading: Reading) -> None:
    code = [token for token in statement if not token.is_space]
    if not any(token.kind == "bracket" or token.text == "=" for token in code):
        return
    parsed = _parsed(statement)
    if parsed is None:
        _note_problem(statement, code, reading)
        return
    tree, is_mended = parsed
    evaluator = Evaluator(reading.names, code[0].line)
    for node in tree.body:
        try:
            for value in _executed(node, evaluator):
                found = Found(evaluator.line_of(node), value, is_mended=is_mended)
                reading.found.append(found)
        except RecursionError:
            reading.problems.append((code[0].line, "it is nested too deeply"))
    reading.found += [
        Found(line, value, is_source=True, is_mended=is_mended) for line, value in evaluator.sources
    ]


def _parsed(statement: list[Token]) -> tuple[ast.Module, bool] | None:
    for text, is_mended in readings(statement):
        try:
            return _tree(text), is_mended
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        # What is odd in a document's text is no concern of the user's.
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _note_problem(statement: list[Token], code: list[Token], reading: Reading) -> None:
    if not any(t.text in SOURCES or t.text.strip("'\"") == "resources" for t in code):
        return
    line, reason = code[0].line, "it cannot be read"
    try:
        _tree(rendered(statement).strip())
    except SyntaxError as error:
        line += (error.lineno or 1) - 1
        # Its lines are those of the statement, not of the document.
        reason = re.sub(r" ?\(?(detected at|on) line \d+\)?", "", error.msg)
    except (ValueError, RecursionError, MemoryError):
        reason = "it is nested too deeply"
    reading.problems.append((line, reason))


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

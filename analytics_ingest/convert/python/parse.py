"""Parses blocks of code statement by statement; what cannot be parsed is skipped.

A statement that holds a configuration is repaired where that is needed; if that fails, it is a
problem to report.
"""

import ast
import json
import re
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.python.evaluate import SOURCES
from analytics_ingest.convert.python.repair import exact_variants, repaired_variants
from analytics_ingest.convert.python.tokens import Token, render, split_statements, tokenize

_NO_CODE = ("toml", "ini", "env", "bash", "sh", "shell", "console", "sql", "http")
"""Languages in which an assignment means something else."""


@dataclass(frozen=True)
class Statement:
    """A statement, or a block that is data as it stands."""

    line: int
    """Line of the document on which it begins."""
    nodes: list[ast.stmt]
    indentation: int = 0
    is_repaired: bool = False
    data: dict[str, Any] | None = None


@dataclass(frozen=True)
class Problem:
    """Why a statement that seems to hold a configuration cannot be read."""

    line: int
    reason: str


def parse_blocks(blocks: list[Block]) -> list[Statement | Problem]:
    """Parse the blocks that are code."""
    parsed: list[Statement | Problem] = []
    for block in blocks:
        data = _data(block)
        if isinstance(data, dict):
            parsed.append(Statement(block.line, [], data=data))
        elif block.language not in _NO_CODE:
            split = map(_statement, split_statements(tokenize(block.text, block.line)))
            parsed += [statement for statement in split if statement is not None]
    return parsed


def _data(block: Block) -> Any:
    try:
        if block.language in ("yaml", "yml"):
            return yaml.safe_load(block.text)
        if block.text.lstrip().startswith("{"):
            return json.loads(block.text)
    except (ValueError, RecursionError, yaml.YAMLError):
        return None
    return None


def _statement(tokens: list[Token]) -> Statement | Problem | None:
    code = [token for token in tokens if not token.is_space]
    if not any(token.kind == "bracket" or token.text == "=" for token in code):
        return None
    indentation = len(tokens[0].text) if tokens[0].kind == "blank" else 0
    for text in exact_variants(tokens):
        if (tree := _tree(text)) is not None:
            return Statement(code[0].line, tree.body, indentation)
    if not _may_configure(code):
        return None
    for text in repaired_variants(tokens):
        if (tree := _tree(text)) is not None:
            return Statement(code[0].line, tree.body, indentation, is_repaired=True)
    is_whole = any(t.text in SOURCES or t.text.strip("'\"") == "resources" for t in code)
    return _problem(render(tokens).strip(), code[0].line) if is_whole else None


def _may_configure(code: list[Token]) -> bool:
    """Whether a dict of it could be one of a configuration: prose is not repaired."""
    return any(
        token.kind == "string" and following.text == ":" for token, following in pairwise(code)
    ) or any(token.text in SOURCES for token in code)


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            # A warning about a document's text does not concern the user.
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _problem(text: str, line: int) -> Problem:
    try:
        ast.parse(text)
    except SyntaxError as error:
        # Its lines are those of the statement, not of the document.
        reason = re.sub(r" ?\(?(detected at|on) line \d+\)?", "", error.msg)
        return Problem(line + (error.lineno or 1) - 1, reason)
    except (ValueError, RecursionError, MemoryError):
        pass
    return Problem(line, "it is nested too deeply")

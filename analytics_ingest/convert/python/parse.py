"""Parses blocks of code; of a block that is not valid Python, each statement by itself.

A statement that holds a configuration is repaired where that is needed; if that fails, it is a
problem to report. All others that cannot be parsed are skipped.
"""

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from textwrap import dedent
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.python.evaluate import SOURCES
from analytics_ingest.convert.python.repair import list_exact_variants, list_repaired_variants
from analytics_ingest.convert.python.tokens import Token, render, split_statements, tokenize

MOST_STATEMENTS = 5_000
"""Statements of a block that are parsed one by one, because it is not valid Python."""

_DEEPEST = 100
"""Brackets within brackets; Python itself allows 200."""

_NO_CODE = ("toml", "ini", "env", "bash", "sh", "shell", "console", "sql", "http")
"""Languages in which an assignment means something else."""


@dataclass(frozen=True)
class Problem:
    """Why a statement that seems to hold a configuration cannot be read."""

    line: int
    reason: str


@dataclass
class ParsedCode:
    """The code of a document; lines are those of the document."""

    nodes: list[ast.stmt] = field(default_factory=list)
    objects: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Line and content of the blocks that are data without a change."""
    problems: list[Problem] = field(default_factory=list)
    repaired_lines: set[int] = field(default_factory=set)
    parsed_alone: int = 0
    """Statements that were parsed by themselves."""


def parse_blocks(blocks: Iterable[Block]) -> ParsedCode:
    """Parse the blocks that are code."""
    parsed = ParsedCode()
    for block in blocks:
        if isinstance(block.data, dict):
            parsed.objects.append((block.line, block.data))
        elif block.language not in _NO_CODE:
            tokens = list(tokenize(block.text, block.line))
            text = dedent(render(tokens))
            nodes = _parse(text, block.line)
            if not isinstance(nodes, list) and text.lstrip().startswith(("'", '"')):
                # The keys of a dict, without the braces around them.
                nodes = _parse(f"{{{text}\n}}", block.line)
            parsed.nodes += nodes if isinstance(nodes, list) else _parse_statements(tokens, parsed)
    return parsed


def _parse_statements(block: list[Token], parsed: ParsedCode) -> list[ast.stmt]:
    """Return the statements of a block, each within the last one above it that is less indented."""
    whole: list[ast.stmt] = []
    bodies = [(-1, whole)]
    for tokens in split_statements(block):
        if nodes := _parse_statement(tokens, parsed):
            indentation = len(tokens[0].text) if tokens[0].kind == "blank" else 0
            while bodies[-1][0] >= indentation:
                bodies.pop()
            bodies[-1][1].extend(nodes)
            body = getattr(nodes[-1], "body", None)
            bodies += [(indentation, body)] if isinstance(body, list) else []
    return whole


def _parse_statement(tokens: list[Token], parsed: ParsedCode) -> list[ast.stmt]:
    code = [token for token in tokens if not token.is_space]
    if not any(token.kind == "bracket" or token.text == "=" for token in code):
        return []
    first, last = code[0].line, code[-1].line
    parsed.parsed_alone += 1
    if parsed.parsed_alone > MOST_STATEMENTS:
        raise ConversionError(
            f"line {first}: the code is not valid Python and has more than {MOST_STATEMENTS} "
            "lines; leave out what does not configure the API"
        )
    problems: list[Problem] = []
    for text in list_exact_variants(tokens):
        nodes = _parse(text, first)
        if isinstance(nodes, list):
            return nodes
        problems.append(nodes)
    is_shallow = max(accumulate(t.opens - t.closes for t in code)) <= _DEEPEST
    for text in list_repaired_variants(tokens) if is_shallow and _may_configure(code) else ():
        nodes = _parse(text, first)
        if isinstance(nodes, list):
            parsed.repaired_lines.update(range(first, last + 1))
            return nodes
    if any(t.text in SOURCES or t.text.strip("'\"") == "resources" for t in code):
        parsed.problems.append(problems[0])
    return []


def _may_configure(code: list[Token]) -> bool:
    """Return whether code may hold a configuration; prose is not repaired."""
    return any(
        token.kind == "string" and following.text == ":" for token, following in pairwise(code)
    ) or any(token.text in SOURCES for token in code)


def _parse(text: str, line: int) -> list[ast.stmt] | Problem:
    """Return the statements of a text that begins on a line, or why it is not valid Python."""
    try:
        with warnings.catch_warnings():
            # A warning about a document's text does not concern the user.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        # Its lines are those of the statement, not of the document.
        reason = re.sub(r" ?\(?(detected at|on) line \d+\)?", "", error.msg)
        return Problem(line + (error.lineno or 1) - 1, reason)
    except (ValueError, RecursionError, MemoryError):
        return Problem(line, "it is nested too deeply")
    ast.increment_lineno(tree, line - 1)
    return tree.body

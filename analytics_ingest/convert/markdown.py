"""Splits a Markdown document into blocks of code and lines of prose, in order.

A line knows what is around it, its headings and the titles of its table, and splits into sentences
and clauses, so that every reader of prose takes them from here.
"""

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

_WHOLE = re.compile(r"\s*```(?:markdown|md)[ \t]*\n(.*?)(?:\n```\s*)?", re.DOTALL)
_KEY = re.compile(r'"[\w ]{1,60}"\s*:\s*[\[{]')
_SENTENCE_ENDS = re.compile(r"(?<=[.;!?])\s+(?=[A-Z(`*])")
_CLAUSE_ENDS = re.compile(r"(?<=[.;])(?<!\(e\.g\.)(?<!\(i\.e\.)\s")
_CODE = (".py", ".json", ".yaml", ".yml")


@dataclass(frozen=True)
class Block:
    """A piece of code, in any language."""

    text: str
    line: int
    """Line of the document on which it begins."""
    language: str = ""
    headings: tuple[str, ...] = ()
    """Headings above it, the outermost first."""

    @cached_property
    def data(self) -> Any:
        """What it holds, if it is YAML or JSON, or a key and its value of JSON; else None."""
        try:
            if self.language in ("yaml", "yml"):
                return yaml.safe_load(self.text)
            text = self.text.strip()
            text = f"{{{text.rstrip(',')}}}" if _KEY.match(text) else text
            return json.loads(text) if text.startswith("{") else None
        except (ValueError, RecursionError, yaml.YAMLError):
            return None


@dataclass(frozen=True)
class Line:
    """A heading, a line of a paragraph, an item of a list or a row of a table."""

    text: str
    headings: tuple[str, ...]
    """Headings above it, the outermost first; its own included if it is one."""
    level: int = 0
    """How deep it is in lists."""
    is_heading: bool = False
    cells: tuple[str, ...] = ()
    """The cells of a row; empty for all others."""
    titles: tuple[str, ...] = ()
    """The cells of the first row of its table; empty for that row and for all others."""
    above: str = ""
    """The line above the list or the table that it is in."""
    begins_item: bool = False
    """Whether it is the first line of an item."""

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Its sentences; a name in backticks is not split."""
        return tuple(_SENTENCE_ENDS.split(self.text))

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """What is between points and semicolons."""
        return tuple(split_clauses(self.text))


@dataclass(frozen=True)
class Document:
    """A document, taken apart."""

    name: str
    """What the user calls it: a path, or standard input."""
    text: str
    parts: tuple[Block | Line, ...]

    @property
    def blocks(self) -> list[Block]:
        """Its code."""
        return [part for part in self.parts if isinstance(part, Block)]

    @property
    def lines(self) -> list[Line]:
        """Its prose."""
        return [part for part in self.parts if isinstance(part, Line)]


def split_clauses(text: str) -> list[str]:
    """Split a text behind each point and semicolon that a blank follows."""
    return _CLAUSE_ENDS.split(text)


def parse_document(name: str, text: str) -> Document:
    """Take a document apart; a file of code is one block without prose."""
    if whole := _WHOLE.fullmatch(text):
        text = "\n" + whole[1]  # A document within a fence; its lines keep their numbers.
    suffix = PurePath(name).suffix.lower()
    if suffix in _CODE:
        return Document(name, text, (Block(text, 1, suffix[1:]),))
    return Document(name, text, tuple(_Splitter().split(text)))


class _Splitter:
    """Follows the tokens of a document with its headings and the depth of its lists."""

    def __init__(self) -> None:
        self._parts: list[Block | Line] = []
        self._headings: list[tuple[int, str]] = []
        self._heading_depth = 0
        self._level = 0
        self._last: dict[int, str] = {}
        self._begins_item = False
        self._row: list[str] | None = None
        self._titles: tuple[str, ...] = ()

    def split(self, text: str) -> list[Block | Line]:
        # What is within a line stays text: nobody needs its tokens, which take long.
        for token in MarkdownIt("commonmark").enable("table").disable("inline").parse(text):
            if token.type == "inline":
                self._add_text(token.content)
            elif token.type in ("fence", "code_block"):
                self._add_block(token)
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                self._level += 1
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                self._level -= 1
            elif token.type.startswith("list_item_"):
                self._begins_item = token.nesting == 1
            elif token.type.startswith("heading_"):
                self._heading_depth = int(token.tag[1:]) if token.nesting == 1 else 0
            else:
                self._follow_table(token.type)
        return self._parts

    @property
    def _above(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._headings)

    def _follow_table(self, kind: str) -> None:
        if kind == "table_open":
            self._titles = ()
        elif kind == "tr_open":
            self._row = []
        elif kind == "tr_close" and self._row is not None:
            cells, text = tuple(self._row), " | ".join(self._row)
            above = self._last.get(self._level, "")
            line = Line(text, self._above, self._level, False, cells, self._titles, above)
            self._parts.append(line)
            self._row, self._titles = None, self._titles or cells

    def _add_text(self, text: str) -> None:
        if self._row is not None:
            self._row.append(text.strip())
            return
        depth = self._heading_depth
        if depth:
            self._headings = [h for h in self._headings if h[0] < depth] + [(depth, text)]
        above = self._last.get(self._level - 1, "")
        for line in map(str.strip, text.splitlines()):
            part = Line(line, self._above, self._level, depth > 0, above=above)
            self._parts.append(replace(part, begins_item=self._begins_item))
            self._last[self._level], self._begins_item = line, False

    def _add_block(self, token: Token) -> None:
        language = (token.info.split() or [""])[0].lower()
        first = (token.map[0] if token.map else 0) + (2 if token.type == "fence" else 1)
        self._parts.append(Block(token.content, first, language, self._above))

"""Reads a document's prose once: its lines and its code, with the resources that each is about.

headings → lines → clauses, each with the names that it mentions

`read_prose` follows headings, lists and tables; the readers receive the immutable `Prose`.
"""

import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.prose.text.excepted_resources import part_exceptions
from analytics_ingest.convert.prose.text.line_subjects import (
    find_first_subject,
    find_group,
    find_label,
    find_last_subjects,
    find_line_subjects,
    find_section,
)
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions, replace_mentions
from analytics_ingest.convert.prose.text.path_subjects import Paths, find_path_subjects, index_paths
from analytics_ingest.convert.prose.text.removed_lists import write_out_lists
from analytics_ingest.convert.prose.text.repeated_items import write_out_repeats
from analytics_ingest.convert.prose.text.respective_names import part_names
from analytics_ingest.convert.prose.text.sentences import (
    is_on_other_source,
    is_on_something_else,
    is_outdated,
    is_statement,
)
from analytics_ingest.convert.prose.text.titles import find_title, is_on_others

_PRONOUN = re.compile(r"\W*(?:it|its|they|their|these|this|both|that)\b", re.IGNORECASE)


class Clause(NamedTuple):
    """A clause of a line."""

    text: str
    mentions: Sequence[Mention]
    """Of resources and of fields."""
    subjects: Sequence[str]
    """The resources that it names, else those that it is about."""

    def pair(self) -> Iterator[tuple[Sequence[str], Sequence[Mention]]]:
        """Yield resources with the other names that belong to them, in either order."""
        if not any(mention.resource for mention in self.mentions):
            yield self.subjects, self.mentions
            return
        runs = [list(run) for _, run in groupby(self.mentions, key=lambda m: m.resource is None)]
        for pair in zip(runs[::2], runs[1::2], strict=False):
            fields, named = pair if self.mentions[0].resource is None else pair[::-1]
            yield [mention.name for mention in named], fields


@dataclass(frozen=True)
class Passage:
    """A line with the resources that it is about."""

    line: Line
    scope: tuple[str, ...]
    """Empty where the prose does not say which."""
    resources: Collection[str]
    """All that are known."""

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Its clauses on requests and their rows.

        A clause without a resource is about those of its line; one that begins with a pronoun is
        about those of the clause before.
        """
        clauses: list[Clause] = []
        subjects: Sequence[str] = self.scope
        for text in self.line.clauses:
            names = find_mentions(text, self.resources)
            mentions = [name for name in names if name.resource or name.is_field]
            named = [mention.resource for mention in mentions if mention.resource]
            subjects = named or (subjects if _PRONOUN.match(text) else self.scope)
            if not is_on_other_source(replace_mentions(text, mentions, "x")):
                clauses.append(Clause(text, mentions, subjects))
        return tuple(clauses)


@dataclass(frozen=True)
class Prose:
    """What a document says, part by part; what is no longer valid is not a part."""

    document: Document
    resources: Collection[str]
    """All that are known."""
    parts: tuple[tuple[Block | Line, tuple[str, ...]], ...]
    """Lines and code, each with the resources that it is about."""

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The lines."""
        return tuple(
            Passage(part, scope, self.resources)
            for part, scope in self.parts
            if isinstance(part, Line)
        )

    def iterate_parts(self) -> Iterator[tuple[Block | Line, str | None]]:
        """Yield each line and block with its resource; with each one where it has several."""
        for part, scope in self.parts:
            yield from ((part, name) for name in scope or (None,))

    def iterate_lines(self) -> Iterator[tuple[Line, str | None]]:
        """Yield each line with its resource; with each one where it has several."""
        for passage in self.passages:
            yield from ((passage.line, name) for name in passage.scope or (None,))

    def iterate_statements(self) -> Iterator[tuple[str, str | None]]:
        """Yield each clause that states something, with the resource of its line."""
        for line, name in self.iterate_lines():
            yield from ((clause, name) for clause in line.clauses if is_statement(clause))


def read_prose(
    document: Document, resources: Collection[str], paths: Mapping[str, str] | None = None
) -> Prose:
    """Read which resources the parts of a document are about.

    Args:
        resources: Their names, which the prose may write in any spelling.
        paths: Those of the resources, where they are known.
    """
    names, plain = tuple(resources), write_out_repeats(write_out_lists(document))
    return Prose(plain, names, tuple(_iterate_parts(plain, names, index_paths(paths or {}))))


def _iterate_parts(
    document: Document, resources: Collection[str], paths: Paths
) -> Iterator[tuple[Block | Line, tuple[str, ...]]]:
    reader = _Reader(resources, paths)
    title = next((part.headings[0] for part in document.parts if part.headings), "")
    for part in document.parts:
        if isinstance(part, Block):
            yield part, reader.find_scope(reader.below)
            continue
        reader.read(part)
        others = [heading for heading in part.headings if heading != title]
        is_other = any(is_on_something_else(text) and not reader.names(text) for text in others)
        if not (is_other or any(map(is_outdated, part.headings[1:]))):
            scope = reader.find_scope(reader.subjects)
            for line, names in part_exceptions(part, scope, resources):
                yield from part_names(line, names)


class _Reader:
    """Follows the lines of a document with the resources that hold for what is below them."""

    def __init__(self, resources: Collection[str], paths: Paths) -> None:
        self._resources = resources
        self._paths = paths
        self._heading: tuple[str, ...] = ()
        """What the heading names: a line below one that lists several may be on one of them."""
        self._item: tuple[int, tuple[str, ...]] | None = None
        """How deep a line is that names resources and nothing else, and these."""
        self.subjects: list[str] = []
        """Those of the last line that begins with resources, which hold for what is below it."""
        self._level = 0
        """How deep that line is."""
        self._is_open = False
        """Whether it ends with a colon."""
        self.below: list[str] = []
        """The resource that a block below the last line is of, by what the line begins with."""

    def find_scope(self, subjects: Sequence[str]) -> tuple[str, ...]:
        """Find what a part is about: its subjects, else the item or the heading above it."""
        above = self._item[1] if self._item else self._heading
        return tuple(subjects) or above

    def names(self, heading: str) -> bool:
        """Return whether a heading names resources: `Webhooks` may be one."""
        return bool(find_label(heading, self._resources) or find_group(heading, self._resources))

    def read(self, line: Line) -> None:
        """Follow a line."""
        named = find_title(line, self._resources)
        if line.is_heading:
            self._heading, self._item = find_section(line, self._resources), None
        elif named:
            self._item = (line.level, named)
        elif self._item and self._ends_item(line, *self._item):
            self._item = None
        self._read_subjects(line, is_title=bool(named))
        last = find_last_subjects(line, self._resources) if self.subjects else []
        names = last or self.subjects
        self.below = names if len(names) == 1 else []

    def _ends_item(self, line: Line, level: int, names: tuple[str, ...]) -> bool:
        """Return whether a line is not below an item: outside of it, or the next one of its list.

        A second paragraph of an item is as deep as the item; it begins with no other resource.
        """
        others = self._find_subjects(line) if level and not line.cells else []
        if line.begins_item and not others:
            first = find_first_subject(line.clauses[0], self._resources)
            others = [first] if first else []
        is_next = others and set(names).isdisjoint(others)
        is_next = is_next or is_on_others(line, names, self._resources)
        return line.level < level or bool(line.level == level and is_next)

    def _read_subjects(self, line: Line, *, is_title: bool) -> None:
        is_named = len(self._heading) == 1 or (self._item and len(self._item[1]) == 1) or is_title
        own = [] if is_named else self._find_subjects(line)
        # Below a sentence, which no colon ends, an item may be on a resource of its own.
        is_below = line.level > self._level and not line.cells and (self._is_open or not own)
        if not (self.subjects and is_below):
            # What follows the row of a table is not below it.
            self._level = sys.maxsize if line.cells else line.level
            self.subjects, self._is_open = own, line.text.rstrip("*_ ").endswith(":")

    def _find_subjects(self, line: Line) -> list[str]:
        """Find the resources that a line begins with, by their names or by a path."""
        names = find_line_subjects(line, self._resources)
        return names if names or line.cells else find_path_subjects(line.text, self._paths)

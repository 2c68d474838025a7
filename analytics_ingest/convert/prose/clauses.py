"""Splits prose into clauses, each with the names that it mentions and the resources it is about.

A clause without a resource is about those of its line: `lines` says which. One that begins with a
pronoun is about those of the clause before.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.prose.lines import iterate_lines_with_resource
from analytics_ingest.convert.prose.mentions import Mention, find_mentions, replace_mentions
from analytics_ingest.convert.prose.sentences import is_on_other_source, split_clauses

_PRONOUN = re.compile(r"\W*(?:it|its|they|their|these|this|both|that)\b", re.IGNORECASE)


class Clause(NamedTuple):
    """A clause of a line."""

    text: str
    mentions: Sequence[Mention]
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


def iterate_lines_with_resources(
    document: Document, resources: Mapping[str, Any]
) -> Iterator[tuple[Line, list[str]]]:
    """Yield each line once, with the resources that it is about."""
    pairs = iterate_lines_with_resource(document, resources)
    # Equal lines may follow each other.
    for _, group in groupby(pairs, key=lambda pair: id(pair[0])):
        lines = list(group)
        yield lines[0][0], [name for _, name in lines if name]


def split_line(line: Line, scope: Sequence[str], resources: Mapping[str, Any]) -> Iterator[Clause]:
    """Yield the clauses of a line that are about requests and their rows.

    Args:
        scope: The resources that the line is about.
    """
    subjects = scope
    for text in split_clauses(line.text):
        mentions = [m for m in find_mentions(text, resources) if m.resource or m.is_field]
        named = [mention.name for mention in mentions if mention.resource]
        subjects = named or (subjects if _PRONOUN.match(text) else scope)
        if not is_on_other_source(replace_mentions(text, mentions, "x")):
            yield Clause(text, mentions, subjects)

"""Finds what is around the clauses of a line: the resources, the label, the sentence before."""

from collections.abc import Iterator
from dataclasses import replace

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.rows.change_labels import is_general, is_on_changes
from analytics_ingest.convert.prose.rows.row_subjects import Surroundings
from analytics_ingest.convert.prose.text.line_subjects import find_titled_group
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Prose


def iterate_surroundings(prose: Prose) -> Iterator[tuple[Line, Surroundings]]:
    """Yield each line that is not a heading with what is around its first clause."""
    resources = prose.resources
    last: Line | None = None
    before: Line | None = None
    for line, named, group in _iterate_lines(prose):
        if line is not last:  # One that begins with several resources comes once for each.
            before, last = last, line
        if line.is_heading:
            continue
        only = next(iter(resources)) if len(resources) == 1 else None
        is_near = before is not None and before.headings == line.headings
        near = before.text if before and is_near else ""
        around = Surroundings(resources, named or only, group, near)
        yield line, around if around.named or group else _add_scope(around, line, before)


def _iterate_lines(prose: Prose) -> Iterator[tuple[Line, str | None, tuple[str, ...]]]:
    """Yield each line with its resource, and with those that a heading lists.

    One that is on all of these comes once; one that begins with several, once for each.
    """
    for passage in prose.passages:
        line, scope = passage.line, passage.scope
        group = find_titled_group(line, prose.resources)
        names = scope if scope and scope != group else (None,)
        yield from ((line, name, group) for name in names)


def _add_scope(around: Surroundings, line: Line, before: Line | None) -> Surroundings:
    """Add whether what is said of every record can only be on all resources."""
    is_first = before is None or before.is_heading or before.headings != line.headings
    mentions = find_mentions(line.text, around.resources)
    named = {mention.resource for mention in mentions}
    names_all = is_general(line) and named >= {*around.resources}
    is_of_all = is_general(line) and is_on_changes(line) and not any(m.names for m in mentions)
    around = replace(around, is_on_changes_of_all=is_of_all)
    return around.widen(is_on_all=is_first and is_general(line), names_all=names_all)

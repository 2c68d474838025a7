"""Finds what is around the clauses of a line: the resources, the label, the sentence before."""

from collections.abc import Iterator

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.change_labels import is_general
from analytics_ingest.convert.prose.line_subjects import find_group
from analytics_ingest.convert.prose.mentions import find_mentions
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.row_subjects import Surroundings


def iterate_surroundings(prose: Prose) -> Iterator[tuple[Line, Surroundings]]:
    """Yield each line that is not a heading with what is around its first clause."""
    resources = prose.resources
    last: Line | None = None
    before: Line | None = None
    for line, named in prose.iterate_lines():
        if line is not last:  # One that is of several resources comes once for each.
            before, last = last, line
        if line.is_heading:
            continue
        only = next(iter(resources)) if len(resources) == 1 else None
        is_near = before is not None and before.headings == line.headings
        near = before.text if before and is_near else ""
        group = next(filter(None, (find_group(h, resources) for h in line.headings[::-1])), ())
        around = Surroundings(resources, named or only, group, near)
        yield line, around if around.named or group else _add_scope(around, line, before)


def _add_scope(around: Surroundings, line: Line, before: Line | None) -> Surroundings:
    """Add whether what is said of every record can only be on all resources."""
    is_first = before is None or before.is_heading or before.headings != line.headings
    named = {mention.resource for mention in find_mentions(line.text, around.resources)}
    names_all = is_general(line) and named >= {*around.resources}
    return around.widen(is_on_all=is_first and is_general(line), names_all=names_all)

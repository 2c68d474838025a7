"""Reads the labels that name the parent of a resource: **Parent Resource**: projects (`key`)."""

import re
from collections.abc import Collection

from analytics_ingest.convert.prose.text.mentions import find_by_name
from analytics_ingest.convert.prose.text.passages import Prose

_LABEL = re.compile(
    r"\W*parent(?: (?:resource|stream|table))?[*_` ]*:[*_ ]*(?:the )?"
    r"`?(?P<parent>[A-Za-z_][\w -]*?)`?"
    r"(?:\.`?\w+`?| ?\((?:(?:by|via|on) )?(?:its )?`?\w+`?\))?\W*",
    re.IGNORECASE,
)


def read_stated_parents(prose: Prose, resources: Collection[str]) -> dict[str, str]:
    """Read the one parent that labels name of each resource; two that differ name none."""
    parents: dict[str, set[str]] = {}
    for line, child in prose.iterate_lines():
        match = _LABEL.fullmatch(line.text)
        names = find_by_name(match["parent"], resources) if match and child else ()
        if child and len(names) == 1 and names[0] != child:
            parents.setdefault(child, set()).add(names[0])
    return {child: names.pop() for child, names in parents.items() if len(names) == 1}

"""Reads what the prose says that fills a placeholder: a field of the parent's rows, or a setting.

`project_key` is the `key` of the project      `{period}` is the field of the same name of periods
the `slug` of each team is used as `{team}`    `shop` is a configuration value
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from analytics_ingest.convert.markdown import split_clauses
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.placeholders import list_names
from analytics_ingest.convert.prose.requests.parent_values import read_placeholder_values
from analytics_ingest.convert.prose.requests.stated_settings import read_stated_settings
from analytics_ingest.convert.prose.text.line_subjects import find_cell
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_NAME = r"`\{?(?P<name>[A-Za-z_]\w*)\}?`"
_FIELD = r"`(?P<field>[A-Za-z_]\w*)`"
_FILLED = (
    r"(?:is|are|holds|means|comes from|(?:is|are) (?:replaced|filled|taken|resolved|read)"
    r"(?: with| by| from)?)"
)
_FIELDS = (
    re.compile(
        rf"{_NAME},? {_FILLED}(?: each| every)?(?: the)?(?: field)? {_FIELD}(?: field| value)?"
        r" (?:of|from|in) (?:the|each|every|its|all|a)\b"
    ),
    re.compile(
        rf"{_FIELD} of (?:the|each|every|a|its|all) [\w -]{{1,40}}?"
        rf"(?:is|are) (?:used|sent|passed|inserted|put)\b[^.`]{{0,40}}?{_NAME}"
    ),
)
_SAME = re.compile(rf"{_NAME},? {_FILLED}(?: the)? (?:field|value) of (?:the same|that|this) name")
_ELSEWHERE = re.compile(r"\bin (?:the |an? )?(?:webhook|export|callback)s?\b", re.IGNORECASE)
_PARENT = re.compile(r"parents?(?: resources?)?", re.IGNORECASE)
_MARKED = re.compile(r"`([\w.]+)`")
_NO_VALUE = re.compile(r",\s*not an? [^,;.]*")
"""What says what it is not: `is a configuration value, not a value of the shops`."""
SETTING = ""
"""In place of a field: no row holds the value."""


class PathValue(NamedTuple):
    """What fills a placeholder."""

    field: str
    """Of a row; SETTING where none holds the value."""
    parent: str | None = None
    """The resource whose row it is, if the prose names it."""


PathValues = Mapping[tuple[str | None, str], PathValue]
"""What fills a placeholder, by the resource (None: any) and the placeholder."""


def read_path_values(prose: Prose, resources: Mapping[str, Any]) -> PathValues:
    """Read what fills placeholders; the first statement on one counts."""
    values: dict[tuple[str | None, str], PathValue] = {}
    for line, named in prose.iterate_lines():
        for clause in split_clauses(_NO_VALUE.sub("", line.text)):
            if not is_statement(clause) or is_conditional(clause) or _ELSEWHERE.search(clause):
                continue
            for name, field in _read_clause(clause).items():
                values.setdefault((named, name), PathValue(field))
    for name, placeholder, value in _iterate_cells(prose, resources):
        values.setdefault((name, placeholder), value)
    for value in read_placeholder_values(prose, resources):
        values.setdefault((value.child, value.name), PathValue(value.field, value.parent))
    return values


def _iterate_cells(
    prose: Prose, resources: Mapping[str, Any]
) -> Iterator[tuple[str, str, PathValue]]:
    """Yield the fields that a column of parents names: ``| lines | `orders`, by its `key` |``."""
    for line in prose.document.lines:
        row = find_cell(line, _PARENT, resources)
        if row is None:
            continue
        name, cell = row
        marks = [part for mark in _MARKED.findall(cell) for part in mark.split(".")]
        fields = [mark for mark in marks if to_valid_name(mark) not in resources]
        placeholders = list_names(str(resources[name]["endpoint"].get("path")))
        if len(marks) == 2 and len(fields) == len(placeholders) == 1:
            (parent,) = [to_valid_name(mark) for mark in marks if mark not in fields]
            yield name, placeholders[0], PathValue(fields[0], parent)


def _read_clause(clause: str) -> dict[str, str]:
    same = {match["name"]: match["name"] for match in _SAME.finditer(clause)}
    settings = dict.fromkeys(read_stated_settings(clause), SETTING)
    fields = {m["name"]: m["field"] for pattern in _FIELDS for m in pattern.finditer(clause)}
    return {**settings, **fields, **same}

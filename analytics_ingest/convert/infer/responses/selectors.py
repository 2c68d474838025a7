"""Takes from the prose where a response holds the rows, where the configuration does not say it.

A label counts, `- **Data Selector**: data.items`, `Records: at the root of the response`, and a
clause on a resource, `the response is a single object`, or a cell of its row, `| Selector |`.
"""

import re

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.selectors import simplify_selector
from analytics_ingest.convert.prose.responses.element_fields import find_element_field
from analytics_ingest.convert.prose.responses.grouped_objects import find_grouped_objects
from analytics_ingest.convert.prose.responses.selector_cells import find_selector_cell, names_root
from analytics_ingest.convert.prose.responses.single_objects import (
    find_object_row,
    find_objects,
    has_object_response,
)
from analytics_ingest.convert.prose.rows.change_labels import is_general
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_statement

_LABEL = re.compile(
    r"^\W*(?:data|record|response) (?:selector|path)s?\W*?[:=](?P<value>.*)", re.IGNORECASE
)
_ROOT = re.compile(
    r"\b(?:whole|entire|full) (?:response|body|answer)\b|\broot\b|\btop[- ]level\b", re.IGNORECASE
)
_INNER = re.compile(r"\b(?:array|list|field|key|property|object)\b", re.IGNORECASE)
_PATH = re.compile(r"\W*?`(?P<path>[$\w][\w.*\[\]$-]*)`\W*(?:\([^()]*\))?\W*")


def infer_selectors(draft: Draft, prose: Prose) -> None:
    """Add the selectors that labels name to the resources that have none."""
    for line, named in prose.iterate_lines():
        label = None if line.is_heading else _LABEL.match(line.text)
        selector = _read_selector(label["value"]) if label and is_statement(line.text) else None
        if selector is not None:
            for resource in draft.list_named(named):
                _add_selector(draft, resource, selector)
    for passage in prose.passages:
        for name in list_objects(draft, passage):
            _add_selector(draft, draft.by_name[name], "$")
        _take_element_fields(draft, passage)
        if cell := find_selector_cell(passage.line, passage.resources):
            _take_cell(draft, *cell)


def _take_cell(draft: Draft, name: str, selector: str | None) -> None:
    """Add the selector of a cell; log that a dash leaves it open."""
    resource = draft.by_name[name]
    if selector:
        _add_selector(draft, resource, selector)
    elif "data_selector" not in draft.merge_endpoint(resource):
        reason = "the table names no selector, so its rows are looked for in the response"
        draft.log.assume(name, f"{reason}; declare data_selector, $ if each response is one row")


def _take_element_fields(draft: Draft, passage: Passage) -> None:
    """Read the rows in a field of each element, where clauses on resources say that it has them."""
    for clause in passage.clauses:
        field = find_element_field(clause.text)
        is_on_all = not clause.subjects and is_general(passage.line)
        of_all = [draft.only_name] if draft.only_name and is_on_all else []
        for name in (clause.subjects or passage.scope or of_all) if field else ():
            endpoint = draft.by_name[name]["endpoint"]
            if draft.merge_endpoint(draft.by_name[name]).get("data_selector", field) == field:
                endpoint["data_selector"] = f"[*].{field}"
                reason = f"data_selector is [*].{field}, in each element of the response"
                key = "endpoint.data_selector"
                draft.log.assume(name, f"{reason}, as the prose says", key=key, comment=FROM_TEXT)


def list_objects(draft: Draft, passage: Passage) -> list[str]:
    """List the resources of which a row of a table, or a clause, says that they are one object."""
    if passage.line.cells:
        row = find_object_row(passage.line, passage.resources)
        return [row] if row and is_statement(passage.line.text) else []
    names = find_grouped_objects(passage)
    for clause in passage.clauses:
        names += find_objects(clause)
        if has_object_response(clause):
            of_all = [draft.only_name] if draft.only_name and is_general(passage.line) else []
            names += clause.subjects or passage.scope or of_all
    return names


def _add_selector(draft: Draft, resource: Json, selector: str) -> None:
    if "data_selector" not in draft.merge_endpoint(resource):
        resource["endpoint"]["data_selector"] = selector
        reason, key = f"data_selector is {selector}, as the prose says", "endpoint.data_selector"
        draft.log.assume(resource["name"], reason, key=key, comment=FROM_TEXT)


def _read_selector(text: str) -> str | None:
    if path := _PATH.fullmatch(text):
        return simplify_selector(path["path"])
    is_root = _ROOT.search(text) and not _INNER.search(text) and "`" not in text
    return "$" if is_root or names_root(text) else None

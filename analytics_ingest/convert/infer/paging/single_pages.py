"""Reads one page of a resource whose response is one record, where it only inherits paging.

An offset that goes on until a page is empty never ends: a response that is a record is never empty.
"""

import re

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.responses.selectors import list_objects
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.requests.unpaged_statements import UNPAGED
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_statement

_KEY = "endpoint.paginator"
_PAGES = re.compile(
    r"(?<!single )(?<!single_)(?<!one )\b(?:pages?|paged|paging|paginat\w+|offsets?|limit)\b",
    re.IGNORECASE,
)
_ROOT = (None, "$", "", [])
"""Selectors of which a response that is a record may be the row."""


def read_single_pages(draft: Draft, prose: Prose) -> None:
    """Read one page where the prose says that the response is one record, and not that it pages."""
    objects = {name for passage in prose.passages for name in list_objects(draft, passage)}
    for name in sorted(objects, key=list(draft.by_name).index):
        resource = draft.by_name[name]
        if not _inherits_paging(draft, resource):
            continue
        if any(_pages(passage, name) for passage in prose.passages):
            reason = "the prose says that its response is one record, and that it is paged"
            draft.log.assume(
                name, f"{reason}: declare endpoint.paginator: single_page if it is not"
            )
            continue
        resource["endpoint"]["paginator"] = "single_page"
        reason = "it has one page: its response is one record, as the prose says"
        draft.log.assume(name, reason, key=_KEY, comment=FROM_TEXT)


def _inherits_paging(draft: Draft, resource: Json) -> bool:
    """Return whether a resource whose row may be the whole response has the paging of all."""
    merged = draft.merge_endpoint(resource)
    paginator = draft.find_paginator(resource)
    kind = paginator.get("type") if isinstance(paginator, dict) else paginator
    is_own = "paginator" in resource["endpoint"]
    is_paged = kind not in (None, "single_page") and not is_own
    return is_paged and merged.get("data_selector") in _ROOT


def _pages(passage: Passage, name: str) -> bool:
    """Return whether a clause, or a cell, on this very resource speaks of its pages."""
    line = passage.line
    texts = [(clause.text, clause.subjects) for clause in passage.clauses]
    texts = [(to_plain(cell), passage.scope) for cell in line.cells[1:]] if line.cells else texts
    is_on_requests = not (line.is_heading or is_in_field_section(line))
    return is_on_requests and any(
        _PAGES.search(text) and is_statement(text) and not UNPAGED.search(text) and name in names
        for text, names in texts
    )

"""Takes from the prose where a response holds the rows, where the configuration does not say it.

A label counts, `- **Data Selector**: data.items`, `Records: at the root of the response`, and a
clause on a resource: `the response is a single object`.
"""

import re

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.selectors import simplify_selector
from analytics_ingest.convert.prose.full_refreshes import is_object
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.sentences import is_statement

_LABEL = re.compile(
    r"^\W*(?:data|record|response) (?:selector|path)s?\W*?[:=](?P<value>.*)", re.IGNORECASE
)
_ROOT = re.compile(
    r"\b(?:whole|entire|full) (?:response|body|answer)\b|\broot\b|\btop[- ]level\b", re.IGNORECASE
)
_INNER = re.compile(r"\b(?:array|list|field|key|property|object)\b", re.IGNORECASE)
_PATH = re.compile(r"\W*?`(?P<path>[$\w][\w.*\[\]$-]*)`\W*(?:\([^()]*\))?\W*")
_SINGLE = re.compile(
    r"\W*(?:the |each |its )?(?:whole |entire )?(?:response|body|endpoint|request)(?: body)?"
    r" (?:is|holds|returns|gives) (?:a single|one(?: single)?) (?:json )?(?:object|record)"
    r"\W*",
    re.IGNORECASE,
)


def infer_selectors(draft: Draft, prose: Prose) -> None:
    """Add the selectors that labels name to the resources that have none."""
    for line, named in prose.iterate_lines():
        label = None if line.is_heading else _LABEL.match(line.text)
        selector = _read_selector(label["value"]) if label and is_statement(line.text) else None
        if selector is not None:
            for resource in draft.list_named(named):
                _add_selector(draft, resource, selector)
    for passage in prose.passages:
        for clause in passage.clauses:
            is_single = _SINGLE.fullmatch(clause.text) and is_statement(clause.text)
            if is_object(clause) or (is_single and "`" not in clause.text):
                for name in clause.subjects or passage.scope:
                    _add_selector(draft, draft.by_name[name], "$")


def _add_selector(draft: Draft, resource: Json, selector: str) -> None:
    if "data_selector" not in draft.merge_endpoint(resource):
        resource["endpoint"]["data_selector"] = selector
        reason, key = f"data_selector is {selector}, as the prose says", "endpoint.data_selector"
        draft.log.assume(resource["name"], reason, key=key, comment=FROM_TEXT)


def _read_selector(text: str) -> str | None:
    if path := _PATH.fullmatch(text):
        return simplify_selector(path["path"])
    is_root = _ROOT.search(text) and not _INNER.search(text) and "`" not in text
    return "$" if is_root else None

"""Takes from the prose by which method a resource is listed, where only its section says so.

- **HTTP Method**: POST     | orders | POST | /search |     | orders | `POST /search` |
"""

import re
from collections.abc import Iterator

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.line_subjects import find_cell, to_plain
from analytics_ingest.convert.prose.text.passages import Prose

_LABEL = re.compile(
    r"^\W*(?:http )?(?:request )?method\W+(?P<method>get|post|put|patch|delete)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_TITLES = (
    re.compile(r"(?:http |request )?(?:methods?|verbs?)", re.IGNORECASE),
    re.compile(
        r"(?:api |request )?(?:endpoints?|paths?|requests?|urls?|routes?)(?: path)?"
        r"|method(?:,| and| /|/) ?path",
        re.IGNORECASE,
    ),
)
_CELL = re.compile(
    r"[^\w/]*(?P<method>get|post|put|patch|delete)(?![\w-])(?P<rest>.*)", re.IGNORECASE
)
_NO_OTHER = re.compile(r"\W*(?:/\S*)?\W*(?:\([^()]*\)\W*)?")
_NOTE = re.compile(r"\W*(\([^()]*\)\W*)?")
_ON_REQUESTS = re.compile(
    r"\b(endpoint|request|http|method|list|read|config|detail|overview|resource|stream)", re.I
)
_WRITES = re.compile(
    r"\b(creat|updat|delet|writ|upload|send|auth|log ?in|token|webhook|subscri)", re.IGNORECASE
)


def infer_methods(draft: Draft, prose: Prose) -> None:
    """Request by POST what a section lists by POST, and by nothing else."""
    named: dict[str, list[str]] = {}
    for resource, method in _iterate_labels(draft, prose):
        named.setdefault(resource, []).append(method)
    for name, methods in named.items():
        endpoint = draft.by_name[name]["endpoint"]
        if "method" in draft.merge_endpoint(draft.by_name[name]) or "POST" not in methods:
            continue
        if set(methods) == {"POST"}:
            endpoint["method"] = "POST"
            reason = "it is requested by POST, as the prose says"
            draft.log.assume(name, reason, key="endpoint.method", comment=FROM_TEXT)
        else:
            draft.log.assume(name, "it is requested by GET: the prose names POST and other methods")


def _iterate_labels(draft: Draft, prose: Prose) -> Iterator[tuple[str, str]]:
    """Yield the methods that labels name, with their resource; OTHER for a longer statement."""
    for line, named in prose.iterate_lines():
        if any(_WRITES.search(text) for text in line.headings):
            continue
        yield from _read_row(draft, line)
        label = _LABEL.match(to_plain(line.text))
        if label and (name := named or draft.only_name):
            is_other = _is_of_another_request(line, name)
            is_whole = not is_other and _NOTE.fullmatch(label["rest"]) is not None
            yield name, label["method"].upper() if is_whole else "OTHER"


def _read_row(draft: Draft, line: Line) -> Iterator[tuple[str, str]]:
    """Yield the method of the resource of a row, from a column of methods or of paths."""
    for title in _TITLES:
        row = find_cell(line, title, draft.by_name)
        cell = _CELL.fullmatch(to_plain(row[1])) if row else None
        if row and cell:
            is_whole = _NO_OTHER.fullmatch(cell["rest"]) is not None
            yield row[0], cell["method"].upper() if is_whole else "OTHER"
            return


def _is_of_another_request(line: Line, name: str) -> bool:
    """Return whether a line is in a section of its own below that of a resource."""
    outer = [to_valid_name(to_plain(heading)) for heading in line.headings[:-1]]
    return name in outer and not _ON_REQUESTS.search(line.headings[-1])

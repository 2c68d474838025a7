"""How a listing goes on after its first page, in words that show no secret."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from requests import Request

from analytics_ingest.preview.first_pages import ResourcePreview

ENDS = "ends here"
SHOWN = 6
"""Characters of a cursor that are shown."""
LONGEST_NUMBER = 12


def next_step(tried: ResourcePreview) -> str:
    """What the second request sends that the first did not: `offset 100`, `cursor abc123…`."""
    if tried.first is None:
        return ""
    if tried.following is None:
        return ENDS if tried.pages else ""
    before = dict(_sent(tried.first))
    new = [(n, v) for n, v in _sent(tried.following) if n not in before or before[n] != v]
    return ", ".join(f"{name} {_short(value)}" for name, value in new) or "the same request"


def asked_size(tried: ResourcePreview) -> int | None:
    """The rows a page that the first request asks for; None where it names no number."""
    paginator = tried.template.paginator
    name = getattr(paginator, "limit_param", None)
    params = tried.first.params if tried.first else None
    sent = params.get(name) if isinstance(params, Mapping) and name else None
    if sent is None and not name:
        sent = getattr(paginator, "page_size", None)
    return int(str(sent)) or None if str(sent).isdecimal() else None


def _sent(request: Request) -> Iterator[tuple[str, Any]]:
    yield "link to", urlsplit(str(request.url)).path
    for part in (request.params, request.json):
        if isinstance(part, Mapping):
            yield from _flat(part)


def _flat(value: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        if isinstance(item, Mapping):
            yield from _flat(item, f"{above}{name}.")
        else:
            yield f"{above}{name}", item


def _short(value: Any) -> str:
    text = str(value)
    is_number = text.isdecimal() and len(text) <= LONGEST_NUMBER
    return text if is_number or text.startswith("/") else f"{text[:SHOWN]}…"

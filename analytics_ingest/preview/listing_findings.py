"""How a listing continues after its first page: in a word or two, and what looks wrong with it.

Values of cursors are cut and queries of links are omitted, since both may hold a secret.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from requests import Request

from analytics_ingest.extract.previews.resource_preview import ResourcePreview

CURSOR_CHARACTERS = 6
LONGEST_NUMBER = 12


def describe_next_step(preview: ResourcePreview) -> str:
    """Describe what the second request sends and the first did not: `offset 100`."""
    if preview.first_request is None:
        return ""
    if preview.next_request is None:
        return "ends here" if preview.pages else ""
    before = list(_list_parameters(preview.first_request))
    new = [sent for sent in _list_parameters(preview.next_request) if sent not in before]
    return ", ".join(f"{name} {_shorten(value)}" for name, value in new) or "the same request"


def find_listing_problems(preview: ResourcePreview) -> Iterator[str]:
    """Yield what looks wrong with the pages."""
    if _counts_from_1(preview):
        if preview.error:  # Otherwise a warning says so.
            yield "pages 0 and 1 are the same, so the API counts from 1; declare base_page: 1"
    elif preview.is_repeated:
        yield (
            f"the same page came twice: with {describe_next_step(preview)} the API gives the rows "
            "of the first page again; compare the paginator's keys with the API's manual, or "
            "declare paginator: single_page if the listing has one page only"
        )
    yield from _find_page_size_problems(preview)
    yield from preview.warnings


def _counts_from_1(preview: ResourcePreview) -> bool:
    """Return whether pages 0 and 1 are the same, and page 2 is another."""
    block = preview.resource.endpoint.paginator
    is_page = block is not None and block.type == "page_number" and preview.first_position == 0
    return is_page and preview.is_repeated and preview.is_position_read


def _find_page_size_problems(preview: ResourcePreview) -> Iterator[str]:
    size, rows = preview.page_size, len(preview.pages[0])
    if size is None:
        return
    if rows > size:
        yield (
            f"the request asked for {size} rows a page and {rows} came: the API ignores the page "
            "size, so rows come more than once; declare the size that it gives, or the name of "
            "its parameter (limit_param)"
        )
    elif 0 < rows < size and 0 < sum(map(len, preview.pages[1:])) <= rows:
        yield (
            f"the request asked for {size} rows a page and {rows} came, though there are more: the "
            "API caps its pages. Nothing is lost, but each listing takes a request more to see its "
            f"end; declare limit: {rows}"
        )


def _list_parameters(request: Request) -> Iterator[tuple[str, Any]]:
    yield "link to", urlsplit(str(request.url)).path
    for part in (request.params, request.json):
        if isinstance(part, Mapping):
            yield from _flatten(part)


def _flatten(value: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        if isinstance(item, Mapping):
            yield from _flatten(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", item


def _shorten(value: Any) -> str:
    text = str(value)
    is_number = text.isdecimal() and len(text) <= LONGEST_NUMBER
    return text if is_number or text.startswith("/") else f"{text[:CURSOR_CHARACTERS]}…"

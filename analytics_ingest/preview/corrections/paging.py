"""Corrects the paginator: where a listing begins, its page size, and links to the next page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from dlt.sources.helpers.rest_client.detector import find_next_page_path

from analytics_ingest.common.cursor_paths import ResponsePath
from analytics_ingest.extract.paging.usual_names import find_next_values
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import REMOVED, Correction

_PAGINATOR = ("endpoint", "paginator")
_COUNTING = {"page_number": ("page", "start_from_page", "base_page"), "offset": ("offset",)}
"""Paginators that count → their keys for the position at which a listing begins, last the usual."""


def correct_paging(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct what the second page, or the one before the first, has shown of the paginator."""
    block = preview.resource.endpoint.paginator
    kind = block.type if block else "auto"
    if preview.rows_at_one:
        evidence = f"the API has no rows at position 0, and {preview.rows_at_one} at position 1"
        yield from _begin_at(preview, 1, evidence)
    if preview.rows_before:
        evidence = (
            f"the API has {preview.rows_before} rows at position 0, before the declared first"
        )
        yield from _begin_at(preview, 0, evidence)
    elif not preview.pages or not preview.pages[0]:
        return
    elif (
        preview.is_repeated
        and kind == "page_number"
        and preview.first_position == 0
        and preview.is_position_read
    ):
        yield from _begin_at(preview, 1, "pages 0 and 1 are the same: the API counts from 1")
    elif preview.is_repeated or preview.next_request is None:
        yield from _follow_links(preview, kind)
        yield from _read_cursor_elsewhere(preview)
    else:
        yield from _correct_size(preview)


def _begin_at(preview: ResourcePreview, position: int, evidence: str) -> Iterator[Correction]:
    block = preview.resource.endpoint.paginator
    if block is None or block.type not in _COUNTING:
        return
    keys = _COUNTING[block.type]
    declared = [key for key in keys if key in block.dump_declared()] or [keys[-1]]
    for key in declared[:-1]:
        yield _build_correction(preview, key, REMOVED, evidence)
    yield _build_correction(preview, declared[-1], position, evidence)


def _follow_links(preview: ResourcePreview, kind: str) -> Iterator[Correction]:
    """Follow the link to the next page in a body, where the paginator does not continue."""
    path, link = find_next_page_path(preview.body)
    if kind == "json_link" or not isinstance(link, str) or not _is_same_listing(preview, link):
        return
    why = "repeats its first page" if preview.is_repeated else "ends after the first page"
    place, declared = ".".join(path), preview.resource.endpoint.paginator
    if declared and declared.dump_declared().get("cursor_path") == place:
        return  # It is followed, and something else has ended the listing.
    block = {"type": "json_link", "next_url_path": place}
    evidence = f"the listing {why}, and the response links to the next one at {place}"
    yield Correction(preview.resource.name, _PAGINATOR, block, evidence)


def _read_cursor_elsewhere(preview: ResourcePreview) -> Iterator[Correction]:
    """Read the cursor where the only one is, if the body has nothing in the declared place."""
    block, body = preview.resource.endpoint.paginator, preview.body
    path = (block.dump_declared() if block else {}).get("cursor_path")
    if block is None or block.type != "cursor" or not path or preview.next_request is not None:
        return
    places = {path: value for path, value in find_next_values(body) if not _is_link(value)}
    if ResponsePath(str(path)).match_body(body) or len(places) != 1:
        return
    place = next(iter(places))
    if all(map(str.isidentifier, place)):
        evidence = f"the response has no {path}, and its only cursor is {'.'.join(place)}"
        yield _build_correction(preview, "cursor_path", ".".join(place), evidence)


def _is_same_listing(preview: ResourcePreview, link: str) -> bool:
    """Return whether a link leads to the requested path, below any address."""
    if not _is_link(link) or preview.first_request is None:
        return False
    path, asked = (urlsplit(str(url)).path for url in (link, preview.first_request.url))
    return not path or path.rpartition("/")[2] == asked.rpartition("/")[2]


def _correct_size(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct a size that two full pages contradict: a short page alone may have lost rows."""
    block, asked = preview.resource.endpoint.paginator, preview.page_size
    if asked is None or block is None or preview.resource.declared.processing_steps:
        return
    sizes = [len(page) for page in preview.pages]
    if len(sizes) > 1 and asked != sizes[0] == sizes[1] > 1:
        evidence = f"{asked} rows a page were requested, and {sizes[0]} came twice"
        yield _build_correction(preview, "limit", sizes[0], evidence)


def _build_correction(preview: ResourcePreview, key: str, value: Any, evidence: str) -> Correction:
    return Correction(preview.resource.name, (*_PAGINATOR, key), value, evidence)


def _is_link(value: str) -> bool:
    return value.startswith(("http", "/", "?"))

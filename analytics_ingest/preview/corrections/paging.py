"""Corrects the paginator: where a listing begins, its page size, and links to the next page."""

from collections.abc import Iterator
from typing import Any

from dlt.sources.helpers.rest_client.detector import find_next_page_path

from analytics_ingest.extract.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import REMOVED, Correction

_PAGINATOR = ("endpoint", "paginator")
_COUNTING = {"page_number": ("page", "base_page"), "offset": ("offset",)}
"""Paginators that count → their keys for the position at which a listing begins, last the usual."""


def correct_paging(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct what the second page, or the one before the first, has shown of the paginator."""
    block = preview.resource.endpoint.paginator
    kind = block.type if block else "auto"
    if not preview.pages or not preview.pages[0]:
        return
    if preview.rows_before:
        evidence = (
            f"the API has {preview.rows_before} rows at position 0, before the declared first"
        )
        yield from _begin_at(preview, 0, evidence)
    elif preview.is_repeated and kind == "page_number" and preview.first_position == 0:
        yield from _begin_at(preview, 1, "pages 0 and 1 are the same: the API counts from 1")
    elif preview.is_repeated or preview.next_request is None:
        yield from _follow_links(preview, kind)
    else:
        yield from _correct_size(preview)


def _begin_at(preview: ResourcePreview, position: int, evidence: str) -> Iterator[Correction]:
    block = preview.resource.endpoint.paginator
    if block is None or block.type not in _COUNTING:
        return
    declared, keys = block.declared(), _COUNTING[block.type]
    for key in keys[:-1]:
        if key in declared:
            yield _correction(preview, key, REMOVED, evidence)
    yield _correction(preview, keys[-1], position, evidence)


def _follow_links(preview: ResourcePreview, kind: str) -> Iterator[Correction]:
    """Follow the link to the next page that a body holds, where the paginator does not go on."""
    path, link = find_next_page_path(preview.body)
    if kind == "json_link" or not isinstance(link, str) or not link.startswith(("http", "/", "?")):
        return
    why = "repeats its first page" if preview.is_repeated else "ends after the first page"
    place = ".".join(path)
    block = {"type": "json_link", "next_url_path": place}
    evidence = f"the listing {why}, and the response links to the next one at {place}"
    yield Correction(preview.resource.name, _PAGINATOR, block, evidence)


def _correct_size(preview: ResourcePreview) -> Iterator[Correction]:
    block, asked, rows = (
        preview.resource.endpoint.paginator,
        preview.page_size,
        len(preview.pages[0]),
    )
    if asked is None or block is None or preview.resource.declared.processing_steps:
        return
    is_capped = rows < asked and any(preview.pages[1:])
    if rows > asked or is_capped:
        evidence = f"{asked} rows a page were requested, and {rows} came"
        yield _correction(preview, "limit", rows, evidence)


def _correction(preview: ResourcePreview, key: str, value: Any, evidence: str) -> Correction:
    return Correction(preview.resource.name, (*_PAGINATOR, key), value, evidence)

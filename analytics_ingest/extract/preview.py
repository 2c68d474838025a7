"""The first pages of each resource, for a person to look at: `preview_resources`.

Every request is sent once, and its response is read as in a load. Resources without a parent come
first, all at the same time; then their children, by rows of the parents' first pages. An error ends
the preview of its resource only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Any

from requests import Request

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.api_context import ApiContext
from analytics_ingest.extract.children import Opening, openings_of, root_openings
from analytics_ingest.extract.http.errors import LastResort
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.probes.empty_results import check_endings, probe_key
from analytics_ingest.extract.probes.first_page import ProbeResult
from analytics_ingest.extract.probes.paging import paging_params, probe_paging
from analytics_ingest.extract.probes.window import find_lost_window
from analytics_ingest.extract.request_queue import RequestQueue
from analytics_ingest.extract.selector import detect_selector
from analytics_ingest.extract.window_filter import row_cursor_reader

PARENT_ROWS = 3
"""Rows of a parent to ask by, at most, until one has children."""


@dataclass
class ResourcePreview:
    """What the API answered for one resource."""

    resource: ResourceDeclaration
    requests: int = 0
    status: int | None = None
    first_request: Request | None = None
    """None where there is nothing to ask by: the parent's first page has no rows."""
    next_request: Request | None = None
    """The request after the first page; None where the listing ends there."""
    page_size: int | None = None
    """Rows that the first request asks for; None where it names no number."""
    body: Any = None
    """The first page as it came."""
    pages: list[list[Any]] = field(default_factory=list)
    """The rows of the first page, and of the second where there is one."""
    is_repeated: bool = False
    """The second page holds the rows of the first."""
    error: str = ""
    """Why there is no first page, or no second one."""
    warnings: list[str] = field(default_factory=list)
    """What contradicts the end of the listing."""
    messages: list[str] = field(default_factory=list)
    """What is worth knowing of it."""
    lost_window: Window | None = None
    """What the API was asked for when it omitted a listed row."""
    window_refusal: str = ""
    """Why the API refuses to list the day of a row."""
    key_problem: str = ""
    """Why its key may be wrong, though the API has answered without an error."""

    @property
    def rows(self) -> list[Any]:
        """The rows of all pages."""
        return [row for page in self.pages for row in page]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The rows that are objects, as all should be."""
        return [row for row in self.rows if isinstance(row, dict)]

    @property
    def moments(self) -> list[datetime]:
        """The cursors that can be read as declared."""
        if self.resource.incremental is None:
            return []
        return [at for at in map(row_cursor_reader(self.resource), self.rows) if at is not None]


def preview_resources(context: ApiContext) -> dict[str, ResourcePreview]:
    """Request the first and second page of each resource, parents first.

    Args:
        context: Connected with `is_retried=False`, so that refusals show at once.
    """
    queue, previews = RequestQueue(context.client), dict[str, ResourcePreview]()
    try:
        while ready := list(_ready(context.templates.values(), previews)):
            names = [template.resource.name for template in ready]
            calls = [partial(_preview, t, _openings(t, previews)) for t in ready]
            previews |= zip(names, queue.run(calls), strict=True)
        queue.run([partial(_probe_keys, context.templates.values(), previews)])
        if not any(preview.rows or preview.error for preview in previews.values()):
            _probe_paging(context.templates.values(), previews)
    finally:
        context.client.close()
        queue.close()
    return {name: previews[name] for name in context.templates}


def _ready(
    templates: Iterable[ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> Iterator[ListingTemplate]:
    """The resources still to preview that do not wait for their parent."""
    for template in templates:
        parents = {parent.resource for parent in template.resource.parents}
        if template.resource.name not in previews and parents <= previews.keys():
            yield template


def _probe_paging(
    templates: Iterable[ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> None:
    """Probe one listing of an API without any rows, as a load does."""
    for template in templates:
        opening = next(root_openings(template), None)
        if opening and paging_params(template, opening.bindings):
            result = probe_paging(template, opening.bindings)
            preview = previews[template.resource.name]
            preview.requests += result.requests
            if result.problem:
                preview.error = template.without_place(result.problem)
            return


def _openings(template: ListingTemplate, previews: Mapping[str, ResourcePreview]) -> list[Opening]:
    """The listings to ask for, one after the other, until one has rows."""
    openings, most = root_openings(template), 1
    if template.resource.parents:
        pages = {name: preview.pages[:1] for name, preview in previews.items()}
        openings, most = openings_of(template, pages), PARENT_ROWS
    # Of a window in pieces only the newest one is looked at.
    newest = (o for o in openings if o.window_filter is template.window_filters[-1])
    return list(islice(newest, most))


def _preview(template: ListingTemplate, openings: Sequence[Opening]) -> ResourcePreview:
    """Preview the first listing that has rows."""
    preview = ResourcePreview(template.resource)
    for opening in openings:
        preview = ResourcePreview(template.resource, preview.requests)
        _request_pages(opening, preview)
        if preview.rows:
            _probe_window(template, opening.bindings, preview)
            break
        if preview.error and preview.status != HTTPStatus.NOT_FOUND:
            break
    return preview


def _request_pages(opening: Opening, preview: ResourcePreview) -> None:
    """Request the first page and, where the listing goes on, the second."""
    template = opening.template
    try:
        with LastResort(template.place):
            listing = Listing(*opening)
            preview.first_request = listing.next_request()
            preview.page_size = _page_size(template, preview.first_request)
            response = _send(listing, preview.first_request, preview)
            preview.status = None if response.is_ignored else response.status_code
            preview.body = response.body
            preview.pages.append(listing.accept(response).rows)
            if not listing.ended:
                _request_second_page(listing, preview)
    except ApiError as error:
        if not preview.pages:
            preview.status = error.status or preview.status
        preview.error = template.without_place(error)
    else:
        _note_ending(template, preview)


def _note_ending(template: ListingTemplate, preview: ResourcePreview) -> None:
    """Note what contradicts the end of the listing, and which declared keys it lacks."""
    result = check_endings(template)
    preview.messages, preview.warnings = result.messages, result.warnings
    if result.problem:
        preview.error = template.without_place(result.problem)


def _request_second_page(listing: Listing, preview: ResourcePreview) -> None:
    preview.next_request = listing.next_request()
    try:
        response = _send(listing, preview.next_request, preview)
    except ApiError as error:
        listing.accept_error(error)  # Raises, unless it means the end.
        return
    first, second = (_rows(listing.template, body) for body in (preview.body, response.body))
    preview.is_repeated = bool(first) and first == second
    preview.pages.append(listing.accept(response).rows)


def _send(listing: Listing, http: Request, preview: ResourcePreview) -> ApiResponse:
    request = listing.template.api_request(http, listing.bindings)
    try:
        return listing.template.client.send(request)
    finally:
        preview.requests += request.attempts.requests


def _rows(template: ListingTemplate, body: Any) -> list[Any]:
    """The rows of a page before the listing compares it with earlier ones."""
    return [] if body is None else (template.selector or detect_selector(body)).rows(body)


def _page_size(template: ListingTemplate, request: Request) -> int | None:
    """The number of rows that a request asks for, where its paginator knows of one."""
    parameter = template.paging.paginator.limit_param
    if parameter and isinstance(request.params, Mapping):
        size = request.params.get(parameter)
    else:
        size = None if parameter else template.paging.paginator.page_size
    return int(str(size)) or None if str(size).isdecimal() else None


def _probe_window(
    template: ListingTemplate, bindings: Mapping[str, Any], preview: ResourcePreview
) -> None:
    """Ask for the day of a listed row, where the request holds the window."""
    if preview.resource.sends_start or preview.resource.sends_end:
        probe, rows = ProbeResult(), preview.pages[0]
        preview.lost_window = find_lost_window(template, bindings, rows, probe, is_precise=True)
        preview.window_refusal = probe.refusal
        preview.requests += probe.requests


def _probe_keys(
    templates: Iterable[ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> None:
    """Ask once with an invalid key where nothing came: the API may answer so to a wrong one."""
    if any(preview.rows for preview in previews.values()):
        return
    for template in templates:
        preview = previews[template.resource.name]
        opening = next(root_openings(template), None)
        if not preview.pages or not opening or not template.auth:
            continue
        probe = probe_key(template, opening.bindings)
        preview.requests += probe.requests
        preview.key_problem = template.without_place(probe.problem) if probe.problem else ""
        return

"""The first pages of each resource, for a person to look at: `preview_resources`.

Every request is sent once, and its response is read as in a load. Resources without a parent come
first, all at the same time; then their children, by rows of the parents' first pages. An error ends
the preview of its resource only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Any

from requests import Request

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.api_context import ApiContext
from analytics_ingest.extract.children import Opening, openings_of, root_openings, skipped_rows
from analytics_ingest.extract.http.errors import LastResort
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.probes.empty_results import check_endings, probe_key
from analytics_ingest.extract.probes.first_page import ProbeResult
from analytics_ingest.extract.probes.paging import paging_params, probe_paging
from analytics_ingest.extract.probes.window import find_lost_window
from analytics_ingest.extract.request_queue import RequestQueue
from analytics_ingest.extract.resource_preview import ResourcePreview
from analytics_ingest.extract.selector import detect_selector
from analytics_ingest.extract.shared_keys import SharedKeys

MOST_LISTINGS = 3
"""Rows of a parent, or listed values, to ask by, at most, until a listing has rows."""


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
            skipped = [skipped_rows(t, _first_pages(previews)) for t in ready]
            previews |= zip(names, queue.run(calls), strict=True)
            for name, rows in zip(names, skipped, strict=True):
                previews[name].parents_skipped = rows
        queue.run([partial(_probe_keys, context.templates.values(), previews)])
        if not any(preview.rows or preview.error for preview in previews.values()):
            _probe_paging(context.templates.values(), previews)
    finally:
        context.client.close()
        queue.close()
    _mask(context.templates, previews)
    return {name: previews[name] for name in context.templates}


def _mask(
    templates: Mapping[str, ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> None:
    masks = {name: template.row_mask for name, template in templates.items()}
    for name, preview in previews.items():
        preview.pages = [list(masks[name].apply(page)) for page in preview.pages]
    for name, preview in previews.items():
        preview.warnings += masks[name].warnings(masks.values())


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
    resource = template.resource
    openings = openings_of(template, _first_pages(previews))
    if not resource.parents:
        openings = root_openings(template)
    most = MOST_LISTINGS if resource.parents or resource.each else 1
    # Of a window in pieces only the newest one is looked at.
    newest = (o for o in openings if o.window_filter is template.window_filters[-1])
    return list(islice(newest, most))


def _first_pages(previews: Mapping[str, ResourcePreview]) -> dict[str, list[list[Any]]]:
    return {name: preview.pages[:1] for name, preview in previews.items()}


def _preview(template: ListingTemplate, openings: Sequence[Opening]) -> ResourcePreview:
    """Preview the first listing that has rows."""
    preview = ResourcePreview(template.resource)
    for number, opening in enumerate(openings, start=1):
        preview = ResourcePreview(template.resource, preview.requests)
        _request_pages(opening, preview)
        if preview.rows:
            _probe_window(template, opening.bindings, preview)
            _compare_keys(openings[number:], preview)
            break
        if preview.error and preview.status != HTTPStatus.NOT_FOUND:
            break
    return preview


def _compare_keys(others: Sequence[Opening], preview: ResourcePreview) -> None:
    """Look for the keys of a listing in another one, whose rows would replace its own."""
    if not others or not preview.resource.is_merged:
        return
    keys = SharedKeys(preview.resource.primary_key)
    keys.note(0, preview.rows)
    try:
        with LastResort(preview.resource.name):
            listing = Listing(*others[0])
            response = _send(listing, listing.next_request(), preview)
            preview.keys_shared = keys.note(1, listing.accept(response).rows)
    except ApiError:
        pass  # That a parent has no children says nothing of those of another one.


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

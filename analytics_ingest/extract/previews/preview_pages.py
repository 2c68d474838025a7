"""The pages of one listing in a preview, and what further requests show about them."""

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from requests import Request

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import Window
from analytics_ingest.extract.chunks.chunked_pages import send_page
from analytics_ingest.extract.http.errors import UnexpectedErrors
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.job_listing import JobListing
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.paging.first_page_number import STATUSES_OF_NO_PAGE
from analytics_ingest.extract.parents.children import Opening
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.extract.probes.empty_results import check_endings
from analytics_ingest.extract.probes.first_page import ProbeResult
from analytics_ingest.extract.probes.window import find_lost_window
from analytics_ingest.extract.processing import paths
from analytics_ingest.extract.shared_keys import SharedKeys
from analytics_ingest.extract.windows.window_filter import WindowFilter
from analytics_ingest.paginators.base import read_query, send_value

_JOB_WINDOW = timedelta(days=7)


def compare_keys(others: Sequence[Opening], preview: ResourcePreview) -> None:
    """Look for the keys of a listing in another one, whose rows would replace its own."""
    resource = preview.resource
    if not others or not resource.is_merged or resource.replaces_window:
        return
    if preview.requests_left < 1:
        return
    keys = SharedKeys(preview.resource.primary_key)
    keys.note(0, preview.rows)
    try:
        with UnexpectedErrors(preview.resource.name):
            listing = Listing(*others[0])
            response = _send(listing, listing.build_next_request(), preview)
            preview.keys_shared = keys.note(1, listing.accept(response).rows)
    except ApiError:
        pass  # That a parent has no children says nothing of those of another one.


def request_pages(opening: Opening, preview: ResourcePreview) -> None:
    """Request the first page and, if the listing continues, the second."""
    template = opening.template
    try:
        with UnexpectedErrors(template.place):
            if JobListing.precedes(opening):
                targets = _run_job(opening, preview)
                if not targets:
                    return
                opening = targets[0]
            listing = Listing(*opening)
            preview.first_request = listing.build_next_request()
            preview.page_size = _read_page_size(template, preview.first_request)
            preview.first_position = _read_position(template, preview.first_request)
            response = _send(listing, preview.first_request, preview)
            preview.status = None if response.is_ignored else response.status_code
            preview.body = response.body
            preview.pages.append(listing.accept(response).rows)
            if not listing.ended and preview.requests_left >= 1:
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
    preview.messages = [*preview.messages, *result.messages]
    preview.warnings = result.warnings
    if result.problem:
        preview.error = template.without_place(result.problem)


def _request_second_page(listing: Listing, preview: ResourcePreview) -> None:
    preview.next_request = listing.build_next_request()
    try:
        response = _send(listing, preview.next_request, preview)
    except ApiError as error:
        listing.accept_error(error)  # Raises, unless it means the end.
        return
    first, second = (_read_rows(listing, body) for body in (preview.body, response.body))
    preview.is_repeated = bool(first) and first == second
    preview.pages.append(listing.accept(response).rows)


def _run_job(opening: Opening, preview: ResourcePreview) -> list[Opening]:
    """Run one job, of a recent window: one of all rows might take an hour."""
    resource, now = opening.template.resource, datetime.now(timezone.utc)
    if resource.incremental:
        recent = WindowFilter(resource, Window(now - _JOB_WINDOW, now))
        opening = opening._replace(window_filter=recent)
    job = JobListing(*opening)
    request = job.build_api_request()
    preview.first_request = request.http
    try:
        result = job.run(job.template.client, request)
    finally:
        preview.requests += request.attempts.requests
    preview.messages.append(job.accept(result).message)
    return job.take_openings()


def _send(listing: Listing, http: Request, preview: ResourcePreview) -> ApiResponse:
    request = listing.template.build_api_request(http, listing.bindings)
    try:
        return send_page(listing.template.client, listing, request)
    finally:
        preview.requests += request.attempts.requests


def _read_rows(listing: Listing, body: Any) -> list[Any]:
    """Read the rows of a page before the listing compares it with earlier ones."""
    if body is None:
        return []
    selector = listing.selector or listing.template.detect_selector(body, listing.bindings)
    return selector.read_rows(body)


def _read_page_size(template: ListingTemplate, request: Request) -> int | None:
    """Read the number of rows that a request asks for, where its paginator knows of one."""
    parameter = template.paging.paginator.limit_param
    if parameter and isinstance(request.params, Mapping):
        size = request.params.get(parameter)
    else:
        size = None if parameter else template.paging.paginator.page_size
    return int(str(size)) or None if str(size).isdecimal() else None


def _read_position(template: ListingTemplate, request: Request) -> int | None:
    """Read the page number or the offset that a request sends."""
    name = template.paging.paginator.position_param
    sent = read_query(request).get(name)
    if sent is None:
        sent = paths.get(request.json, name.split("."))
    return int(str(sent)) if str(sent).isdecimal() else None


def probe_position(template: ListingTemplate, preview: ResourcePreview) -> None:
    """Ask for another position where it is open from which one the API counts.

    That is 0 where the listing begins at 1, 1 where there is nothing at 0 (and a refused 0 again:
    chance may have refused it), and 2 where positions 0 and 1 have the same rows.
    """
    if preview.first_position == 1:
        rows = _request_rows(template, preview, 0)
        new = [row for row in rows if row not in preview.rows]
        if new and (len(new) == len(rows) or rows[1:] == preview.pages[0][: len(rows) - 1]):
            preview.rows_before = len(new)
    elif preview.first_position == 0 and preview.is_repeated:
        preview.is_position_read = _request_rows(template, preview, 2) != preview.pages[0]
    elif preview.first_position == 0 and len(preview.pages) > 1 and not preview.pages[0]:
        preview.rows_at_one = len(preview.pages[1])
    elif preview.first_position == 0 and not preview.rows and _may_begin_at_one(template, preview):
        rows = _request_rows(template, preview, 1)
        is_refused = preview.status in STATUSES_OF_NO_PAGE
        if rows and not (is_refused and _is_accepted_now(template, preview)):
            preview.rows_at_one = len(rows)


def _may_begin_at_one(template: ListingTemplate, preview: ResourcePreview) -> bool:
    """Return whether position 0 is refused, or is a page without rows."""
    is_page = template.paging.paginator.name == "page_number" and bool(preview.pages)
    return is_page or preview.status in STATUSES_OF_NO_PAGE


def _is_accepted_now(template: ListingTemplate, preview: ResourcePreview) -> bool:
    """Return whether position 0 has rows the second time, or no request is left to ask for it."""
    return preview.requests_left < 1 or bool(_request_rows(template, preview, 0))


def _request_rows(template: ListingTemplate, preview: ResourcePreview, position: int) -> list[Any]:
    """Return the rows at a position; none where the API has no such page, or no request is left."""
    if preview.first_request is None or preview.requests_left < 1:
        return []
    request = copy.copy(preview.first_request)
    request.json = copy.deepcopy(request.json)  # Not its auth, which may hold a lock.
    name = template.paging.paginator.position_param
    send_value(request, name, None if name in read_query(request) else name, position)
    listing = Listing(template, preview.bindings, preview.inherited)
    try:
        with UnexpectedErrors(template.place):
            return listing.accept(_send(listing, request, preview)).rows
    except ApiError:
        return []


def probe_window(template: ListingTemplate, preview: ResourcePreview) -> None:
    """Ask for the day of a listed row, where the request holds the window."""
    is_sent = preview.resource.sends_start or preview.resource.sends_end
    if not is_sent or preview.is_repeated or preview.requests_left < 1:
        return
    probe, rows, is_precise = ProbeResult(), preview.pages[0], preview.requests_left >= 2
    preview.lost_window = find_lost_window(
        template,
        preview.bindings,
        rows,
        probe,
        is_precise=is_precise,
        inherited=preview.inherited,
    )
    if 2 * probe.rows_outside > probe.rows_dated:
        preview.rows_outside = probe.rows_outside
    preview.window_refusal = probe.refusal
    preview.is_window_refused = probe.refusal_status in STATUSES_OF_NO_PAGE
    preview.requests += probe.requests


def mask_previews(
    templates: Mapping[str, ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> None:
    """Give each preview its mask; the pages stay as they came, for further requests."""
    masks = {name: template.row_mask for name, template in templates.items()}
    for name, preview in previews.items():
        preview.row_mask = masks[name]
        list(masks[name].apply(preview.rows))
    for name, preview in previews.items():
        preview.mask_warnings = masks[name].list_warnings(masks.values())

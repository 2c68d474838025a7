"""Asks for the first pages of each resource, as a load would, but without retries.

A child is asked for by the rows of its parent's first page, until one of them has children.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from requests import Request

from analytics_ingest.common.errors import ApiError
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.api_context import ApiContext
from analytics_ingest.extract.children import Opening, children_of
from analytics_ingest.extract.http.client import Answer
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.probes.empty_results import ProbeResult, first_rows, window_with_a_row
from analytics_ingest.extract.request_queue import RequestQueue
from analytics_ingest.extract.selector import detected
from analytics_ingest.preview.cursors import readable_cursors

PARENTS_TRIED = 3
"""Rows of a parent that are tried, at most, for one that has children."""


@dataclass
class ResourcePreview:
    """What the API answered for one resource."""

    resource: ResourceDeclaration
    template: ListingTemplate
    status: int | None = None
    requests: int = 0
    first: Request | None = None
    body: Any = None
    """The first page as it came."""
    pages: list[list[Any]] = field(default_factory=list)
    """The rows of the first page, and of the second where there is one."""
    following: Request | None = None
    """The request after the first page; None where the listing ends there."""
    is_repeated: bool = False
    """The second page holds the same rows as the first."""
    problem: str = ""
    """Why there is no first page, or no second one."""
    is_filter_unknown: bool = False
    """The window of a day that holds a row comes back empty."""

    @property
    def rows(self) -> list[Any]:
        """All rows that were seen."""
        return [row for page in self.pages for row in page]

    @property
    def is_asked(self) -> bool:
        """Whether there was anything to ask: a parent without rows has no children."""
        return self.first is not None


def preview_resources(connection: ApiContext) -> dict[str, ResourcePreview]:
    """Ask for all resources of a connection; those that do not wait for a parent at once."""
    flight, tried = RequestQueue(connection.client), dict[str, ResourcePreview]()
    openings = dict(_openings_of_roots(connection.templates))
    try:
        while openings:
            calls = [partial(_try, connection.templates[name], o) for name, o in openings.items()]
            found = dict(zip(openings, flight.results(calls), strict=True))
            tried |= found
            openings = dict(_openings_of_children(connection.templates, found))
    finally:
        connection.client.close()
        flight.end()
    return {name: tried[name] for name in connection.templates}


def _openings_of_roots(
    templates: Mapping[str, ListingTemplate],
) -> Iterator[tuple[str, list[Opening]]]:
    for name, template in templates.items():
        if template.resource.parent is None:
            values = template.request_template.values[:1]
            yield name, [(template, bindings, {}) for bindings in values]


def _openings_of_children(
    templates: Mapping[str, ListingTemplate], parents: Mapping[str, ResourcePreview]
) -> Iterator[tuple[str, list[Opening]]]:
    for name, parent in parents.items():
        rows = parent.pages[0] if parent.pages else []
        for child in children_of(name, templates):
            yield child.template.resource.name, list(child.openings(rows))[:PARENTS_TRIED]


def _try(template: ListingTemplate, openings: Sequence[Opening]) -> ResourcePreview:
    requests = 0
    tried = ResourcePreview(template.resource, template)
    for _, bindings, inherited in openings:
        tried = ResourcePreview(template.resource, template, requests=requests)
        _ask(Listing(template, bindings, inherited), tried)
        requests = tried.requests
        if tried.rows:
            _try_window(template, bindings, tried)
            break
        if tried.status != HTTPStatus.NOT_FOUND and tried.problem:
            break
    return tried


def _ask(listing: Listing, tried: ResourcePreview) -> None:
    """Ask for the first page and, where the listing goes on, for the second."""
    try:
        tried.first = listing.next_request()
        answer = _send(listing, tried.first, tried)
        tried.status = answer.response.status_code
        tried.body = None if answer.ignored else answer.response.json()
        tried.pages.append(listing.accept(answer).rows)
        if not listing.ended:
            _ask_for_second(listing, tried)
    except ApiError as error:
        if not tried.pages:
            tried.status = error.status or tried.status
        tried.problem = str(error)


def _ask_for_second(listing: Listing, tried: ResourcePreview) -> None:
    tried.following = listing.next_request()
    try:
        answer = _send(listing, tried.following, tried)
    except ApiError as error:
        listing.accept_refusal(Answer(), error)
        return
    first, second = (_rows(tried.template, body) for body in (tried.body, answer.response.json()))
    tried.is_repeated = bool(first) and first == second
    tried.pages.append(listing.accept(answer).rows)


def _send(listing: Listing, request: Request, tried: ResourcePreview) -> Answer:
    template, answer = listing.template, Answer()
    try:
        template.client.send(template.resource, request, template.auth, answer)
    finally:
        tried.requests += answer.requests
    return answer


def _rows(template: ListingTemplate, body: Any) -> list[Any]:
    return (template.selector or detected(body)).rows(body)


def _try_window(
    template: ListingTemplate, bindings: Mapping[str, Any], tried: ResourcePreview
) -> None:
    """Ask for a window that holds a row which was listed, where the API is to filter."""
    incremental = tried.resource.incremental
    if incremental is None or not (incremental.start_param or incremental.end_param):
        return
    if moments := readable_cursors(incremental, tried.rows):
        proof = ProbeResult()
        known = window_with_a_row(moments)
        rows = first_rows(template, known, template.auth, bindings, proof)
        tried.is_filter_unknown = rows == []
        tried.requests += sum(answer.requests for answer in proof.answers)

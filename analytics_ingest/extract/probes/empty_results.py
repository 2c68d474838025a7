"""Whether a resource without rows is empty, or its path, its parameters or its key are wrong.

Some APIs answer 200 without rows to a parameter or a key that they do not know. So when everything
else is read, resources without rows are probed by one or two requests each: without the window,
with a window that must hold a row, without the paginator's parameters, or with an invalid key. The
window is also probed if no row is of the day on which it begins, or of the last one where requests
hold no end.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Any

from analytics_ingest.common.errors import ApiError, PagingError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.page import Page
from analytics_ingest.extract.parents.children import Opening
from analytics_ingest.extract.probes.first_page import ProbeResult, request_first_page
from analytics_ingest.extract.probes.paging import (
    list_paging_params,
    probe_page_0,
    probe_page_1,
    probe_paging,
)
from analytics_ingest.extract.probes.span import SpanEvidence, probe_span
from analytics_ingest.extract.probes.window import StartEvidence, probe_window
from analytics_ingest.extract.request_queue import RequestQueue
from analytics_ingest.extract.stats import Stats

Probe = Callable[[ListingTemplate, Mapping[str, Any]], ProbeResult]


class EmptyResultProbe:
    """Probes the resources of a load that have no rows, when all are read.

    Args:
        queue: Sends the requests of the probes.
    """

    def __init__(self, queue: RequestQueue) -> None:
        self._queue = queue
        self._opened: dict[str, Opening] = {}
        self._evidence: dict[str, StartEvidence] = {}
        self._spans: dict[str, SpanEvidence] = {}

    def note(self, opening: Opening) -> None:
        """Note a listing; the first of each resource is the one that is probed."""
        name = opening.template.resource.name
        if name not in self._opened:
            self._opened[name] = opening
            self._evidence.setdefault(name, StartEvidence(opening.template))
            self._spans.setdefault(name, SpanEvidence(opening.template))

    def note_page(self, page: Page) -> None:
        """Note the rows of a page: they may show that the window filter is understood."""
        self._evidence[page.resource].note(page.rows)
        self._spans[page.resource].note(page.rows)

    def probe_all(
        self, stats: Mapping[str, Stats], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        """Probe all resources that were noted since the last call.

        Args:
            stats: Resource → the counts of what was read; `is_empty` is set in them.
            failed: Names of resources that are not probed; read again before each probe.
        """
        opened, self._opened = self._opened, {}
        for name, opening in opened.items():
            if name not in failed:
                yield name, check_missing(opening.template, stats[name])
            if name not in failed:
                yield name, check_endings(opening.template)
        refused = {n: o for n, o in opened.items() if o.template.paging.evidence.without_page_0}
        yield from self._run(probe_page_0, refused, failed)
        empty = {name: opening for name, opening in opened.items() if not stats[name].rows_read}
        has_rows = len(empty) < len(opened)
        # A probe would create another job.
        opened = {name: o for name, o in opened.items() if not o.template.job}
        ended = {n: o for n, o in opened.items() if o.template.paging.evidence.ended_at_page_0}
        yield from self._run(probe_page_1, ended, failed)
        empty = {name: opening for name, opening in empty.items() if name in opened}
        unclear = {n: o for n, o in opened.items() if n in empty or self._evidence[n].is_missing}
        for name, result in self._run(probe_window, unclear, failed):
            has_rows |= result.has_rows
            stats[name].is_empty = result.is_empty and name in empty
            if result.is_down:
                empty.pop(name, None)  # Further probes would find it no better.
            yield name, result
        unproven = {n: o for n, o in opened.items() if self._spans[n].is_missing}
        yield from self._run(self._probe_span, unproven, failed)
        if not has_rows:
            yield from self._probe_paging(empty, failed)
            yield from self._probe_keys(empty, failed)

    def _probe_span(self, template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
        return probe_span(template, bindings, self._spans[template.resource.name])

    def _probe_paging(
        self, empty: Mapping[str, Opening], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        """Probe one listing: its failure shows what is wrong with all."""
        paged = {
            name: opening
            for name, opening in empty.items()
            if not opening.template.resource.parent
            and name not in failed
            and list_paging_params(opening.template, opening.bindings)
        }
        for name, opening in islice(paged.items(), 1):
            for _, result in self._run(probe_paging, {name: opening}, failed):
                yield name, result

    def _probe_keys(
        self, empty: Mapping[str, Opening], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        """Probe one resource for each key; the result holds for all resources with that key."""
        of_key: dict[int, list[str]] = {}
        for name, (template, *_) in empty.items():
            if template.auth and template.resource.parent is None and name not in failed:
                of_key.setdefault(id(template.auth), []).append(name)
        firsts = {names[0]: empty[names[0]] for names in of_key.values()}
        for names, (_, result) in zip(
            of_key.values(), self._run(probe_key, firsts, failed), strict=True
        ):
            yield names[0], result
            for name in names[1:] if result.problem else ():
                yield name, ProbeResult(problem=_build_error(empty[name].template))

    def _run(
        self, probe: Probe, empty: Mapping[str, Opening], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        openings = {name: opening for name, opening in empty.items() if name not in failed}
        results = self._queue.run(partial(probe, o.template, o.bindings) for o in openings.values())
        return zip(openings, results, strict=True)


def check_missing(template: ListingTemplate, stats: Stats) -> ProbeResult:
    """Check whether the API has any of a resource's listings; sends no request."""
    result, missing, resource = ProbeResult(), stats.listings_missing, template.resource
    if missing and missing == stats.listings:
        parent = " and ".join(parent.resource for parent in resource.parents)
        rows = "changed rows" if template.parents_since else "rows"
        problem = (
            f"the API answered 404 Not Found for all {missing} {rows} of {parent}; "
            "correct the path, or declare response_actions: [{status_code: 404, action: ignore}] "
            "if none of these rows has any children"
        )
        if template.parents_since:  # A few rows that changed may well have none.
            result.warnings.append(problem)
        else:
            result.problem = ApiError(f"{template.place}: {problem}")
    elif missing:
        result.messages.append(
            f"{missing} of {stats.listings} listings count as empty, because the API answered 404 "
            "Not Found"
        )
    if ignored := stats.listings_ignored:
        message = (
            f"{ignored} of {stats.listings} listings count as empty, because response_actions "
            "ignored the response"
        )
        result.messages.append(message)
        if resource.reads_changes:
            problem = "response_actions ignored a response, so changes would be lost"
            result.problem = ApiError(f"{template.place}: {problem}; narrow the action")
        elif ignored == stats.listings and (ignored > 1 or not resource.parent):
            result.warnings.append(f"{message}; check the path, or narrow the action")
    return result


def check_endings(template: ListingTemplate) -> ProbeResult:
    """Check what the listings of a resource have ended by; sends no request."""
    evidence = template.paging.evidence
    result = ProbeResult(messages=evidence.list_messages(), warnings=evidence.conclude())
    if problem := evidence.find_problem():
        result.problem = PagingError(f"{template.place}: {problem}")
    return result


def probe_key(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Probe whether an API without rows would refuse an invalid key."""
    result, auth = ProbeResult(), template.auth
    invalid = auth.with_invalid_key() if auth else None
    page = request_first_page(template, EVERYTHING, invalid, bindings, result) if invalid else None
    if page and not page.rows:
        result.problem = _build_error(template)
    if result.is_down and result.refusal_status in {None, HTTPStatus.TOO_MANY_REQUESTS}:
        # Any other status tells the wrong key from the right one.
        result.report_refusal("the API would refuse a wrong key")
    return result


def _build_error(template: ListingTemplate) -> ApiError:
    return ApiError(
        f"{template.place}: the API returned no rows, and it answers 200 to an invalid key too, so "
        f"a wrong key would look the same; check the key of {template.resource.api}, or remove "
        "auth if the endpoint is public"
    )

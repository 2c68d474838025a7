"""Whether an API reads the parameters of a paginator, or takes them for filters, and has a page 0.

Some servers answer 200 and no rows to a parameter that they do not know.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.errors import ApiDownError, BudgetUsedUpError, PagingError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.paging.first_page_number import CORRECTION, PROBED
from analytics_ingest.extract.paging.page_0 import REMEDY
from analytics_ingest.extract.probes.first_page import ProbeResult, request_first_page
from analytics_ingest.paginators.base import read_query


def list_paging_params(template: ListingTemplate, bindings: Mapping[str, Any]) -> list[str]:
    """List the query parameters that the paginator adds to the first request of a listing."""
    window_filter = template.window_filters[-1]
    bare = read_query(template.request_template.build_first_request(bindings, window_filter))
    sent = read_query(Listing(template, bindings).build_next_request())
    return [name for name in sent if name not in bare]


def probe_paging(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Probe whether the API has rows where the paginator adds no parameters, nor the window."""
    result, names = ProbeResult(), ", ".join(list_paging_params(template, bindings))
    page = request_first_page(template, EVERYTHING, template.auth, bindings, result, is_bare=True)
    has_rows = bool(page and page.rows)
    if has_rows and template.window_filters[-1].sent:
        # The windows that were requested may be empty, and older ones not.
        paged = request_first_page(template, EVERYTHING, template.auth, bindings, result)
        has_rows = not (paged and paged.rows)
    if has_rows and not result.is_down and not result.problem:
        result.problem = PagingError(
            f"{template.place}: the API returned no rows for a request with {names}, and rows for "
            "the same without, so it takes them for filters; correct the paginator's keys"
        )
    result.report_refusal(f"the API takes {names} for filters")
    return result


def probe_page_0(template: ListingTemplate, _: Mapping[str, Any]) -> ProbeResult:
    """Probe whether the API has no page 0: one listing of each way to be read without it."""
    result = ProbeResult()
    for listing in template.paging.evidence.without_page_0.values():
        page = request_first_page(
            template, listing.window, template.auth, listing.bindings, result, is_retried=True
        )
        if page and page.rows:
            problem = "page 0 was refused, and has rows now, which are missing; load it again"
            result.problem = PagingError(f"{template.place}: {problem}, or {CORRECTION}")
        elif not page:
            _note_unanswered(template, result)
        if result.problem or result.warnings:
            break
    return result


def probe_page_1(template: ListingTemplate, _: Mapping[str, Any]) -> ProbeResult:
    """Probe whether listings that ended at page 0 have rows on page 1 that are not on page 0."""
    result = ProbeResult()
    ended = template.paging.evidence.ended_at_page_0
    for listing, page_0 in ended:
        page = request_first_page(
            template,
            listing.window,
            template.auth,
            listing.bindings,
            result,
            is_retried=True,
            is_page_1=True,
        )
        if page is None:
            _warn_of_page_1(result)
            return result
        if page.sent and (page.says_more or not page_0.holds(page.sent)):
            problem = "the listing ended at page 0, and page 1 has other rows, or says that more"
            result.problem = PagingError(
                f"{template.place}: {problem} follow; the declaration names no first page: {REMEDY}"
            )
        if result.problem or not page.sent:
            return result
    if len(ended) == PROBED:
        sentence = "the declaration names no first page, and page 1 repeats page 0"
        result.warnings.append(f"{sentence}; {CORRECTION}")
    return result


def _warn_of_page_1(result: ProbeResult) -> None:
    """Warn that a request for page 1 failed, unless the status says that there is none.

    The rows of page 0 may well be all: an outage must not keep them from being loaded.
    """
    if isinstance(result.problem, BudgetUsedUpError):
        result.problem = None
    if result.refusal and not result.is_without_page:
        sentence = "rows may be missing: the listing ended at page 0, and it is not known whether "
        sentence = f"{sentence}page 1 has others, because the request for that failed: "
        result.warnings.append(f"{sentence}{result.refusal}; load it again, or {CORRECTION}")


def _note_unanswered(template: ListingTemplate, result: ProbeResult) -> None:
    """Note that a request for page 0 failed: a refusal is what was expected."""
    sentence = "page 0 was refused, and it is not known whether it has rows, because the request "
    sentence = f"{sentence}for that failed: {result.refusal}; load it again, or {CORRECTION}"
    if isinstance(result.problem, BudgetUsedUpError):
        result.problem = None
        result.warnings.append(sentence)
    elif result.refusal and not result.is_without_page:
        kind = ApiDownError if result.is_down else PagingError
        result.problem = kind(f"{template.place}: {sentence}")

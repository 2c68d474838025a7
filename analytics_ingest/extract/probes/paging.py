"""Whether an API reads the parameters of a paginator, or takes them for filters, and has a page 0.

Some servers answer 200 and no rows to a parameter that they do not know.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
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
    result = ProbeResult()
    page = request_first_page(template, EVERYTHING, template.auth, bindings, result, is_bare=True)
    if page and page.rows:
        if template.window_filters[-1].sent:
            # The windows that were requested may be empty, and older ones not.
            paged = request_first_page(template, EVERYTHING, template.auth, bindings, result)
            if paged and paged.rows:
                return result
        names = ", ".join(list_paging_params(template, bindings))
        result.problem = PagingError(
            f"{template.place}: the API returned no rows for a request with {names}, and rows for "
            "the same without, so it takes them for filters; correct the paginator's keys"
        )
    return result


def probe_page_0(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Probe whether the API still refuses page 0, without which a resource was read."""
    result, window = ProbeResult(), template.window_filters[-1].window
    page = request_first_page(template, window, template.auth, bindings, result)
    if page and page.rows:
        result.problem = PagingError(
            f"{template.place}: page 0 was refused, and has rows now, which are missing; load it "
            "again, or declare paginator.base_page"
        )
    return result

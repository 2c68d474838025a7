"""The request of a probe: the first page of a listing with another window or key, sent once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.errors import ApiDownError, ApiError, BudgetUsedUpError
from analytics_ingest.common.window import Window
from analytics_ingest.extract.chunks.chunked_pages import send_page
from analytics_ingest.extract.http.errors import UnexpectedErrors
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.paging.first_page_number import STATUSES_OF_NO_PAGE
from analytics_ingest.extract.stats import Attempts
from analytics_ingest.extract.windows.window_filter import WindowFilter


@dataclass
class ProbeResult:
    """The result of probing one resource."""

    attempts: list[Attempts] = field(default_factory=list)
    """What the requests of the probe cost."""
    has_rows: bool = False
    """The API has rows of the resource outside the window."""
    is_empty: bool = False
    """The API has no rows of the resource at all."""
    problem: ApiError | None = None
    """Why the resource must not pass for empty."""
    messages: list[str] = field(default_factory=list)
    """Lines for the log."""
    warnings: list[str] = field(default_factory=list)
    """What looks wrong, though nothing fails for it."""
    refusal: str = ""
    """Why the last request failed."""
    refusal_status: int | None = None
    rows_dated: int = 0
    """Rows with a cursor in the answers to windows."""
    rows_outside: int = 0
    """Those of them that lie more than a day outside the window."""
    is_without_page: bool = False
    """The API refused the last request as one for a page that it does not have."""
    is_down: bool = False
    """The last request failed because the API was overloaded or did not respond."""

    def report_refusal(self, question: str) -> None:
        """Report that nothing answers a question, because the last request failed.

        Where the API refuses what was sent, as one may that demands a window, it may well be right.
        """
        if not self.refusal or self.problem:
            return
        sentence = f"it is not known whether {question}, because the request for that failed"
        if self.is_down:
            self.warnings.append(f"{sentence}: {self.refusal}; load it again")
        else:
            self.messages.append(f"{sentence}: {self.refusal}")

    @property
    def requests(self) -> int:
        """How many requests the probe has sent."""
        return sum(attempts.requests for attempts in self.attempts)


class FirstPage(NamedTuple):
    """The first page of a listing."""

    rows: list[Any]
    is_last: bool
    sent: list[Any]
    """The rows as the API sent them."""
    says_more: bool
    """A flag says that another page follows."""


def request_first_page(
    template: ListingTemplate,
    window: Window,
    auth: Auth | None,
    bindings: Mapping[str, Any],
    result: ProbeResult,
    *,
    is_bare: bool = False,
    is_retried: bool = False,
    is_page_1: bool = False,
    inherited: Sequence[Mapping[str, Any]] = ({},),
) -> FirstPage | None:
    """Return the first page of a listing with another window or key; None if the request fails.

    Args:
        result: Counts the request.
        is_bare: Whether it is sent without the paginator's parameters.
        is_retried: Whether it is sent again if it fails.
        is_page_1: Whether page 1 is asked for, where page 0 is the first.
        inherited: Fields of the parent's row, to be added to each row.
    """
    changed = template.build_for_probe(
        WindowFilter(template.resource, window), auth, is_retried=is_retried
    )
    changed.paging.evidence.begins_at_one = is_page_1
    listing = Listing(changed, bindings, inherited)
    bare = changed.request_template.build_first_request(bindings, changed.window_filters[0])
    request = changed.build_api_request(bare if is_bare else listing.build_next_request(), bindings)
    result.attempts.append(request.attempts)
    try:
        with UnexpectedErrors(template.place):
            response = send_page(template.client, listing, request)
            if response.is_ignored:
                return None
            rows = listing.accept(response).rows
            sent = listing.selector.read_rows(response.body) if listing.selector else []
            flag = changed.paging.evidence.read(response, sent, len(sent)).flag
            return FirstPage(rows, listing.ended, sent, says_more=flag is True)
    except ApiError as error:
        if isinstance(error, BudgetUsedUpError):
            result.problem = error  # An empty result that cannot be probed is not taken for empty.
        result.refusal = template.without_place(error)
        result.refusal_status = error.status
        result.is_without_page = not error.is_declared and error.status in STATUSES_OF_NO_PAGE
        result.is_down = isinstance(error, ApiDownError)
        return None

"""The requests of a load that are in flight or answered and not yet used, in page order.

`Extractor` sends the requests of its listings here. A pool of threads sends them; `wait` returns
the listings that have new responses, and `take_ready` returns these in page order.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from requests import Request

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.children import Opening
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.page import Page
from analytics_ingest.extract.paging.loop_guard import compute_fingerprint
from analytics_ingest.extract.stats import Attempts

POLLING_INTERVAL = 0.5
"""Seconds between two looks for overdue responses, while waiting for one."""

Result = TypeVar("Result")
Waiting = Listing | Opening


@dataclass(frozen=True)
class PendingRequest:
    """A request that is in flight, or answered and not yet used."""

    fingerprint: str
    request: ApiRequest
    future: Future[ApiResponse]

    @property
    def attempts(self) -> Attempts:
        """What the request has cost so far."""
        return self.request.attempts

    def take_page(self, listing: Listing) -> Page:
        """Return the page of the response, or the listing's end if the request failed beyond it."""
        try:
            response = self.future.result()
        except ApiError as error:
            return listing.accept_error(error)
        return listing.accept(response)


class RequestQueue:
    """Sends requests concurrently, as many as the client's limit allows.

    Args:
        client: Sends the requests, and says how many may be in flight.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        # Twice the limit: requests that wait for a rate budget do not count in it.
        self._threads = ThreadPoolExecutor(2 * client.limit.maximum, thread_name_prefix="request")
        self._in_flight: dict[Future[ApiResponse], tuple[Listing, Request]] = {}
        self._pending: dict[Listing, deque[PendingRequest]] = {}

    @property
    def listings(self) -> list[Listing]:
        """The listings that have pending requests."""
        return list(self._pending)

    @property
    def is_idle(self) -> bool:
        """Whether no request is in flight."""
        return not self._in_flight

    def take_next(self, waiting: deque[Waiting]) -> Waiting | None:
        """Remove the first listing whose next request may be sent now."""
        held = self._list_held_back()
        room = {is_held: self._has_capacity(held, is_held=is_held) for is_held in (False, True)}
        for place, listing in enumerate(waiting):
            if room[_name_resource(listing) in held]:
                del waiting[place]
                return listing
            if not held:
                break  # The others lack capacity as well.
        return None

    def _list_held_back(self) -> set[str]:
        """List the resources with a request that waits for a rate budget."""
        in_flight = self._in_flight.values()
        return {
            _name_resource(listing) for listing, sent in in_flight if self._client.holds_back(sent)
        }

    def _has_capacity(self, held: Collection[str], *, is_held: bool) -> bool:
        """Return whether one more request may be sent, of the held back resources or of the others.

        The limit holds for each group: a request that waits for a budget does not delay the others.
        """
        names = (_name_resource(listing) for listing, _ in self._in_flight.values())
        return sum((name in held) == is_held for name in names) < self._client.limit.current

    def has_capacity_for(self, listing: Listing) -> bool:
        """Return whether a listing may prefetch one more page.

        Listings share the limit: where many are read at once, prefetching gains nothing, and each
        of them would ask beyond its end. A slow response holds back the later pages of its listing.
        """
        share = ceil(self._client.limit.current / len(self._pending))
        if self.count(listing) >= share:
            return False
        held = self._list_held_back()
        return self._has_capacity(held, is_held=_name_resource(listing) in held)

    def count(self, listing: Listing) -> int:
        """Return how many requests of a listing are pending."""
        return len(self._pending.get(listing, ()))

    def send(self, listing: Listing, request: Request) -> None:
        """Send a request of a listing: that of its next page, or a prefetched one."""
        call = listing.template.build_api_request(request, listing.bindings)
        future = self._threads.submit(self._client.send, call)
        self._in_flight[future] = listing, request
        pending = PendingRequest(compute_fingerprint(request), call, future)
        self._pending.setdefault(listing, deque()).append(pending)

    def wait(self, seconds: float) -> Iterable[Listing]:
        """Wait for a response, at most so long; returns the listings that have new ones."""
        done, _ = wait(self._in_flight, seconds, FIRST_COMPLETED)
        self._client.abort_overdue()
        return dict.fromkeys(self._in_flight.pop(future)[0] for future in done)

    def take_ready(self, listing: Listing) -> Iterator[PendingRequest]:
        """Remove the requests of a listing that are answered, up to the first that is not."""
        while self._pending.get(listing) and self._pending[listing][0].future.done():
            yield self._pending[listing].popleft()

    def has_next(self, listing: Listing) -> bool:
        """Return whether the next page of a listing was prefetched."""
        pending = self._pending.get(listing)
        return bool(pending) and pending[0].fingerprint == listing.compute_next_fingerprint()

    def cancel(self, listing: Listing) -> list[PendingRequest]:
        """Remove and return the requests of a listing; none of them is sent again."""
        cancelled = list(self._pending.pop(listing, ()))
        for pending in cancelled:
            pending.request.cancelled.set()
            if pending.future.cancel():
                del self._in_flight[pending.future]
        return cancelled

    def run(self, calls: Iterable[Callable[[], Result]]) -> list[Result]:
        """Call functions that send requests, concurrently; no other request may be in flight."""
        futures = [self._threads.submit(call) for call in calls]
        while wait(futures, POLLING_INTERVAL).not_done:
            self._client.abort_overdue()
        return [future.result() for future in futures]

    def close(self) -> None:
        """Stop; requests in flight are not waited for."""
        self._in_flight.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)


def _name_resource(listing: Waiting) -> str:
    return listing.template.resource.name

"""The requests of a load that are in flight or answered and not yet used, in page order.

`Extractor` sends the requests of its listings here. A pool of threads sends them; `wait` returns
the listings that have new responses, and `take_ready` returns these in page order.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeVar

from requests import Request

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.chunks.chunked_pages import send_page
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.job_listing import JobListing
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.page import Page
from analytics_ingest.extract.paging.loop_guard import compute_fingerprint
from analytics_ingest.extract.parents.children import Opening
from analytics_ingest.extract.stats import Attempts

POLLING_INTERVAL = 0.5
"""Seconds between two looks for overdue responses, while waiting for one."""

Result = TypeVar("Result")
Sent = Listing | JobListing
Waiting = Sent | Opening


@dataclass(frozen=True)
class PendingRequest:
    """A request that is in flight, or answered and not yet used."""

    fingerprint: str
    """Of the page's request; empty of a job."""
    request: ApiRequest
    future: Future[Any]
    """Gives the response, or the result of a job."""

    @property
    def attempts(self) -> Attempts:
        """What the request has cost so far."""
        return self.request.attempts

    def take_page(self, listing: Sent) -> Page:
        """Return the page of the response, or the listing's end if the request failed beyond it."""
        try:
            result = self.future.result()
        except ApiError as error:
            return listing.accept_error(error)
        return listing.accept(result)


class RequestQueue:
    """Sends requests concurrently, as many as the client's limit allows.

    Args:
        client: Sends the requests, and says how many may be in flight.
        has_jobs: Whether some listings are jobs.
    """

    def __init__(self, client: ApiClient, *, has_jobs: bool = False) -> None:
        self._client = client
        self._has_jobs = has_jobs
        # Twice the limit: requests that wait for a rate budget do not count in it.
        self._threads = ThreadPoolExecutor(2 * client.limit.maximum, thread_name_prefix="request")
        self._in_flight: dict[Future[Any], tuple[Sent, Request]] = {}
        self._pending: dict[Sent, deque[PendingRequest]] = {}

    @property
    def listings(self) -> list[Sent]:
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
            if room[_is_held_back(listing, held)]:
                del waiting[place]
                return listing
            if not any(room.values()) or not (held or self._has_jobs):
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

        The limit holds for each group: a request that waits for a budget, or a job that is not
        ready, does not delay the others.
        """
        listings = (listing for listing, _ in self._in_flight.values())
        return (
            sum(_is_held_back(listing, held) == is_held for listing in listings)
            < self._client.limit.current
        )

    def prefetch(self, listing: Sent) -> None:
        """Send the requests of a listing's later pages, as many as it may."""
        while isinstance(listing, Listing) and self._has_capacity_for(listing):
            request = listing.prefetch_request(self._count(listing))
            if request is None:
                break
            self._send(listing, request)

    def _has_capacity_for(self, listing: Sent) -> bool:
        """Return whether a listing may prefetch one more page.

        Listings share the limit: where many are read at once, prefetching gains nothing, and each
        of them would ask beyond its end. A slow response holds back the later pages of its listing.
        """
        reading = sum(isinstance(pending, Listing) for pending in self._pending)
        share = ceil(self._client.limit.current / max(reading, 1))
        if self._count(listing) >= share:
            return False
        held = self._list_held_back()
        return self._has_capacity(held, is_held=_is_held_back(listing, held))

    def _count(self, listing: Sent) -> int:
        """Return how many requests of a listing are pending."""
        return len(self._pending.get(listing, ()))

    def send_next(self, listing: Sent) -> None:
        """Send the request of a listing's next page, or run a job."""
        if isinstance(listing, Listing):
            self._send(listing, listing.build_next_request())
            return
        call = listing.build_api_request()
        future = self._threads.submit(listing.run, self._client, call)
        self._note(listing, PendingRequest("", call, future))

    def _send(self, listing: Listing, request: Request) -> None:
        call = listing.template.build_api_request(request, listing.bindings)
        future = self._threads.submit(send_page, self._client, listing, call)
        self._note(listing, PendingRequest(compute_fingerprint(request), call, future))

    def _note(self, listing: Sent, pending: PendingRequest) -> None:
        self._in_flight[pending.future] = listing, pending.request.http
        self._pending.setdefault(listing, deque()).append(pending)

    def wait(self, seconds: float) -> Iterable[Sent]:
        """Wait for a response, at most so long; returns the listings that have new ones."""
        done, _ = wait(self._in_flight, seconds, FIRST_COMPLETED)
        self._client.abort_overdue()
        return dict.fromkeys(self._in_flight.pop(future)[0] for future in done)

    def take_ready(self, listing: Sent) -> Iterator[PendingRequest]:
        """Remove the requests of a listing that are answered, up to the first that is not."""
        while self._pending.get(listing) and self._pending[listing][0].future.done():
            yield self._pending[listing].popleft()

    def use_prefetched(self, listing: Sent) -> bool:
        """Keep the prefetched pages of a listing if they come next; return whether they do."""
        pending = self._pending.get(listing)
        if listing.ended or not pending or not isinstance(listing, Listing):
            return False
        if pending[0].fingerprint != listing.compute_next_fingerprint():
            return False
        listing.use_prefetched()
        return True

    def cancel(self, listing: Sent) -> list[PendingRequest]:
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


def _is_held_back(listing: Waiting, held: Collection[str]) -> bool:
    """Return whether a listing waits for a budget, or is a job."""
    is_job = JobListing.precedes(listing) if isinstance(listing, Opening) else False
    return is_job or isinstance(listing, JobListing) or _name_resource(listing) in held


def _name_resource(listing: Waiting) -> str:
    return listing.template.resource.name

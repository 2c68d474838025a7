"""The requests of a load that are on their way or answered: of each listing in page order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from requests import Request

from analytics_ingest.extract.http.client import Answer, ApiClient
from analytics_ingest.extract.listing import Listing, fingerprint

SECONDS_BETWEEN_LOOKS = 0.5
"""How often to look, while waiting for answers, whether one takes too long."""

Result = TypeVar("Result")


@dataclass
class PendingRequest:
    """A request that is on its way or answered."""

    key: str
    """What tells it from others."""
    answer: Answer
    future: Future[None]


class RequestQueue:
    """Sends requests by threads of its own, and keeps account of them.

    Args:
        client: Sends them all, and says how many may be on their way.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._pool = ThreadPoolExecutor(client.pace.most, thread_name_prefix="request")
        self._going_on: dict[Future[None], Listing] = {}
        self._sent: dict[Listing, deque[PendingRequest]] = {}

    @property
    def listings(self) -> list[Listing]:
        """Those of which something is on its way or answered."""
        return list(self._sent)

    @property
    def is_idle(self) -> bool:
        """Whether no answer is to come."""
        return not self._going_on

    @property
    def has_room(self) -> bool:
        """Whether one more request may be sent now."""
        return len(self._going_on) < self._client.pace.allowed

    def has_room_for(self, listing: Listing) -> bool:
        """Whether one more of a listing may be: a slow answer holds back those behind it."""
        return self.has_room and self.sent(listing) < self._client.pace.allowed

    def sent(self, listing: Listing) -> int:
        """How many of a listing's requests are on their way or answered."""
        return len(self._sent.get(listing, ()))

    def send(self, listing: Listing, request: Request) -> None:
        """Send the next request of a listing, or one ahead of need."""
        template, answer = listing.template, Answer()
        future = self._pool.submit(
            self._client.send, template.resource, request, template.auth, answer
        )
        self._going_on[future] = listing
        sent = PendingRequest(fingerprint(request), answer, future)
        self._sent.setdefault(listing, deque()).append(sent)

    def answered(self, seconds: float) -> Iterable[Listing]:
        """The listings of which answers have come, waiting so long for one."""
        done, _ = wait(self._going_on, seconds, FIRST_COMPLETED)
        self._client.cut_overdue()
        return dict.fromkeys(self._going_on.pop(future) for future in done)

    def in_order(self, listing: Listing) -> Iterator[PendingRequest]:
        """The answers of a listing as far as they have come without a gap."""
        while self._sent.get(listing) and self._sent[listing][0].future.done():
            yield self._sent[listing].popleft()

    def comes_next(self, listing: Listing) -> bool:
        """Whether what a listing needs next was sent ahead of need."""
        sent = self._sent.get(listing)
        return bool(sent) and sent[0].key == listing.pending()

    def forget(self, listing: Listing) -> list[PendingRequest]:
        """Wait no longer for a listing's requests; gives them."""
        forgotten = list(self._sent.pop(listing, ()))
        for sent in forgotten:
            sent.answer.unwanted.set()
            if sent.future.cancel():
                del self._going_on[sent.future]
        return forgotten

    def results(self, calls: Iterable[Callable[[], Result]]) -> list[Result]:
        """Call functions that send requests, at the same time, when nothing else is on its way."""
        futures = [self._pool.submit(call) for call in calls]
        while wait(futures, SECONDS_BETWEEN_LOOKS).not_done:
            self._client.cut_overdue()
        return [future.result() for future in futures]

    def end(self) -> None:
        """Wait for nothing any longer."""
        self._going_on.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

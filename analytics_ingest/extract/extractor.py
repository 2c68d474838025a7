"""Reads all listings of a load together: which page to ask for next, and whose rows came.

Root listings are opened first; the rows of a parent open the listings of its children. Up to
`concurrency` requests are in flight, whoever asks for them; where there is room, pages are asked
for ahead of need. dlt's resources draw their pages with `pages`, and what they have not drawn yet
holds back further requests.

A resource that the API refuses fails alone, with its children; an API that is down is left alone.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from analytics_ingest.common.errors import ApiDownError, ApiError, LoadError
from analytics_ingest.common.log import LogLine
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.children import Opening, children_of
from analytics_ingest.extract.http.client import Answer, ApiClient
from analytics_ingest.extract.listing import Listing, Page
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.probes.empty_results import EmptyResultProbe
from analytics_ingest.extract.request_queue import (
    SECONDS_BETWEEN_LOOKS,
    PendingRequest,
    RequestQueue,
)
from analytics_ingest.extract.stats import Stats

PAGES_HELD = 3
"""Pages that may wait to be drawn for each request in flight, before requests are held back."""

TOLD_AFTER = 5.0
"""Seconds of waiting for the requests of other runs, after which it is told, once."""


class Extractor:
    """All pages of the wanted resources, each listing read once.

    Args:
        templates: The resources to read, parents first.
        wanted: Names of those whose rows are drawn; the others serve their children only.
        client: Sends all their requests; closed when the API is down.
        log: Told when a resource fails.
    """

    def __init__(
        self,
        templates: Mapping[str, ListingTemplate],
        wanted: frozenset[str],
        client: ApiClient,
        log: LogLine,
    ) -> None:
        self._client = client
        self.failures: dict[str, LoadError] = {}
        """Why a resource could not be read whole; what came of it must not be stored."""
        self._log = log
        self.stats = {name: Stats() for name in templates}
        self._drawable: dict[str, deque[list[Any]]] = {name: deque() for name in wanted}
        self._held = 0
        self._told_of_others = False
        self._began: dict[str, float] = {}
        self._queue = RequestQueue(client)
        self._empty_result_probe = EmptyResultProbe(self._queue)
        self._children = {name: children_of(name, templates) for name in templates}
        self._waiting: deque[Listing | Opening] = deque(
            (template, values, {})
            for template in templates.values()
            if template.resource.parent is None
            for values in template.request_template.values
        )

    def pages(self, resource: str) -> Iterator[list[Any] | None]:
        """Draw a resource's pages.

        None passes the turn to the other resources; an empty page: a listing is read again.
        """
        drawable = self._drawable[resource]
        while drawable or self._waiting or self._queue.listings:
            if self._held < PAGES_HELD * self._client.pace.most:
                # Also while there are pages to draw: no request waits until they are dealt with.
                self._advance(0 if drawable else SECONDS_BETWEEN_LOOKS)
            if drawable:
                self._held -= 1
                yield drawable.popleft()
            else:
                yield None
        self.stats[resource].finished = True

    def close(self) -> None:
        """Stop asking; requests in flight are not waited for."""
        self._waiting.clear()
        self._forget_all()
        self._queue.end()

    def _advance(self, seconds: float) -> None:
        """Wait so long for an answer, take all that came in order, and send what may be sent."""
        if self._queue.is_idle:
            self._send_more()
        answered = self._queue.answered(seconds)
        self._tell_of_others()
        for listing in answered:
            self._take_in_order(listing)
        self._send_more()
        is_over = not self._waiting and not self._queue.listings
        if is_over and not self._client.stop.is_set():
            self._look_at_what_is_empty()

    def _look_at_what_is_empty(self) -> None:
        """Fail what came back empty though it is not: all else is read by now."""
        for name, proof in self._empty_result_probe.proofs(self.stats, self.failures):
            for answer in proof.answers:
                self._count(name, answer)
            if proof.told:
                self._log(proof.told)
            if proof.problem:
                self.fail(name, proof.problem)

    def _tell_of_others(self) -> None:
        slots = self._client.slots
        if not self._told_of_others and slots.seconds_held_up > TOLD_AFTER:
            self._told_of_others = True
            allowed = f"a concurrency of {slots.count} allows"
            self._log(f"waiting for other runs, which ask as much as {allowed}")

    def _send_more(self) -> None:
        while self._waiting and self._queue.has_room:
            listing = self._waiting.popleft()
            if isinstance(listing, tuple):
                template, bindings, inherited = listing
                listing = Listing(template, bindings, inherited)
                self.stats[template.resource.name].listings += 1
                self._empty_result_probe.note(template, bindings)
            self._began.setdefault(listing.template.resource.name, time.monotonic())
            with self._failing(listing.template.resource):
                self._queue.send(listing, listing.next_request())
        for listing in self._queue.listings:
            self._ask_ahead(listing)

    def _ask_ahead(self, listing: Listing) -> None:
        while self._queue.has_room_for(listing):
            request = listing.request_ahead(self._queue.sent(listing))
            if request is None:
                break
            self._queue.send(listing, request)

    def _take_in_order(self, listing: Listing) -> None:
        """Take the answers of a listing as far as they have come without a gap."""
        for sent in self._queue.in_order(listing):
            self._count(listing.template.resource.name, sent.answer)
            with self._failing(listing.template.resource):
                page = _page(listing, sent)
                self._go_on(listing, sent.answer)
                self._client.pace.faster()
                self._take(page)

    @contextmanager
    def _failing(self, resource: ResourceDeclaration) -> Iterator[None]:
        """A block whose errors fail the resource, or the whole API that is down."""
        try:
            yield
        except ApiDownError as error:
            self._leave_alone(resource, error)
        except LoadError as error:
            self.fail(resource.name, error)
        except RecursionError:
            told = f"{resource.api}.{resource.name}: an answer is nested too deeply to be read"
            self.fail(resource.name, ApiError(told))

    def _go_on(self, listing: Listing, answer: Answer) -> None:
        """Keep what was asked for ahead if it is what comes next, else forget it."""
        # What was served long before this page may not fit to it: see steadiness.
        is_late = answer.retries > 0
        if not listing.ended and not is_late and self._queue.comes_next(listing):
            listing.go_on_with_what_was_sent()
            return
        self._forget(listing)
        if not listing.ended:
            self._waiting.appendleft(listing)

    def _forget(self, listing: Listing) -> None:
        for sent in self._queue.forget(listing):
            self._count(listing.template.resource.name, sent.answer)

    def _forget_all(self) -> None:
        for listing in self._queue.listings:
            self._forget(listing)

    def _leave_alone(self, resource: ResourceDeclaration, error: ApiDownError) -> None:
        """The API is down: send nothing more, and fail whatever is not read to its end."""
        api = resource.api
        self._log(f"{api} is down, no further request is sent: {error}")
        self._client.close()
        unread = {template_of(w).resource.name for w in (*self._waiting, *self._queue.listings)}
        self._waiting.clear()
        self._forget_all()
        self._queue.end()
        self.fail(resource.name, error)
        for name in unread - set(self.failures):
            self.fail(name, ApiDownError(f"{api}.{name}: not read to its end, the API is down"))

    def fail(self, name: str, error: LoadError) -> None:
        """Fail a resource and its children, and forget their listings."""
        if name in self.failures:
            return
        self.failures[name] = error
        self._log(f"failed: {error}")
        if name in self._drawable:
            self._held -= len(self._drawable[name])
            self._drawable[name].clear()
        self._waiting = deque(w for w in self._waiting if template_of(w).resource.name != name)
        for listing in [w for w in self._queue.listings if w.template.resource.name == name]:
            self._forget(listing)
        for child in self._children[name]:
            resource = child.template.resource
            cause = "" if name in self._drawable else f": {error}"
            told = f"{resource.api}.{resource.name}: not read, because {name} failed{cause}"
            self.fail(resource.name, type(error)(told))

    def _take(self, page: Page) -> None:
        if page.told:
            self._log(page.told)
        if page.is_read_again and page.resource in self._drawable:
            self._draw_later(page.resource, [])
        stats = self.stats[page.resource]
        stats.pages += not page.is_check
        stats.listings_missing += page.is_missing
        stats.rows_read += len(page.rows)
        for child in self._children[page.resource]:
            if child.template.resource.name in self.failures:
                continue
            opened = list(child.openings(page.rows))
            self.stats[child.template.resource.name].parents_skipped = child.skipped
            # Children go first: a parent's later pages wait, so few listings are open at a time.
            self._waiting.extendleft(reversed(opened))
        if page.resource in self._drawable and page.rows:
            self._draw_later(page.resource, page.rows)

    def _draw_later(self, resource: str, rows: list[Any]) -> None:
        self._drawable[resource].append(rows)
        self._held += 1

    def _count(self, name: str, answer: Answer) -> None:
        """Count what an answer took, whatever came of it."""
        stats = self.stats[name]
        stats.requests += answer.requests
        stats.retries += answer.retries
        stats.seconds_waited += answer.seconds_waited
        stats.seconds = time.monotonic() - self._began[name]


def _page(listing: Listing, sent: PendingRequest) -> Page:
    """What the listing makes of an answer or a refusal."""
    try:
        sent.future.result()
    except ApiError as error:
        return listing.accept_refusal(sent.answer, error)
    return listing.accept(sent.answer)


def template_of(waiting: Listing | Opening) -> ListingTemplate:
    """The template of a listing, whether it is open or still to be opened."""
    return waiting[0] if isinstance(waiting, tuple) else waiting.template

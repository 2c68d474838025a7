"""Reads all listings of a load concurrently.

Resources without a parent are listed first; each of their rows opens the listings of the children.
Up to `concurrency` requests are in flight, prefetched pages among them. The rows of a `Page` wait
in a `PageBuffer` until `read_pages` yields them; a full one holds back further requests.

A resource whose request fails fails alone, with its children. In an `Outage` reading stops.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

from analytics_ingest.common.errors import ApiDownError, LimitsError, LoadError
from analytics_ingest.common.log import LogLine
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.finished_jobs import FinishedJobs
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.errors import UnexpectedErrors
from analytics_ingest.extract.job_listing import JobListing
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.page import Page, PageBuffer, PageSignal, Rows
from analytics_ingest.extract.parents.children import (
    Opening,
    find_children,
    list_unfilled,
    open_root_listings,
)
from analytics_ingest.extract.partition_rows import PartitionRows
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.probes.empty_results import EmptyResultProbe
from analytics_ingest.extract.request_queue import POLLING_INTERVAL, RequestQueue, Sent, Waiting
from analytics_ingest.extract.shared_keys import watch_keys
from analytics_ingest.extract.stats import Attempts, Stats


class Extractor:
    """Yields the pages of the wanted resources; each listing is read once.

    Args:
        templates: The resources to read, parents first.
        wanted: Names of those whose rows are stored; the others serve their children only.
        parts: Leaves out listings that are stored, or left to the next part.
    """

    def __init__(
        self,
        templates: Mapping[str, ListingTemplate],
        wanted: frozenset[str],
        client: ApiClient,
        log: LogLine,
        parts: ListingParts,
    ) -> None:
        self.failures: dict[str, LoadError] = {}
        """Why a resource could not be read whole; its rows must not be stored."""
        self.stats = {name: Stats(partitions=PartitionRows(parts.starts)) for name in templates}
        self.parts, self.templates = parts, templates
        self._client, self._log = client, log
        masks = {name: templates[name].row_mask for name in wanted}
        self._buffer = PageBuffer(masks, client.limit.maximum, self.failures)
        self._started: dict[str, float] = {}
        self._queue = RequestQueue(client, has_jobs=any(t.job for t in templates.values()))
        self._empty_results = EmptyResultProbe(self._queue)
        self._jobs = FinishedJobs(self._queue, client)
        self._shared_keys = watch_keys(templates[name].resource for name in wanted)
        self._children = find_children(templates)
        self._waiting: deque[Waiting] = deque(
            opening for template in templates.values() for opening in open_root_listings(template)
        )
        """Listings whose next request is still to be sent."""

    def read_pages(self, resource: str) -> Iterator[Rows]:
        """Yield the pages of a resource, and the signals between them."""
        buffer = self._buffer
        while buffer.has_pages(resource) or self._is_reading:
            if buffer.is_empty or (buffer.has_pages(resource) and not buffer.is_full):
                # Even if a page can be taken: no request waits until that page is stored.
                self._advance(POLLING_INTERVAL if buffer.is_empty else 0)
            if not buffer.is_empty:  # dlt would ask all resources again at once
                yield buffer.take(resource)
        self.stats[resource].finished = True

    def fail(self, name: str, error: LoadError) -> None:
        """Fail a resource and its children, and cancel their requests."""
        if name in self.failures:
            return
        self.failures[name], self.stats[name].finished = error, True
        self._log(f"failed: {error}")
        self._buffer.clear(name)
        self.parts.drop(name)
        self._waiting = deque(w for w in self._waiting if w.template.resource.name != name)
        for listing in self._queue.listings:
            if listing.template.resource.name == name:
                self._cancel(listing)
        for child in self._children[name]:
            resource = child.template.resource
            cause = "" if self._buffer.accepts(name) else f": {error}"
            message = f"{resource.api}.{resource.name}: not read, because {name} failed{cause}"
            self.fail(resource.name, type(error)(message))

    def close(self) -> None:
        """Stop reading; requests in flight are not waited for."""
        self._waiting.clear()
        for listing in self._queue.listings:
            self._cancel(listing)
        self._queue.close()

    @property
    def _is_reading(self) -> bool:
        is_requesting = bool(self._waiting or self._queue.listings)
        return is_requesting or bool(list_unfilled(self._children, self.failures))

    def _advance(self, seconds: float) -> None:
        """Wait for a response, at most so long; use all that came, and send what may be sent."""
        if self._queue.is_idle:
            self._send_requests()
        answered = self._queue.wait(seconds)
        if message := self._client.take_message():
            self._log(message)
        for listing in answered:
            self._use_responses(listing)
        self._send_requests()
        if not (self._waiting or self._queue.listings or self._client.is_closed):
            for child in list_unfilled(self._children, self.failures):
                self._waiting.extend(child.open_rest())
            self._send_requests()
        if not self._is_reading and not self._client.is_closed:
            self._end_children()
            self._probe_empty_results()
            self._jobs.delete_all(self.failures, self._log)

    def _send_requests(self) -> None:
        self._waiting = self.parts.cut_in_time(self._waiting, self._queue.listings, self.stats)
        while waiting := self._queue.take_next(self._waiting):
            resource = waiting.template.resource
            self._started.setdefault(resource.name, time.monotonic())
            with self._isolate_failure(resource):
                self._queue.send_next(self._open(waiting))
        for listing in self._queue.listings:
            with self._isolate_failure(listing.template.resource):
                self._queue.prefetch(listing)

    def _open(self, waiting: Waiting) -> Sent:
        if not isinstance(waiting, Opening):
            return waiting
        self.stats[waiting.template.resource.name].listings += 1
        self._empty_results.note(waiting)
        self.parts.note(waiting)
        return JobListing(*waiting) if JobListing.precedes(waiting) else Listing(*waiting)

    def _use_responses(self, listing: Sent) -> None:
        """Use the responses of a listing in page order, up to the first that has not come."""
        for pending in self._queue.take_ready(listing):
            self._count(listing.template.resource.name, pending.attempts)
            with self._isolate_failure(listing.template.resource):
                page = pending.take_page(listing)
                self._continue(listing, was_retried=pending.attempts.retries > 0)
                self._client.limit.increase()
                if keys := self._shared_keys.get(page.resource):
                    self.stats[page.resource].keys_shared += keys.note(listing.number, page.rows)
                self._use_page(page)

    def _continue(self, listing: Sent, *, was_retried: bool) -> None:
        """Go on after a response: with its prefetched pages, or with what a job has opened."""
        # After a retry, pages that were served long before may have shifted: see `ShiftCheck`.
        if not was_retried and self._queue.use_prefetched(listing):
            return
        self._cancel(listing)
        if isinstance(listing, JobListing):
            self._jobs.note(listing)
            self._waiting.extendleft(reversed(listing.take_openings()))
        elif not listing.ended:
            self._waiting.appendleft(listing)

    def _use_page(self, page: Page) -> None:
        if page.message:
            self._log(page.message)
        if page.is_restart:
            self._buffer.put(page.resource, PageSignal.RESTART)
            for child in self._children[page.resource]:
                child.restart()
        page.add_to(self.stats[page.resource])
        self._empty_results.note_page(page)
        self._open_children(page)
        if page.rows:
            self._buffer.put(page.resource, page.rows)

    def _open_children(self, page: Page) -> None:
        for child in self._children[page.resource]:
            if (name := child.template.resource.name) in self.failures:
                continue
            openings = self.parts.select(child.open_listings(page.rows))
            child.count_parents(self.stats[name])
            # Children go first: a parent's later pages wait, so few listings are open at a time.
            self._waiting.extendleft(reversed(openings))

    def _end_children(self) -> None:
        for child in chain.from_iterable(self._children.values()):
            if message := child.take_message():
                self._log(message)
            if problem := child.find_absent_field():
                self.fail(child.template.resource.name, problem)

    def _probe_empty_results(self) -> None:
        """Fail resources whose empty result may be wrong; warn the children of unstored ones."""
        for name, result in self._empty_results.probe_all(self.stats, self.failures):
            for attempts in result.attempts:
                self._count(name, attempts)
            self.stats[name].warn(result.warnings)
            for child in () if self._buffer.accepts(name) else self._children[name]:
                self.stats[child.template.resource.name].warn(result.warnings, place=name)
            for line in (*result.messages, *result.warnings):
                self._log(f"{self._client.api}.{name}: {line}")
            if result.problem:
                self.fail(name, result.problem)

    @contextmanager
    def _isolate_failure(self, resource: ResourceDeclaration) -> Iterator[None]:
        """Open a block whose errors fail the resource, or everything if the API is down."""
        try:
            with UnexpectedErrors(f"{resource.api}.{resource.name}"):
                yield
        except LoadError as error:
            is_outage = isinstance(error, ApiDownError) and self._client.outage.is_certain
            is_last = is_outage or isinstance(error, LimitsError)
            (self._abort if is_last else self.fail)(resource.name, error)

    def _abort(self, name: str, error: LoadError) -> None:
        """Send nothing more, and fail all resources that are not read to their end."""
        api, is_down = self._client.api, isinstance(error, ApiDownError)
        cause = "the API is down" if is_down else "its limits cannot be kept"
        self._log(f"{api}: {cause}, no further request is sent: {error}")
        self._client.close()
        rest = list_unfilled(self._children, self.failures)
        unread = {w.template.resource.name for w in (*self._waiting, *self._queue.listings, *rest)}
        self.close()
        self.fail(name, error)
        for other in (unread | self.parts.cut) - set(self.failures):
            self.fail(other, type(error)(f"{api}.{other}: not read to its end, because {cause}"))

    def _cancel(self, listing: Sent) -> None:
        for pending in self._queue.cancel(listing):
            self._count(listing.template.resource.name, pending.attempts)

    def _count(self, name: str, attempts: Attempts) -> None:
        self.stats[name].count(attempts)
        self.stats[name].seconds = time.monotonic() - self._started[name]

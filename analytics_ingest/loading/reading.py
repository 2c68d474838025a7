"""Reads all listings of a load together: which page to ask for next, and whose rows came.

Root listings are opened first; the rows of a parent open the listings of its children. Up to
`concurrency` requests are in flight, whoever asks for them; dlt's resources draw their pages with
`pages`, and what they have not drawn yet holds back further requests.

A resource that the API refuses fails alone, with its children; an API that is down is left alone.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from dlt.common import jsonpath

from analytics_ingest.config.declaration import ResourceDeclaration
from analytics_ingest.config.parents import Parent
from analytics_ingest.loading.client import ApiClient
from analytics_ingest.loading.errors import ApiDownError, LoadError
from analytics_ingest.loading.listing import Listing, ListingTemplate, Page
from analytics_ingest.loading.log import LogLine
from analytics_ingest.loading.stats import Stats

_NO_PARTS = (b"", b".", b"..")
"""No parts of a path: they would lead to another listing."""

PAGES_HELD = 8
"""Pages that may wait to be drawn for each request in flight, before requests are held back."""

SECONDS_BETWEEN_LOOKS = 0.5
"""How often to look, while waiting for answers, whether one takes too long."""

Opening = tuple[ListingTemplate, Mapping[str, Any], Mapping[str, Any]]
"""A listing to open: its template, its bindings, and what its rows inherit from the parent's."""


class Reading:
    """All pages of the wanted resources, each listing read once.

    Args:
        templates: The resources to read, parents first.
        wanted: Names of those whose rows are drawn; the others serve their children only.
        client: Sends all their requests; closed when the API is down.
        concurrency: Requests in flight at most.
        log: Told when a resource fails.
    """

    def __init__(
        self,
        templates: Mapping[str, ListingTemplate],
        wanted: frozenset[str],
        client: ApiClient,
        concurrency: int,
        log: LogLine,
    ) -> None:
        self._client = client
        self.failures: dict[str, LoadError] = {}
        """Why a resource could not be read whole; what came of it must not be stored."""
        self._log = log
        self.stats = {name: Stats() for name in templates}
        self._templates = templates
        self._concurrency = concurrency
        self._drawable: dict[str, deque[list[Any]]] = {name: deque() for name in wanted}
        self._held = 0
        self._began: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="request")
        self._in_flight: dict[Future[Page], Listing] = {}
        self._children = {name: _children_of(name, templates) for name in templates}
        self._waiting: deque[Listing | Opening] = deque(
            (template, {}, {})
            for template in templates.values()
            if template.resource.parent is None
        )

    def pages(self, resource: str) -> Iterator[list[Any] | None]:
        """Draw a resource's pages; None passes the turn to the other resources."""
        drawable = self._drawable[resource]
        while True:
            if drawable:
                self._held -= 1
                yield drawable.popleft()
            elif not (self._waiting or self._in_flight):
                self.stats[resource].finished = True
                return
            else:
                if self._held < PAGES_HELD * self._concurrency:
                    self._advance()
                if not drawable:
                    yield None

    def close(self) -> None:
        """Stop asking; requests in flight are not waited for."""
        self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _advance(self) -> None:
        while self._waiting and len(self._in_flight) < self._concurrency:
            listing = self._waiting.popleft()
            if isinstance(listing, tuple):
                template, bindings, inherited = listing
                listing = template.open(bindings, inherited)
            self._began.setdefault(listing.template.resource.name, time.monotonic())
            self._in_flight[self._pool.submit(listing.fetch)] = listing
        done, _ = wait(self._in_flight, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
        self._client.cut_overdue()
        for future in done:
            listing = self._in_flight.pop(future)
            error = future.exception()
            if isinstance(error, ApiDownError):
                self._leave_alone(listing, error)
                return
            if isinstance(error, LoadError):
                self.fail(listing.template.resource.name, error)
            else:
                self._take(listing, future.result())

    def _leave_alone(self, listing: Listing, error: ApiDownError) -> None:
        """The API is down: send nothing more, and fail whatever is not read to its end."""
        api = listing.template.resource.api
        self._log(f"{api} is down, no further request is sent: {error}")
        self._client.close()
        unread = {template_of(w).resource.name for w in (*self._waiting, *self._in_flight.values())}
        self._waiting.clear()
        self._in_flight.clear()
        self.fail(listing.template.resource.name, error)
        for name in unread - set(self.failures):
            self.fail(name, ApiDownError(f"{api}.{name}: not read to its end, the API is down"))

    def fail(self, name: str, error: LoadError) -> None:
        """Fail a resource and its children, and forget their listings."""
        if name in self.failures:
            return
        self.failures[name] = error
        self._log(f"failed: {error}")
        self._waiting = deque(w for w in self._waiting if template_of(w).resource.name != name)
        for child in self._children[name]:
            resource = child.template.resource
            cause = "" if name in self._drawable else f": {error}"
            told = f"{resource.api}.{resource.name}: not read, because {name} failed{cause}"
            self.fail(resource.name, type(error)(told))

    def _take(self, listing: Listing, page: Page) -> None:
        self._count(page)
        if page.resource in self.failures:
            return
        if not listing.ended:
            self._waiting.appendleft(listing)
        for child in self._children[page.resource]:
            if child.template.resource.name in self.failures:
                continue
            opened = list(child.openings(page.rows))
            self.stats[child.template.resource.name].parents_skipped = child.skipped
            # Children go first: a parent's later pages wait, so few listings are open at a time.
            self._waiting.extendleft(reversed(opened))
        if page.resource in self._drawable and page.rows:
            self._drawable[page.resource].append(page.rows)
            self._held += 1

    def _count(self, page: Page) -> None:
        stats = self.stats[page.resource]
        stats.requests += page.answer.requests
        stats.retries += page.answer.retries
        stats.seconds_waited += page.answer.seconds_waited
        stats.pages += 1
        stats.rows_read += len(page.rows)
        stats.seconds = time.monotonic() - self._began[page.resource]


class _Child:
    """A resource whose listings are opened by the rows of its parent, each binding once."""

    def __init__(self, template: ListingTemplate, parent: Parent) -> None:
        self.template = template
        self.skipped = 0
        self._parent = parent
        self._fields = [(n, jsonpath.compile_path(field)) for n, field in parent.bindings]
        self._inherited = [
            (f"_{parent.resource}_{field}", field)
            for field in template.resource.declared.include_from_parent
        ]
        self._seen: set[str] = set()

    def openings(self, rows: list[Any]) -> Iterator[Opening]:
        for row in rows:
            found = [(n, jsonpath.find_values(path, row)) for n, path in self._fields]
            bindings = {n: values[0] for n, values in found if values and values[0] is not None}
            if len(bindings) < len(found) or not all(map(_is_part, bindings.values())):
                self.skipped += 1
                continue
            key = repr(sorted(bindings.items()))
            if key not in self._seen:
                self._seen.add(key)
                yield self.template, bindings, {to: row.get(of) for to, of in self._inherited}


def _is_part(value: Any) -> bool:
    """Whether a value can stand in a path."""
    try:
        return str(value).encode() not in _NO_PARTS
    except UnicodeEncodeError:
        return False


def template_of(waiting: Listing | Opening) -> ListingTemplate:
    """The template of a listing, whether it is open or still to be opened."""
    return waiting[0] if isinstance(waiting, tuple) else waiting.template


def _children_of(name: str, templates: Mapping[str, ListingTemplate]) -> list[_Child]:
    return [
        _Child(template, template.resource.parent)
        for template in templates.values()
        if template.resource.parent and template.resource.parent.resource == name
    ]


def with_ancestors(
    resources: Mapping[str, ResourceDeclaration], wanted: frozenset[str]
) -> list[ResourceDeclaration]:
    """The wanted resources and all that must be read for them, parents first."""
    needed = set(wanted)
    for name in reversed(list(resources)):
        parent = resources[name].parent
        if name in needed and parent:
            needed.add(parent.resource)
    return [resource for name, resource in resources.items() if name in needed]

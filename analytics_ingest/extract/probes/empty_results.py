"""Whether a resource without rows is empty, or its path, its window filter or its key is wrong.

Some APIs answer 200 without rows to a parameter or a key that they do not know. So when everything
else is read, resources without rows are probed by one or two requests each: without the window,
with a window that must hold a row, or with an invalid key.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from analytics_ingest.auth.base import Auth
from analytics_ingest.common import cursor
from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.extract.children import Opening
from analytics_ingest.extract.http.client import Attempts
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.request_queue import RequestQueue
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.window_filter import WindowFilter

SETTLING_TIME = timedelta(hours=1)
"""The filter of an API may not find rows yet that changed later than this."""


@dataclass
class ProbeResult:
    """The result of probing one resource."""

    attempts: list[Attempts] = field(default_factory=list)
    """What the requests of the probe cost."""
    has_rows: bool = False
    """The API has rows of the resource outside the window."""
    problem: ApiError | None = None
    """Why the resource must not pass for empty."""
    message: str = ""
    """A line for the log."""


Probe = Callable[[ListingTemplate, Mapping[str, Any]], ProbeResult]


class EmptyResultProbe:
    """Probes the resources of a load that have no rows, when all are read.

    Args:
        queue: Sends the requests of the probes.
    """

    def __init__(self, queue: RequestQueue) -> None:
        self._queue = queue
        self._opened: dict[str, Opening] = {}

    def note(self, opening: Opening) -> None:
        """Note a listing; the first of each resource is the one that is probed."""
        self._opened.setdefault(opening.template.resource.name, opening)

    def results(
        self, stats: Mapping[str, Stats], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        """Probe all resources that were noted since the last call.

        Args:
            failed: Names of resources that are not probed; read again before each probe.
        """
        opened, self._opened = self._opened, {}
        for name, opening in opened.items():
            if name not in failed:
                yield name, check_missing(opening.template, stats[name])
        empty = {name: opening for name, opening in opened.items() if not stats[name].rows_read}
        has_rows = len(empty) < len(opened)
        for name, result in self._run(probe_window, empty, failed):
            has_rows |= result.has_rows
            yield name, result
        if not has_rows:
            yield from self._probe_keys(empty, failed)

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
                yield name, ProbeResult(problem=_unverified_key(empty[name].template))

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
        parent = resource.parent.resource if resource.parent else ""
        result.problem = ApiError(
            f"{template.place}: the API answered 404 Not Found for all {missing} rows of {parent}; "
            "correct the path, or declare response_actions: [{status_code: 404, action: ignore}] "
            "if none of these rows has any children"
        )
    elif missing:
        result.message = (
            f"{resource.api}.{resource.name}: {missing} of {stats.listings} listings count as "
            "empty, because the API answered 404 Not Found"
        )
    return result


def probe_window(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Probe whether the API understands the window filter that it was sent.

    If it lists rows without a window, then the day of such a row must have rows as well.
    """
    result, incremental = ProbeResult(), template.resource.incremental
    params = template.window_filter.params
    if incremental is None or not params:
        return result
    rows = first_rows(template, EVERYTHING, template.auth, bindings, result)
    result.has_rows = bool(rows)
    read = cursor.row_reader(incremental.cursor_path, incremental.cursor_format)
    moments = [at for at in map(read, rows or ()) if at is not None]
    if not moments:
        return result
    known = window_with_a_row(moments)
    if first_rows(template, known, template.auth, bindings, result) == []:
        sent = ", ".join(f"{name}={value}" for name, value in params.items())
        result.problem = ApiError(
            f"{template.place}: the API returned no rows for {sent}, nor for a day that is known "
            "to have rows (read without the filter); check incremental.start_param, end_param and "
            "param_format"
        )
    return result


def probe_key(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Probe whether an API without rows would refuse an invalid key."""
    result, auth = ProbeResult(), template.auth
    invalid = auth.with_invalid_key() if auth else None
    if invalid and first_rows(template, EVERYTHING, invalid, bindings, result) == []:
        result.problem = _unverified_key(template)
    return result


def _unverified_key(template: ListingTemplate) -> ApiError:
    return ApiError(
        f"{template.place}: the API returned no rows, and it answers 200 to an invalid key too, so "
        f"a wrong key would look the same; check the key of {template.resource.api}, or remove "
        "auth if the endpoint is public"
    )


def window_with_a_row(moments: Sequence[datetime]) -> Window:
    """A day that contains one of some cursors: a whole day, because some APIs only take dates.

    It begins at midnight, for APIs that compare text: there `2026-01-05 10:00` comes before
    `2026-01-05T00:00`.
    """
    settled = datetime.now(timezone.utc) - SETTLING_TIME
    moment = max([moment for moment in moments if moment < settled] or moments)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(day, day + timedelta(days=1))


def first_rows(
    template: ListingTemplate,
    window: Window,
    auth: Auth | None,
    bindings: Mapping[str, Any],
    result: ProbeResult,
) -> list[Any] | None:
    """The first page of a listing with another window or key; None if the request fails.

    Args:
        result: Counts the request.
    """
    changed = template.for_probe(WindowFilter(template.resource, window), auth)
    listing = Listing(changed, bindings)
    request = changed.api_request(listing.next_request())
    result.attempts.append(request.attempts)
    try:
        response = template.client.send(request)
        return None if response.is_ignored else listing.accept(response).rows
    except ApiError:
        return None

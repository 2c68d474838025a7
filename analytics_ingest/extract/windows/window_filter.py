"""The window of a resource: which rows a load keeps, and what its requests ask the API for.

`move_window` turns a load's window into the resource's own. It is cut into the pieces that the API
accepts, and a `WindowFilter` sends one of them. All of this is used only where it is declared.
Whatever an API sends, `load` filters the rows again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from analytics_ingest.common import cursor
from analytics_ingest.common.cursor import read_grain
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.exclusive_starts import excludes_start
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.parents import END_PLACEHOLDER, INCREMENTAL_PLACEHOLDERS
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.spans import SPANS
from analytics_ingest.declaration.window_cursors import find_cursor_bounds
from analytics_ingest.extract.windows.repeated_hours import (
    write_end,
    write_moment_before,
    write_start,
)

FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_MOMENT = datetime(9999, 12, 31, tzinfo=timezone.utc)
_SHORTEST = timedelta(microseconds=1)

_TOLERANCE = timedelta(days=1)
"""How far outside the window rows may lie: APIs filter by dates, or in a zone of their own."""


def build_cursor_reader(resource: ResourceDeclaration) -> cursor.Reader:
    """Build a function that reads a resource's cursor; dates are days of the partitions' zone."""
    cursor_format = resource.incremental.cursor_format if resource.incremental else "iso8601"
    return cursor.build_reader(cursor_format, resource.cursor_zone, resource.day_zone)


def build_row_cursor_reader(resource: ResourceDeclaration) -> cursor.Reader:
    """Build a function that reads the cursor of a row of a resource."""
    path = resource.incremental.cursor_path if resource.incremental else "$"
    return cursor.build_row_reader(path, build_cursor_reader(resource))


def build_piece_reader(resource: ResourceDeclaration, pieces: int) -> cursor.Reader | None:
    """Build a function that reads which piece of a window a row is of; None where each is its own.

    Rows without a key may come with two pieces, unless their cursor is made of their piece.
    """
    is_shared = pieces > 1 and resource.replaces_window and not find_cursor_bounds(resource)
    return build_row_cursor_reader(resource) if is_shared else None


def move_window(resource: ResourceDeclaration, window: Window, now: datetime) -> Window:
    """Return the window of a resource in a load: with its lookback, its first start and its margin.

    The margin moves both bounds: consecutive windows meet, although none reaches the present.
    """
    incremental, first = resource.incremental, resource.first_start
    if incremental is None:
        return window
    start, end = window.widen(resource.earlier).start, window.end
    if first:
        start = max(start, first) if start else first
    if incremental.end_margin:
        latest = now - incremental.end_margin
        end = min(end, latest) if end else latest
    return Window(start, max(start, end) if start and end else end)


class WindowFilter:
    """One window of a resource; EVERYTHING filters nothing.

    Attributes:
        window: The bounds that it asks for.
        params: The bounds to send, by query parameter; an open bound is not sent.
        bounds: The bounds as processing steps read them; an open one is 1970 or 9999.
        placeholders: The values of {incremental.…} in requests.
    """

    def __init__(self, resource: ResourceDeclaration, window: Window) -> None:
        self.window = window
        self._resource = resource
        self.bounds = self.placeholders = dict[str, Any]()
        if resource.incremental:
            self.bounds = _build_bounds(resource, resource.incremental, window)
            self.placeholders = self._build_placeholders()
        self.params = self._build_params()

    @property
    def sent(self) -> dict[str, Any]:
        """What a request holds of the window, by parameter and placeholder; empty if it is open."""
        if self.window.start is None and self.window.end is None:
            return {}
        names = self._resource.window_placeholders
        return {**self.params, **{n: v for n, v in self.placeholders.items() if n in names}}

    @property
    def sent_start(self) -> datetime | None:
        """The start of the window where the requests hold it, else None."""
        return self.window.start if self._resource.sends_start else None

    @property
    def sent_end(self) -> datetime | None:
        """The end of the window where the requests hold it, else None."""
        return self.window.end if self._resource.sends_end else None

    def _build_placeholders(self) -> dict[str, Any]:
        start, incremental = self.window.start, self._resource.incremental
        if start is None or start <= FIRST_MOMENT:
            return self.bounds
        if not incremental or not excludes_start(self._resource):
            return self.bounds
        sent = write_moment_before(start, incremental.param_format, self._resource.cursor_zone)
        return {n: v if n == END_PLACEHOLDER else sent for n, v in self.bounds.items()}

    def _build_params(self) -> dict[str, Any]:
        incremental, params = self._resource.incremental, dict[str, Any]()
        if incremental and incremental.start_param and self.window.start:
            params[incremental.start_param] = self.placeholders["incremental.start_value"]
        if incremental and incremental.end_param and self.window.end:
            params[incremental.end_param] = self.placeholders[END_PLACEHOLDER]
        return params


def _build_bounds(
    resource: ResourceDeclaration, incremental: Incremental, window: Window
) -> dict[str, Any]:
    pattern, zone = incremental.param_format, resource.cursor_zone
    first, last = window.start or FIRST_MOMENT, window.end or _LAST_MOMENT
    start, end = write_start(first, pattern, zone), write_end(last, pattern, zone)
    if incremental.inclusive_end:  # Its bounds are whole days, and one more would be added up.
        start = cursor.write(first, pattern, zone)
        end = cursor.write(last - _SHORTEST, pattern, zone)
    return {n: end if n == END_PLACEHOLDER else start for n in INCREMENTAL_PLACEHOLDERS}


def compute_tolerated_bounds(
    resource: ResourceDeclaration, filters: Sequence[WindowFilter]
) -> tuple[datetime | None, datetime | None]:
    """Compute the bounds beyond which no row is expected, from what was requested."""
    if not filters or resource.incremental is None:
        return None, None
    start, end = filters[0].sent_start, filters[-1].sent_end
    grain = read_grain(None, resource.incremental.param_format)
    # A bound that names a week, a month or a year returns all rows of it; the tolerance is a day.
    # The end is rounded up to a span, which some APIs include.
    span = SPANS[grain] if grain and grain != "day" else timedelta()
    return start and start - _TOLERANCE - span, end and end + _TOLERANCE + 2 * span

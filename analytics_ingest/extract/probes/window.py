"""Whether an API understands the window that a request holds, and filters by the cursor.

A filter that compares text, reads another zone or looks at another field loses rows with status
200. So a row that is listed without the filter must be in the answer for its own day, and for the
minutes around it where windows end within days. This is probed unless the load itself shows it: see
`StartEvidence`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, timezone
from functools import partial
from typing import Any

from analytics_ingest.common.cursor import is_date
from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.window_cursors import find_cursor_bounds
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.probes.first_page import (
    FirstPage,
    ProbeResult,
    request_first_page,
)
from analytics_ingest.extract.selectors.plain_values import PlainValue
from analytics_ingest.extract.windows.pieces import split_window
from analytics_ingest.extract.windows.window_filter import (
    FIRST_MOMENT,
    WindowFilter,
    build_row_cursor_reader,
    compute_tolerated_bounds,
    move_window,
)

_AROUND = timedelta(minutes=1)
_DATABLE = Window(
    datetime(1800, 1, 1, tzinfo=timezone.utc), datetime(9000, 1, 1, tzinfo=timezone.utc)
)
"""Beyond these a cursor may have no day around it: 9999-12-31 is a moment that never comes."""
SETTLING_TIME = timedelta(hours=1)
"""The filter of an API may not find rows yet that changed later than this."""


class StartEvidence:
    """Looks for a row on the day on which a requested window begins.

    A filter that compares text loses only the rows of that day, not those of later days.
    """

    def __init__(self, template: ListingTemplate) -> None:
        start = template.window_filters[0].sent_start
        # Where a first window begins, no row need be; a cursor made of the window shows nothing.
        is_first = start in (None, FIRST_MOMENT, template.resource.first_start)
        is_unproven = not is_first and not find_cursor_bounds(template.resource)
        self._read = build_row_cursor_reader(template.resource)
        self._day = _build_rest_of_day(start, template) if start and is_unproven else None

    @property
    def is_missing(self) -> bool:
        """Whether a start was sent, and no row shows that it is understood."""
        return self._day is not None

    def note(self, rows: Sequence[Any]) -> None:
        """Look at the rows of a page."""
        if self._day and any(at in self._day for at in map(self._read, rows) if at):
            self._day = None


def probe_window(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Probe whether the API understands the window filter that it was sent."""
    result, resource = ProbeResult(), template.resource
    sent = template.window_filters[-1].sent
    if resource.incremental is None:
        return result
    is_one_listing = not (resource.parents or resource.each)
    if not sent:
        result.is_empty = is_one_listing
        return result
    now = datetime.now(timezone.utc)
    # Of a window that is requested in pieces the newest: its rows are the most like the load's.
    pieces = list(split_window(resource, move_window(resource, EVERYTHING, now), now))
    newest = pieces[-1] if pieces else EVERYTHING
    page = request_first_page(template, newest, template.auth, bindings, result)
    result.has_rows = bool(page and page.rows)
    is_whole_page = page is not None and page.is_last and len(pieces) <= 1
    result.is_empty = is_one_listing and is_whole_page and not result.has_rows
    window = template.window
    is_precise = not (_is_midnight(window.start, template) and _is_midnight(window.end, template))
    rows = page.rows if page else ()
    if find_lost_window(template, bindings, rows, result, is_precise=is_precise):
        values = ", ".join(f"{name}={value}" for name, value in sent.items())
        result.problem = ApiError(
            f"{template.place}: the API was asked for {values}; a row that it returns without the "
            "filter is missing when the time of that row is requested; check "
            "incremental.start_param, end_param, param_format and timezone, and whether the API "
            f"filters by {resource.incremental.cursor_path}"
        )
    result.report_refusal(f"the API understands {' and '.join(sent)}")
    return result


def find_lost_window(
    template: ListingTemplate,
    bindings: Mapping[str, Any],
    rows: Sequence[Any],
    result: ProbeResult,
    *,
    is_precise: bool,
    inherited: Sequence[Mapping[str, Any]] = ({},),
) -> Window | None:
    """Find the window around a listed row in whose answer this row is missing.

    None if there is none.

    Args:
        rows: The first page of the listing, requested without the window.
        result: Counts the requests.
        is_precise: Whether to ask for the minutes around the row too, not for its day alone.
        inherited: Fields of the parent's row, which the rows have: they may be part of the key.
    """
    read = build_row_cursor_reader(template.resource)
    dated = [(at, row) for row in rows if (at := read(row)) and at in _DATABLE]
    if not dated or find_cursor_bounds(template.resource):
        return None
    settled = datetime.now(timezone.utc) - SETTLING_TIME
    at, row = max([d for d in dated if d[0] < settled] or dated, key=lambda pair: pair[0])
    windows = [_build_day(at, template)]
    if is_precise and _has_time(at, template):
        windows.append(Window(at - _AROUND, at + _AROUND))
    for window in windows:
        page = request_first_page(
            template, window, template.auth, bindings, result, inherited=inherited
        )
        if page is None:
            return None
        moments = [moment for moment in map(read, page.rows) if moment is not None]
        result.rows_dated += len(moments)
        result.rows_outside += _count_outside(moments, window, template)
        if _holds(page, row, template):
            continue
        is_full = not page.is_last and len(page.rows) >= len(rows)
        return None if is_full and _leads_to(at, moments) else window
    return None


def _count_outside(moments: Sequence[datetime], window: Window, template: ListingTemplate) -> int:
    """Count the rows far outside the bounds that were sent, as a load counts them."""
    resource = template.resource
    earliest, latest = compute_tolerated_bounds(resource, [WindowFilter(resource, window)])
    is_before = (earliest is not None and at < earliest for at in moments)
    is_after = (latest is not None and at > latest for at in moments)
    return sum(is_before) + sum(is_after)


def _has_time(at: datetime, template: ListingTemplate) -> bool:
    """Return whether a row has a time of day, and the request writes it."""
    incremental = template.resource.incremental
    is_sent = incremental and not is_date(None, incremental.param_format)
    return bool(is_sent) and not _is_midnight(at, template)


def _is_midnight(at: datetime | None, template: ListingTemplate) -> bool:
    return at is None or at.astimezone(template.resource.cursor_zone).time() == time()


def _build_day(at: datetime, template: ListingTemplate) -> Window:
    """Build the whole day of a cursor, because some APIs only take dates.

    It begins at midnight, for APIs that compare text: there `2026-01-05 10:00` comes before
    `2026-01-05T00:00`. A cursor of midnight itself needs the declared lookback.
    """
    incremental = template.resource.incremental
    local = at.astimezone(template.resource.cursor_zone)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = day, day + timedelta(days=1)
    if incremental and day == at:
        start -= incremental.earlier
    if incremental and incremental.end_margin:
        end = min(end, datetime.now(timezone.utc) - incremental.end_margin)
    return Window(start, end)


def _build_rest_of_day(start: datetime, template: ListingTemplate) -> Window:
    """Return the time from the start of a window to the end of its day, as the request writes it.

    A lookback of minutes leaves too little of a day to expect a row: then also the next day.
    """
    local = start.astimezone(template.resource.cursor_zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if midnight - start < timedelta(hours=1):
        midnight += timedelta(days=1)
    return Window(start, midnight)


def _holds(page: FirstPage, row: Any, template: ListingTemplate) -> bool:
    """Return whether a page has a row, recognized by its key if it has one."""
    identify = partial(_identify, template.resource.primary_key)
    return identify(row) in map(identify, page.rows)


def _identify(names: Sequence[str], row: Any) -> Any:
    """Return the key of a row; without one all objects are alike, and a plain value is itself."""
    is_whole = not isinstance(row, dict) or (not names and isinstance(row, PlainValue))
    return row if is_whole else [row.get(name) for name in names]


def _leads_to(at: datetime, moments: Sequence[datetime]) -> bool:
    """Return whether a sorted page ends before a moment, which then is on a later page."""
    if not moments:
        return True
    ordered = sorted(moments)
    is_ascending, is_descending = list(moments) == ordered, list(moments) == ordered[::-1]
    return (is_ascending and moments[-1] <= at) or (is_descending and moments[-1] >= at)

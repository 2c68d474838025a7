"""Cuts a window into the pieces that an API accepts: no longer than `max_window`.

Where requests hold only the start of a piece, it may stand for a week, a month or a year. So a
piece ends where the next of these begins, or no request would be for the span of the last rows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from analytics_ingest.common.cursor import read_grain, writes_dates
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.models.incremental import SHORTEST_MONTH, Incremental
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.windows.window_filter import FIRST_MOMENT

_DAY = timedelta(days=1)


def split_window(resource: ResourceDeclaration, window: Window, now: datetime) -> Iterator[Window]:
    """Yield the windows to request, oldest first: none if it is empty, pieces if it is too long.

    An open bound of a piece is 1970 or now.
    """
    incremental = resource.incremental
    longest = incremental.max_window if incremental else None
    # An API that takes only a start is sent one request: its rows are sorted by the cursor.
    is_whole = longest and not resource.sends_end and longest > SHORTEST_MONTH
    if not incremental or not longest or is_whole:
        if not window.is_empty:
            yield window
        return
    start, last = window.start or FIRST_MOMENT, window.end or now
    while start < last:
        end = min(_find_end(resource, incremental, longest, start), last)
        yield Window(start, end)
        start = end


def _find_end(
    resource: ResourceDeclaration, incremental: Incremental, longest: timedelta, start: datetime
) -> datetime:
    """Find where a piece ends at the latest."""
    if resource.sends_end:
        # An API that includes the day that ends a range counts it, so a piece is a day shorter.
        counts_end = not incremental.inclusive_end and writes_dates(incremental.param_format)
        return start + (longest - _DAY if counts_end and longest >= 2 * _DAY else longest)
    grain = read_grain(None, incremental.param_format)
    local = start.astimezone(resource.cursor_zone)
    if grain in ("week", "month", "year"):
        return _find_next(grain, local, incremental.param_format)
    if longest == SHORTEST_MONTH:
        return min(start + longest, _find_next("month", local))
    return start + longest


def _find_next(span: str, local: datetime, param_format: str = "") -> datetime:
    """Find when the next week, month or year begins.

    Args:
        param_format: Says which day begins a week.
    """
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    next_year = midnight.replace(year=local.year + 1, month=1, day=1)
    if span == "year":
        return next_year
    if span == "month":
        return (midnight.replace(day=1) + 32 * _DAY).replace(day=1)
    weekday = local.isoweekday() % 7 if "%U" in param_format else local.weekday()
    # The first week of a year in %U and %W begins on its first day.
    return min(midnight + (7 - weekday) * _DAY, next_year)

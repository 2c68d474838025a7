"""Whether the start of a window, sent without an end, asks for all since then, or for one span.

`?date=2026-01-05` and `/archive/2026/1.json` may stand for a day or a month. Then the rows of a
longer window are missing but for its first span. An API that returns everything since the start
has nothing newer to add when a later start is requested: only that is probed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.exclusive_starts import is_open_ended
from analytics_ingest.declaration.window_cursors import find_cursor_bounds
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.probes.first_page import ProbeResult, request_first_page
from analytics_ingest.extract.probes.window import SETTLING_TIME
from analytics_ingest.extract.windows.window_filter import FIRST_MOMENT, build_row_cursor_reader

_DAY = timedelta(days=1)


class SpanEvidence:
    """Looks for a row on the last day of a window whose requests hold only its start."""

    def __init__(self, template: ListingTemplate) -> None:
        self._read = build_row_cursor_reader(template.resource)
        self.newest: datetime | None = None
        """The newest cursor of a row."""
        self.began = datetime.now(timezone.utc)
        """Rows that changed later prove nothing: they may not be in any page."""
        self._last_day = self._find_last_day(template)

    def _find_last_day(self, template: ListingTemplate) -> datetime | None:
        """Find when the last day of the window begins; None where a start cannot mislead."""
        resource, filters = template.resource, template.window_filters
        incremental = resource.incremental
        if not incremental or find_cursor_bounds(resource):
            return None
        is_cut_by_day = incremental.max_window and incremental.max_window <= _DAY
        is_sent = filters[-1].sent_start or resource.window_placeholders
        if is_cut_by_day or not is_sent or not resource.sends_start or resource.sends_end:
            return None
        if is_open_ended(resource):
            return None
        start, end = filters[0].window.start, filters[-1].window.end
        last_day = min(end or self.began, self.began) - _DAY
        return last_day if (start or FIRST_MOMENT) + _DAY <= last_day else None

    @property
    def is_missing(self) -> bool:
        """Whether no row shows that the start asks for all rows since then."""
        return self._last_day is not None

    def note(self, rows: Sequence[Any]) -> None:
        """Look at the rows of a page."""
        if self._last_day is None:
            return
        for at in filter(None, map(self._read, rows)):
            self.newest = max(at, self.newest or at)
        if self.newest and self.newest >= self._last_day:
            self._last_day = None

    def list_starts(self) -> list[datetime]:
        """List later starts to probe: the last day, and one three days earlier, past a weekend."""
        return [self._last_day, self._last_day - 3 * _DAY] if self._last_day else []


def probe_span(
    template: ListingTemplate, bindings: Mapping[str, Any], evidence: SpanEvidence
) -> ProbeResult:
    """Probe whether a later start of the window has rows that are newer than all that were read."""
    result, filters = ProbeResult(), template.window_filters
    read = build_row_cursor_reader(template.resource)
    newest = evidence.newest or filters[0].window.start or FIRST_MOMENT
    settled = evidence.began - SETTLING_TIME
    for start in evidence.list_starts():
        if start <= newest:
            break
        later = Window(start, filters[-1].window.end)
        page = request_first_page(template, later, template.auth, bindings, result)
        if page is None:
            break
        moments = [at for at in map(read, page.rows) if at]
        if any(newest < at < settled for at in moments):
            result.problem = _build_error(template, start)
        if moments:
            break
    return result


def _build_error(template: ListingTemplate, start: datetime) -> ApiError:
    return ApiError(
        f"{template.place}: requests hold the start of the window and no end, and the request for "
        f"{start:%Y-%m-%d} has rows that are newer than all rows of an earlier start: either the "
        "start stands for a day, a week or a month, then declare incremental.max_window, such as "
        "1d; or the API ends a listing early, then declare max_window and the end_param"
    )

"""The window of a resource, as its API takes it: filters in the request, an early end of paging.

Both are used only where the declaration says that the API supports them. Whatever an API sends,
`load` filters the rows again, by the resource's own window. A parent is requested whole: its filter
here is EVERYTHING.
"""

from datetime import datetime, timezone
from typing import Any

from analytics_ingest.common import cursor
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.parents import INCREMENTAL_PLACEHOLDERS
from analytics_ingest.declaration.resolved import ResourceDeclaration

_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_MOMENT = datetime(9999, 12, 31, tzinfo=timezone.utc)


class WindowFilter:
    """One window of a resource; EVERYTHING filters nothing.

    Attributes:
        window: The bounds that it asks for.
        params: The bounds to send, by query parameter; an open bound is not sent.
        sent_start: The start of the window where `params` holds it, else None.
        placeholders: The values of {incremental.…}; an open bound is 1970 or 9999.
    """

    def __init__(self, resource: ResourceDeclaration, window: Window) -> None:
        self.window = window
        incremental = resource.incremental
        self.params = _params(incremental, window) if incremental else {}
        is_start_sent = incremental and incremental.start_param in self.params
        self.sent_start = window.start if is_start_sent else None
        self.placeholders = _placeholders(incremental, window) if incremental else {}
        self._row_order = incremental.row_order if incremental else None
        if incremental and self._row_order:
            self._read = cursor.row_reader(incremental.cursor_path, incremental.cursor_format)

    @classmethod
    def with_lookback(cls, resource: ResourceDeclaration, window: Window) -> "WindowFilter":
        """The filter of a load's window, widened by the lookback of the resource."""
        lookback = resource.incremental.lookback if resource.incremental else None
        return cls(resource, window.widened(lookback) if lookback else window)

    def is_past(self, rows: list[Any]) -> bool:
        """Whether all pages after this one lie outside the window, by the declared row order."""
        if not self._row_order:
            return False
        last = next((at for at in map(self._read, reversed(rows)) if at is not None), None)
        if last is None:
            return False
        if self._row_order == "desc":
            return self.window.start is not None and last < self.window.start
        return self.window.end is not None and last >= self.window.end


def _params(incremental: Incremental, window: Window) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if incremental.start_param and window.start:
        params[incremental.start_param] = cursor.write(window.start, incremental.param_format)
    if incremental.end_param and window.end:
        end = cursor.write(window.end, incremental.param_format, is_end=True)
        params[incremental.end_param] = end
    return params


def _placeholders(incremental: Incremental, window: Window) -> dict[str, Any]:
    start = cursor.write(window.start or _FIRST_MOMENT, incremental.param_format)
    end = cursor.write(window.end or _LAST_MOMENT, incremental.param_format, is_end=True)
    return {n: end if n.endswith("end_value") else start for n in INCREMENTAL_PLACEHOLDERS}

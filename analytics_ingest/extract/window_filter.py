"""How a window narrows a listing at the API: filters in the query, and an early end of paging.

Only where the declaration says that the API can; rows are filtered here in any case.
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from analytics_ingest.common import cursor
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.durations import parse_duration
from analytics_ingest.declaration.models.endpoint import Incremental
from analytics_ingest.declaration.parents import INCREMENTAL_PLACEHOLDERS
from analytics_ingest.declaration.resolve import ResourceDeclaration

_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_MOMENT = datetime(9999, 12, 31, tzinfo=timezone.utc)


def window_of(resource: ResourceDeclaration, window: Window) -> Window:
    """A resource's own window: widened by its lookback."""
    lookback = resource.incremental.lookback if resource.incremental else None
    return window.widened(parse_duration(lookback)) if lookback else window


def query_params(incremental: Incremental | None, window: Window) -> dict[str, Any]:
    """The window's bounds under `start_param` and `end_param`; an open bound is not sent."""
    params: dict[str, Any] = {}
    if incremental and incremental.start_param and window.start:
        params[incremental.start_param] = cursor.write(window.start, incremental.param_format)
    if incremental and incremental.end_param and window.end:
        params[incremental.end_param] = cursor.write(
            window.end, incremental.param_format, is_end=True
        )
    return params


def placeholder_values(incremental: Incremental | None, window: Window) -> dict[str, Any]:
    """Values of {incremental.…}; an open bound becomes 1970 or 9999."""
    if incremental is None:
        return {}
    start = cursor.write(window.start or _FIRST_MOMENT, incremental.param_format)
    end = cursor.write(window.end or _LAST_MOMENT, incremental.param_format, is_end=True)
    return {n: end if n.endswith("end_value") else start for n in INCREMENTAL_PLACEHOLDERS}


def has_passed(incremental: Incremental | None, window: Window) -> Callable[[list[Any]], bool]:
    """A function that says of a sorted page whether all further pages lie outside the window."""
    if incremental is None or incremental.row_order is None:
        return lambda rows: False
    read = cursor.row_reader(incremental.cursor_path, incremental.cursor_format)
    descending = incremental.row_order == "desc"

    def passed(rows: list[Any]) -> bool:
        for row in reversed(rows):
            at = read(row)
            if at is not None:
                if descending:
                    return window.start is not None and at < window.start
                return window.end is not None and at >= window.end
        return False

    return passed

"""Why the request of a parent's listing holds no window: a hint for an API that refuses it."""

from http import HTTPStatus

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.models.incremental import Incremental

_STATUSES = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
"""How APIs answer a request that lacks a parameter."""


def explain_unsent_bounds(
    incremental: Incremental | None, loaded: Window, requested: Window, status: int | None
) -> str:
    """Return that the refused request may lack a bound, and what to declare; else empty.

    Args:
        loaded: The window whose rows are loaded.
        requested: What the request asks for: more, if it is for the children of all rows.
    """
    if incremental is None or status not in _STATUSES:
        return ""
    start, end = incremental.start_param, incremental.end_param
    lacks_start = bool(start and loaded.start and not requested.start)
    lacks_end = bool(end and loaded.end and not requested.end)
    if not (lacks_start or lacks_end):
        return ""
    params = [p for p, is_lacking in ((start, lacks_start), (end, lacks_end)) if is_lacking]
    keys = ["initial_value"] if lacks_start else []
    keys += ["max_window"] if lacks_end else []
    return (
        f"; the request holds no {' and no '.join(filter(None, params))}, because a resource with "
        "children in the run is listed without the window. If the API requires "
        f"{'both' if len(params) > 1 else 'it'}, declare incremental.{' and '.join(keys)}"
    )

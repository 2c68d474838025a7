"""Refuses an `incremental` that cannot be read, that has no effect, or that would miss rows."""

from datetime import timedelta

from analytics_ingest.common.cursor import FORMATS, is_pattern, read_grain, writes_dates
from analytics_ingest.declaration.models.incremental import SEQUENCE, SHORTEST_MONTH
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.spans import SPANS, may_miss_rows


def check_incremental(resource: ResourceDeclaration) -> None:
    """Check the `incremental` of one resource.

    Raises:
        DeclarationError: Its values cannot be read, or its requests would miss rows.
    """
    incremental = resource.incremental
    if incremental is None:
        return
    _check_formats(resource)
    place, key = resource.place, "endpoint.incremental"
    if incremental.inclusive_end and not writes_dates(incremental.param_format):
        problem = (
            "has no effect, because param_format writes moments; write a date, such as '%Y-%m-%d', "
            "or remove this"
        )
        raise place.build_error(f"{key}.inclusive_end", problem)
    if incremental.inclusive_end and not resource.sends_end:
        problem = "has no effect, because no request holds the end of the window; declare end_param"
        raise place.build_error(f"{key}.inclusive_end", problem)
    if incremental.exclusive_start and not resource.sends_start:
        problem = "has no effect, because no request holds the start; declare start_param"
        raise place.build_error(f"{key}.exclusive_start", problem)
    if incremental.initial_value is not None and resource.first_start is None:
        problem = f"'{incremental.initial_value}' is not a moment; write e.g. '2025-06-01'"
        raise place.build_error(f"{key}.initial_value", problem)
    if incremental.max_window is not None and not _sends_pieces(resource, incremental.max_window):
        problem = (
            "has no effect, because the request does not hold both bounds of the window; declare "
            "start_param and end_param, or use {incremental.start_value} and "
            "{incremental.end_value}; the start is enough with row_order: asc"
        )
        raise place.build_error(f"{key}.max_window", problem)
    span = read_grain(None, incremental.cursor_format)
    if span and may_miss_rows(resource, span):
        raise place.build_error(f"{key}.cursor_format", describe_missed_dates(resource, span))


def _sends_pieces(resource: ResourceDeclaration, longest: timedelta) -> bool:
    """Return whether requests hold both bounds, or a start that is enough.

    It may name a day, a week or a month; or rows are sorted, so that a listing ends with a part.
    """
    is_sorted = resource.incremental is not None and resource.incremental.row_order == "asc"
    ends = resource.sends_end or longest <= SHORTEST_MONTH or is_sorted
    return resource.sends_start and ends


def describe_missed_dates(resource: ResourceDeclaration, span: str = "") -> str:
    """Say which rows a load misses whose cursor is a date, and what to declare.

    Args:
        span: What a date is: a day, week, month or year; empty where it may be any.
    """
    every, zone = resource.partitions.every, resource.partitions.timezone
    if not span and may_miss_rows(resource, "day"):
        span = "day"
    days = SPANS[span].days if span else 31
    return (
        f"a date is a whole {span or 'week, month or year'}, and its rows can follow after its "
        f"partition was loaded (partitions are {every}, in {zone}); declare "
        f"incremental.lookback: {days}d{'' if span else ', or as long as that'}"
    )


def _check_formats(resource: ResourceDeclaration) -> None:
    for key, formats in (("cursor_format", (*FORMATS, SEQUENCE)), ("param_format", FORMATS)):
        value = getattr(resource.incremental, key, "%")
        if value not in formats and "%" not in value:
            raise resource.place.build_error(
                f"endpoint.incremental.{key}",
                f"'{value}' is unknown; allowed are {', '.join(formats)}, or a pattern such as "
                "%d.%m.%Y",
            )
        if value not in formats and not is_pattern(value):
            raise resource.place.build_error(
                f"endpoint.incremental.{key}",
                f"'{value}' is not a pattern that strptime can read; for an epoch write epoch_s or "
                "epoch_ms",
            )

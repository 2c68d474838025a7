"""The spans that a cursor may name instead of a moment: a day, a week, a month or a year."""

from datetime import timedelta

from analytics_ingest.declaration.resolved import ResourceDeclaration

SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
_COVERED = {"hourly": (), "daily": ("day",), "weekly": ("day", "week"), "monthly": ("day", "month")}
"""Partitions → the spans that lie in one of them."""


def may_miss_rows(resource: ResourceDeclaration, span: str | None) -> bool:
    """Return whether a row may appear after its partition was loaded, as its cursor names a span.

    Args:
        span: day, week, month or year, as `read_grain` gives it; None for a moment.
    """
    incremental, partitions = resource.incremental, resource.partitions
    if incremental is None or span is None or resource.earlier >= SPANS[span]:
        return False
    has_other_zone = incremental.timezone not in (None, partitions.timezone)
    return span not in _COVERED[partitions.every] or has_other_zone

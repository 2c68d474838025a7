"""The `freshness` check: loads are on time, whether or not the API has new rows.

A partition is due from the moment it ends. An API without new rows still loads its due partitions,
and stays fresh. The age of the newest row is reported and not checked. What was loaded
must still be in the warehouse.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from analytics_ingest.declaration.models.limits import Freshness
from analytics_ingest.orchestration.checks.outcome import (
    CheckOutcome,
    abbreviate,
    describe_span,
    pluralize,
)

PARTITIONS_SHOWN = 3

PARTITIONS_ABSENT = "partitions_absent"
"""Metadata: how many partitions that were loaded the warehouse does not hold."""


def check_freshness(
    now: datetime,
    last_load: datetime | None,
    newest_row: datetime | None,
    due: Mapping[str, datetime],
    limits: Freshness,
    *,
    of_load: bool = False,
    has_rows: bool = False,
    absent: Sequence[str] = (),
) -> CheckOutcome:
    """Check the age of the last load and of the partitions that are due.

    Args:
        last_load: When the asset was last loaded successfully.
        newest_row: The newest cursor; it is reported and decides nothing.
        due: Partition → since when it is due, oldest first.
        of_load: `newest_row` is of the rows of one load, not of the whole table.
        has_rows: There are such rows, whether or not one has a cursor.
        absent: Partitions that were loaded and that the warehouse does not hold, oldest first.
    """
    metadata = {
        "partitions_due": len(due),
        "hours_since_last_load": _count_hours(last_load, now),
        "hours_since_newest_row": _count_hours(newest_row, now),
    }
    if last_load is None:
        return CheckOutcome(False, "Never loaded; load the asset.", metadata)
    problems = _find_problems(now - last_load, {key: now - end for key, end in due.items()}, limits)
    if absent:
        metadata[PARTITIONS_ABSENT] = len(absent)
    if problems or absent:
        delay = max(now - moment for moment in (*due.values(), last_load)) if problems else None
        problems += [_describe_absent(absent)] if absent else []
        description = f"{'; '.join(problems)}."
        return CheckOutcome(
            False,
            description[0].upper() + description[1:],
            metadata,
            is_warning=delay is None or delay <= limits.fail_after,
        )
    row = _describe_newest_row(now, newest_row, of_load=of_load, has_rows=has_rows)
    return CheckOutcome(True, f"Nothing is overdue; {row}.", metadata)


def _find_problems(age: timedelta, delays: Mapping[str, timedelta], limits: Freshness) -> list[str]:
    problems = []
    late = [key for key, delay in delays.items() if delay > limits.warn_after]
    if late:
        names = abbreviate(late, PARTITIONS_SHOWN)
        problems.append(f"{pluralize(len(late), 'partition')} due and not loaded: {names}")
    if age > limits.warn_after:
        problems.append(f"the last load is {_format_age(age)} old")
    return problems


def _describe_absent(absent: Sequence[str]) -> str:
    is_one = len(absent) == 1
    return (
        f"the warehouse holds no load of {pluralize(len(absent), 'partition')} that Dagster's "
        f"history records as loaded, {describe_span(absent)}: it was restored from a "
        f"backup or replaced; load {'it' if is_one else 'them'} again"
    )


def _describe_newest_row(
    now: datetime, newest: datetime | None, *, of_load: bool, has_rows: bool
) -> str:
    if newest is None and has_rows:
        return f"no row{' of this load' if of_load else ''} has a moment as its cursor"
    if newest is None:
        return "this load has no row" if of_load else "no row yet"
    age = _format_age(max(now - newest, timedelta()))
    return f"the newest row{' of this load' if of_load else ''} is {age} old"


def _count_hours(moment: datetime | None, now: datetime) -> float | None:
    return round((now - moment).total_seconds() / 3600, 2) if moment else None


def _format_age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"

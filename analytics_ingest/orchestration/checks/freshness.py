"""Judges whether loads are on time, apart from whether the API has anything new to give.

A partition is due when it has ended. An API that is quiet loads its due partitions with no rows,
and stays fresh; the age of its newest row is told beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_ingest.orchestration.checks.outcome import CheckOutcome, counted

SHOWN = 3


@dataclass(frozen=True)
class DuePartition:
    """A partition that has ended and is not loaded since."""

    key: str
    ended: datetime


@dataclass(frozen=True)
class Limits:
    """How late a load may be."""

    warn_after: timedelta
    fail_after: timedelta


def check_freshness(
    now: datetime,
    last_load: datetime | None,
    newest_row: datetime | None,
    due: Sequence[DuePartition],
    limits: Limits,
    *,
    of_load: bool = False,
) -> CheckOutcome:
    """Judge the age of the last load and of the partitions that wait for one.

    Args:
        last_load: When the asset was last loaded successfully.
        newest_row: The newest cursor, told but not judged.
        due: Partitions that have ended and are not loaded since, oldest first.
        of_load: The newest row is the load's, not the table's.
    """
    numbers = {
        "partitions_due": len(due),
        "hours_since_last_load": _hours(now, last_load),
        "hours_since_newest_row": _hours(now, newest_row),
    }
    if last_load is None:
        return CheckOutcome(False, "Never loaded; load the asset.", numbers)
    waits = [now - partition.ended for partition in due] + [now - last_load]
    problems = []
    late = [p for p in due if now - p.ended > limits.warn_after]
    if late:
        more = f" and {len(late) - SHOWN} more" if len(late) > SHOWN else ""
        names = ", ".join(p.key for p in late[:SHOWN]) + more
        problems.append(f"{counted(len(late), 'partition')} due and not loaded: {names}")
    if now - last_load > limits.warn_after:
        problems.append(f"the last load is {_age(now - last_load)} old")
    if problems:
        is_warning = max(waits) <= limits.fail_after
        sentence = f"{'; '.join(problems)}."
        sentence = sentence[0].upper() + sentence[1:]
        return CheckOutcome(False, sentence, numbers, is_warning=is_warning)
    return CheckOutcome(True, f"Nothing is overdue; {_row(now, newest_row, of_load)}.", numbers)


def _row(now: datetime, newest: datetime | None, of_load: bool) -> str:
    if newest is None:
        return "this load has no row" if of_load else "no row yet"
    age = _age(max(now - newest, timedelta()))
    return f"the newest row{' of this load' if of_load else ''} is {age} old"


def _hours(now: datetime, at: datetime | None) -> float | None:
    return round((now - at).total_seconds() / 3600, 2) if at else None


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"

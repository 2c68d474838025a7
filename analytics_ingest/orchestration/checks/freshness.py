"""Judges whether loads are on time, apart from whether the API has anything new to give.

A partition is due when it has ended. An API that is quiet loads its due partitions with no rows,
and stays fresh; the age of its newest row is told beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_ingest.orchestration.checks.verdict import Verdict, counted

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


def judge_freshness(
    now: datetime,
    last_load: datetime | None,
    newest_row: datetime | None,
    due: Sequence[DuePartition],
    limits: Limits,
) -> Verdict:
    """Judge the age of the last load and of the partitions that wait for one.

    Args:
        last_load: When the asset was last loaded successfully.
        newest_row: The newest cursor in the table, told but not judged.
        due: Partitions that have ended and are not loaded since, oldest first.
    """
    numbers = {
        "partitions_due": len(due),
        "hours_since_last_load": _hours(now, last_load),
        "hours_since_newest_row": _hours(now, newest_row),
    }
    if last_load is None:
        return Verdict(False, "Never loaded; load the asset.", numbers)
    waits = [now - partition.ended for partition in due] + [now - last_load]
    problems = []
    late = [p for p in due if now - p.ended > limits.warn_after]
    if late:
        names = ", ".join(p.key for p in late[:SHOWN]) + (" …" if len(late) > SHOWN else "")
        problems.append(f"{counted(len(late), 'partition')} due and not loaded: {names}")
    if now - last_load > limits.warn_after:
        problems.append(f"the last load is {_age(now - last_load)} old")
    if problems:
        is_warning = max(waits) <= limits.fail_after
        return Verdict(False, f"{'; '.join(problems)}.", numbers, is_warning=is_warning)
    row = f"the newest row is {_age(now - newest_row)} old" if newest_row else "no row yet"
    return Verdict(True, f"Every due partition is loaded; {row}.", numbers)


def _hours(now: datetime, at: datetime | None) -> float | None:
    return round((now - at).total_seconds() / 3600, 2) if at else None


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"

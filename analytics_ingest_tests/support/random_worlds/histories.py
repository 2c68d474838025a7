"""Random histories of an API's partitions: when ticks come, and how `partitions` changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from analytics_ingest_tests.support.loads import utc
from analytics_ingest_tests.support.pages import row

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
FIRST, LAST = utc(2025, 12, 28), utc(2026, 1, 10)


@dataclass(frozen=True)
class History:
    """Declarations one after the other, each with the moments of its ticks."""

    phases: Sequence[tuple[Mapping[str, Any], Sequence[datetime]]]
    versions: Sequence[Sequence[datetime]]
    """By row the moments at which it changes; before the first it is not there."""

    def rows(self, now: datetime) -> list[dict[str, Any]]:
        """What the API holds at a moment."""
        newest = [[at for at in moments if at <= now][-1:] for moments in self.versions]
        return [
            row(number, at.isoformat(), version=at.timestamp())
            for number, moments in enumerate(newest)
            for at in moments
        ]


def random_history(seed: int) -> History:
    """The history of a seed."""
    rng = Random(seed)
    ticks = sorted(_moment(rng, utc(2026, 1, 4), LAST) for _ in range(rng.choice((1, 2, 3))))
    # After the last one nothing changes any more, and all partitions have ended.
    phases = [(_partitions(rng), ticks[:1]), (_partitions(rng), [*ticks[1:], utc(2026, 2, 1, 12)])]
    versions = [
        sorted(_moment(rng, FIRST, LAST) for _ in range(rng.choice((1, 1, 2, 3))))
        for _ in range(25)
    ]
    return History(phases, versions)


def _partitions(rng: Random) -> dict[str, Any]:
    every = rng.choice(("hourly", "daily", "daily", "weekly", "monthly"))
    first = rng.choice((1, 2, 4)) if every in ("hourly", "daily") else 1
    start = "2025-12-28" if every == "weekly" else f"2026-01-{first:02}"
    return {"every": every, "start": start, "timezone": rng.choice(ZONES)}


def _moment(rng: Random, first: datetime, last: datetime) -> datetime:
    """A moment, often at the very beginning of an hour or a day."""
    at = first + timedelta(seconds=rng.randrange(int((last - first).total_seconds())))
    hour = at.replace(minute=0, second=0)
    return rng.choice((at, hour, hour.replace(hour=0)))

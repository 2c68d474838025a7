"""When rows were updated, and the formats in which APIs send it.

`spread` makes one moment for each row of a resource. `format_variously` writes `updated_at`, and
`format_plainly` every other timestamp.
"""

from datetime import datetime, time, timedelta, timezone
from random import Random

PERIOD = timedelta(days=30)
"""How far back recent rows reach."""

LONG_AGO = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""Old rows are older than this, so the first partition takes them."""

_OLDER_ONE_IN = 25
_MIDNIGHT_ONE_IN = 15
_ALWAYS_FROM = 10  # longer listings have an old row and one at midnight
_SECOND = timedelta(seconds=1)


def spread(count: int, now: datetime, rng: Random) -> list[datetime]:
    """Make moments evenly spread over the period before `now`, and some older, in random order."""
    older = _share(count, _OLDER_ONE_IN)
    recent = _spread_evenly(count - older, now, rng)
    for at in range(_share(count, _MIDNIGHT_ONE_IN)):
        midnight = datetime.combine(recent[at], time(), timezone.utc)
        recent[at] = midnight if midnight >= now - PERIOD else midnight + timedelta(days=1)
    before = min(LONG_AGO, now - PERIOD)
    moments = recent + [make_earlier(before, rng, days=400) for _ in range(older)]
    rng.shuffle(moments)
    return moments


def format_variously(moment: datetime, rng: Random) -> str:
    """Write a moment of whole seconds in one of the formats of real APIs.

    A format with a fraction adds less than a second, except at midnight.
    """
    fraction = 0 if moment.time() == time() else rng.randrange(1, 10)
    seconds = f"{moment:%Y-%m-%dT%H:%M:%S}"
    elsewhere = moment.astimezone(timezone(timedelta(hours=2)))
    return rng.choice(
        (
            *(f"{seconds}Z", f"{seconds}.{fraction}Z", f"{seconds}.{fraction:06d}Z"),
            *(f"{seconds}+0000", f"{seconds}+00:00".replace("T", " "), elsewhere.isoformat()),
        )
    )


def format_plainly(moment: datetime) -> str:
    """Write a moment as most APIs do: `2026-11-01T10:00:00Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def make_earlier(moment: datetime, rng: Random, days: int = 200) -> datetime:
    """Make a moment within a number of days before another one."""
    return (moment - _SECOND - timedelta(days=days) * rng.random()).replace(microsecond=0)


def choose_between(start: datetime, end: datetime, rng: Random) -> datetime:
    """Make a moment from `start` until `end`."""
    return start + (end - start) * rng.random()


def _share(count: int, one_in: int) -> int:
    return max(count // one_in, 1 if count >= _ALWAYS_FROM else 0)


def _spread_evenly(count: int, now: datetime, rng: Random) -> list[datetime]:
    # A second is left at each end for the truncation and for added fractions.
    start, length = now - PERIOD + _SECOND, PERIOD - 2 * _SECOND
    moments = [start + length * ((at + rng.random()) / count) for at in range(count)]
    rng.shuffle(moments)
    return [moment.replace(microsecond=0) for moment in moments]

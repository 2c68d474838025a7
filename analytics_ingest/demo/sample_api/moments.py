"""The moments at which rows changed, and the spellings in which APIs send them.

`spread` gives one moment for each row of a resource over all its parents; `spell` writes it as the
text of `updated_at`; `plain` writes every other timestamp.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from random import Random

PERIOD = timedelta(days=30)
"""How far back the rows of the present reach."""

LONG_AGO = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""Older rows are older than this: the first partition takes them."""

_OLDER_ONE_IN = 25
_MIDNIGHT_ONE_IN = 15
_ALWAYS_FROM = 10  # listings with this many rows have an older row and one at midnight
_SECOND = timedelta(seconds=1)

Spelling = Callable[[datetime, Random], str]


def spread(count: int, now: datetime, rng: Random) -> list[datetime]:
    """Return moments in the period before `now`, evenly spread and shuffled, and some older."""
    older = _share(count, _OLDER_ONE_IN)
    recent = _evenly(count - older, now, rng)
    for at in range(_share(count, _MIDNIGHT_ONE_IN)):
        recent[-1 - at] = _midnight(recent[-1 - at], now)
    before = min(LONG_AGO, now - PERIOD)
    moments = recent + [_back(before, timedelta(days=400), rng) for _ in range(older)]
    rng.shuffle(moments)
    return moments


def spell(moment: datetime, rng: Random) -> str:
    """Write a moment of whole seconds in one of the spellings of real APIs.

    A spelling with a fraction moves the moment by less than a second, unless it is a midnight.
    """
    return rng.choice(_SPELLINGS)(moment, rng)


def plain(moment: datetime) -> str:
    """Write a moment as most APIs do: `2026-11-01T10:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def earlier(moment: datetime, rng: Random, days: int = 200) -> datetime:
    """Return a moment within so many days before another one."""
    return _back(moment, timedelta(days=days), rng)


def between(start: datetime, end: datetime, rng: Random) -> datetime:
    """Return a moment from `start` until `end`."""
    return start + (end - start) * rng.random()


def _share(count: int, one_in: int) -> int:
    return max(count // one_in, 1 if count >= _ALWAYS_FROM else 0)


def _evenly(count: int, now: datetime, rng: Random) -> list[datetime]:
    # A second at each end keeps the cut and the added fractions inside the period.
    start, length = now - PERIOD + _SECOND, PERIOD - 2 * _SECOND
    moments = [
        (start + length * ((at + rng.random()) / count)).replace(microsecond=0)
        for at in range(count)
    ]
    rng.shuffle(moments)
    return moments


def _midnight(moment: datetime, now: datetime) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0)
    return midnight if midnight >= now - PERIOD else midnight + timedelta(days=1)


def _back(moment: datetime, at_most: timedelta, rng: Random) -> datetime:
    return (moment - _SECOND - at_most * rng.random()).replace(microsecond=0)


def _zulu(moment: datetime, rng: Random) -> str:
    return plain(moment)


def _micros(moment: datetime, rng: Random) -> str:
    fraction = 0 if _is_midnight(moment) else rng.randrange(1, 1_000_000)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:06d}Z"


def _tenths(moment: datetime, rng: Random) -> str:
    fraction = 0 if _is_midnight(moment) else rng.randrange(1, 10)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}Z"


def _abroad(moment: datetime, rng: Random) -> str:
    return moment.astimezone(timezone(timedelta(hours=2))).isoformat()


def _blank(moment: datetime, rng: Random) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}+00:00"


def _no_colon(moment: datetime, rng: Random) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


_SPELLINGS: tuple[Spelling, ...] = (
    _zulu,
    _micros,
    _abroad,
    _blank,
    _tenths,
    _no_colon,
)

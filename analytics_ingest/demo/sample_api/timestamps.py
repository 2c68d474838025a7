"""When rows were updated, and the formats in which APIs send it.

`spread` makes one moment for each row of a resource. `format_variously` writes `updated_at`, and
`format_plainly` every other timestamp.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from random import Random

PERIOD = timedelta(days=30)
"""How far back recent rows reach."""

LONG_AGO = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""Old rows are older than this, so the first partition takes them."""

_OLDER_ONE_IN = 25
_MIDNIGHT_ONE_IN = 15
_ALWAYS_FROM = 10  # listings of at least so many rows have an old row and one at midnight
_SECOND = timedelta(seconds=1)

Format = Callable[[datetime, Random], str]


def spread(count: int, now: datetime, rng: Random) -> list[datetime]:
    """Make moments evenly spread over the period before `now`, and some older, in random order."""
    older = _share(count, _OLDER_ONE_IN)
    recent = _evenly(count - older, now, rng)
    for at in range(_share(count, _MIDNIGHT_ONE_IN)):
        recent[-1 - at] = _midnight(recent[-1 - at], now)
    before = min(LONG_AGO, now - PERIOD)
    moments = recent + [_before(before, timedelta(days=400), rng) for _ in range(older)]
    rng.shuffle(moments)
    return moments


def format_variously(moment: datetime, rng: Random) -> str:
    """Write a moment of whole seconds in one of the formats of real APIs.

    A format with a fraction adds less than a second, except at midnight.
    """
    return rng.choice(_FORMATS)(moment, rng)


def format_plainly(moment: datetime) -> str:
    """Write a moment as most APIs do: `2026-11-01T10:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_earlier(moment: datetime, rng: Random, days: int = 200) -> datetime:
    """Make a moment within so many days before another one."""
    return _before(moment, timedelta(days=days), rng)


def between(start: datetime, end: datetime, rng: Random) -> datetime:
    """Make a moment from `start` until `end`."""
    return start + (end - start) * rng.random()


def _share(count: int, one_in: int) -> int:
    return max(count // one_in, 1 if count >= _ALWAYS_FROM else 0)


def _evenly(count: int, now: datetime, rng: Random) -> list[datetime]:
    # A second is left at each end for the truncation and for added fractions.
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


def _before(moment: datetime, at_most: timedelta, rng: Random) -> datetime:
    return (moment - _SECOND - at_most * rng.random()).replace(microsecond=0)


def _seconds(moment: datetime, rng: Random) -> str:
    return format_plainly(moment)


def _microseconds(moment: datetime, rng: Random) -> str:
    fraction = 0 if _is_midnight(moment) else rng.randrange(1, 1_000_000)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:06d}Z"


def _tenths(moment: datetime, rng: Random) -> str:
    fraction = 0 if _is_midnight(moment) else rng.randrange(1, 10)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}Z"


def _other_zone(moment: datetime, rng: Random) -> str:
    return moment.astimezone(timezone(timedelta(hours=2))).isoformat()


def _with_space(moment: datetime, rng: Random) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}+00:00"


def _offset_without_colon(moment: datetime, rng: Random) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


_FORMATS: tuple[Format, ...] = (
    _seconds,
    _microseconds,
    _other_zone,
    _with_space,
    _tenths,
    _offset_without_colon,
)

"""How random APIs write cursors and filter by them, and what is declared of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from analytics_ingest_tests.support.loads import utc

MOSCOW = timezone(timedelta(hours=3))
Write = Callable[[datetime], Any]
Read = Callable[[str], Any]


@dataclass(frozen=True)
class Cursors:
    """The cursors of a resource: as its rows have them, and as they are declared."""

    name: str
    write: Write
    declared: Mapping[str, Any] = field(default_factory=dict)
    path: str = "updated_at"
    precision: timedelta = timedelta(seconds=1)

    def put(self, row: dict[str, Any], at: datetime) -> None:
        """Add the cursor to a row."""
        *above, last = self.path.split(".")
        for key in above:
            row = row.setdefault(key, {})
        row[last] = self.write(at)


@dataclass(frozen=True)
class Filter:
    """How an API filters by a window; `None` in place of one ignores what it is asked for."""

    name: str
    read: Read
    declared: Mapping[str, Any]
    shown: Write
    """What of a cursor is compared with the parameters."""
    is_end_included: bool = False
    is_start_excluded: bool = False

    def selects(self, at: datetime, query: Mapping[str, str]) -> bool:
        """Whether a row of a moment is in the answer to a request."""
        moment = self.shown(at)
        start, end = query.get("since"), query.get("until")
        if start is not None and moment < self.read(start):
            return False
        if self.is_start_excluded and start is not None and moment == self.read(start):
            return False
        if end is None or moment < self.read(end):
            return True
        return self.is_end_included and moment == self.read(end)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _naive(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _in_moscow(at: datetime) -> str:
    return _naive(at.astimezone(MOSCOW))


def _date(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


DAY = timedelta(days=1)
CURSORS = {
    c.name: c
    for c in (
        Cursors("Z", _iso),
        Cursors("offset", lambda at: at.astimezone(MOSCOW).isoformat()),
        Cursors("naive", _naive),
        Cursors("naive in Moscow", _in_moscow, {"timezone": "Europe/Moscow"}),
        Cursors("date", _date, precision=DAY),
        Cursors("epoch_s", _seconds, {"cursor_format": "epoch_s"}),
        Cursors("epoch_ms", lambda at: _seconds(at) * 1000, {"cursor_format": "epoch_ms"}),
        Cursors(
            "pattern",
            lambda at: at.strftime("%d.%m.%Y %H:%M:%S"),
            {"cursor_format": "%d.%m.%Y %H:%M:%S"},
        ),
        Cursors("nested", _iso, {"cursor_path": "meta.updated"}, path="meta.updated"),
    )
}
FILTERS = (
    Filter("iso", _parsed, {}, lambda at: at),
    Filter("iso, end included", _parsed, {}, lambda at: at, is_end_included=True),
    Filter("start excluded", _parsed, {"lookback": "1s"}, lambda at: at, is_start_excluded=True),
    Filter("text", str, {"param_format": "%Y-%m-%d %H:%M:%S"}, _naive),
    Filter("date", str, {"param_format": "%Y-%m-%d"}, _date),
    Filter("date, end included", str, {"param_format": "%Y-%m-%d"}, _date, is_end_included=True),
    Filter("epoch_s", int, {"param_format": "epoch_s"}, _seconds),
    Filter("epoch_ms", int, {"param_format": "epoch_ms"}, lambda at: _seconds(at) * 1000),
    Filter(
        "Moscow",
        str,
        {"param_format": "%Y-%m-%d %H:%M:%S", "timezone": "Europe/Moscow"},
        _in_moscow,
    ),
)
BOUNDS: Mapping[str, Any] = {"start_param": "since", "end_param": "until"}


def random_cursors(rng: Random) -> tuple[Cursors, Filter | None, dict[str, Any]]:
    """How cursors are written, how the API filters, and the `incremental` that is declared."""
    cursors = rng.choice(list(CURSORS.values()))
    declared = dict(cursors.declared)
    if rng.random() < 0.4:
        return cursors, None, {**declared, **(BOUNDS if rng.random() < 0.4 else {})}
    usable = [f for f in FILTERS if _agree(cursors, f)]
    own = rng.choice(usable)
    some = {k: v for k, v in BOUNDS.items() if rng.random() < 0.8}
    return cursors, own, {**declared, **own.declared, **some}


def _agree(cursors: Cursors, own: Filter) -> bool:
    """Whether both can be declared together: there is one time zone."""
    if "timezone" in own.declared or "timezone" in cursors.declared:
        zones = {d.get("timezone") for d in (own.declared, cursors.declared)}
        return len(zones) == 1 or cursors.name in ("Z", "offset", "epoch_s", "epoch_ms", "nested")
    return cursors.precision != DAY or own.name.startswith("date")


def random_moment(rng: Random, first: int, last: int, cursors: Cursors) -> datetime:
    """A moment of some days of January 2026, or long before; often at midnight."""
    if rng.random() < 0.1:
        return utc(2019, 3, 1)
    at = utc(2026, 1, rng.randint(first, last))
    if cursors.precision == DAY:
        return at
    return at + timedelta(seconds=rng.choice((0, 0, 1, 86_399, rng.randrange(86_400))))

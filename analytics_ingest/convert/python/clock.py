"""Reads the present of a document's Python: `date.today() - timedelta(days=30)`.

It becomes an expression, which is evaluated when a request is made.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analytics_ingest.convert.python.values import Code

_TODAY = ("date.today",)
_MIDNIGHT = ("pendulum.today",)
_NOW = ("datetime.now", "datetime.utcnow", "datetime.today", "pendulum.now")
_DELTAS = ("timedelta", "datetime.timedelta", "dt.timedelta", "relativedelta", "pendulum.duration")
_MOST_DAYS = 100_000


@dataclass(frozen=True)
class Days(Code):
    """A span of whole days."""

    number: int = 0


@dataclass(frozen=True)
class Moment(Code):
    """The present, or a day near it; a value that is not a text is code like any other."""

    days: int = 0
    """Days after it; before it if negative."""
    is_date: bool = False
    is_midnight: bool = False
    offset: str = ""
    """How its text ends: `+00:00` where the code names UTC."""

    @property
    def text(self) -> str:
        """The expression of its text in ISO 8601."""
        time = "T00:00:00" if self.is_midnight else "T%H:%M:%S"
        return self.format("%Y-%m-%d" + ("" if self.is_date else time + self.offset))

    def format(self, pattern: str) -> str:
        """Write the expression of its text in a pattern of strftime."""
        return f"{{{{ day_delta({self.days}, format='{pattern}') }}}}"

    def move(self, days: int) -> "Moment":
        """Return the moment some days later."""
        return replace(self, days=self.days + days)


def read_clock(
    path: str, zones: list[str], keywords: Mapping[str, Any], line: int
) -> Moment | Days | None:
    """Read a call that gives the present or a span of days; None for any other.

    Args:
        zones: The code of its arguments; any zone but UTC is not known here.
    """
    moment = Moment("the present", line, offset="+00:00" if zones else "")
    is_utc = all(re.fullmatch(r"[\w.]*\butc|'utc'", zone, re.IGNORECASE) for zone in zones)
    for names, own in (
        (_TODAY, {"is_date": True}),
        (_NOW, {}),
        (_MIDNIGHT, {"is_midnight": True, "offset": "+00:00"}),
    ):
        if path in names or path.partition(".")[2] in names:
            return replace(moment, **own) if is_utc else None
    if path in _DELTAS and keywords and set(keywords) <= {"days", "weeks"}:
        number = _count_days(keywords)
        return None if number is None else Days("a span of days", line, number=number)
    return None


def call_clock(value: Any, name: str, given: list[Any], keywords: Mapping[str, Any]) -> Any:
    """Return the result of a method of a moment; None for one that is not known."""
    if not isinstance(value, Moment):
        return None
    match name, given:
        case "isoformat", []:
            return value.text
        case "strftime", [str(pattern)] if not value.is_midnight and not set(pattern) & set(
            "'\"{}\\"
        ):
            return value.format(pattern)
        case "date", []:
            return replace(value, is_date=True)
        case "subtract" | "add", []:
            number = _count_days(keywords)
            sign = 1 if name == "add" else -1
            return None if number is None else value.move(sign * number)
        case _:
            return None


def move(left: Any, right: Any, sign: int) -> Moment | None:
    """Return a moment plus or minus a span; None for other values."""
    if isinstance(left, Moment) and isinstance(right, Days):
        return left.move(sign * right.number)
    return None


def _count_days(keywords: Mapping[str, Any]) -> int | None:
    spans = {"days": 1, "weeks": 7}
    is_known = bool(keywords) and all(
        key in spans and type(number) is int and abs(number) < _MOST_DAYS
        for key, number in keywords.items()
    )
    return sum(spans[key] * number for key, number in keywords.items()) if is_known else None

"""The window of time that a load covers: half-open, in UTC, of datetimes."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone


@dataclass(frozen=True)
class Window:
    """All cursors from `start` on and before `end`; None means unbounded."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound is not None and bound.tzinfo is None:
                raise ValueError(
                    f"{bound.isoformat()} has no time zone; a window needs aware datetimes"
                )

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def widened(self, lookback: timedelta) -> "Window":
        """The same window with an earlier start."""
        return Window(self.start and self.start - lookback, self.end)

    def __str__(self) -> str:
        start = f"[{_text(self.start)}" if self.start else "(-∞"
        return f"{start}, {_text(self.end) if self.end else '∞'})"


EVERYTHING = Window()


def _text(bound: datetime) -> str:
    return bound.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

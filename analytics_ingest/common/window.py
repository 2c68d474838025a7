"""The window of time that a load covers: half-open, in UTC, of datetimes."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone


@dataclass(frozen=True)
class Window:
    """All cursors from `start` (None: since ever) up to but without `end` (None: for ever)."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound is not None and bound.tzinfo is None:
                raise ValueError(f"the window's bound {bound.isoformat()} has no time zone")

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def widened(self, lookback: timedelta) -> "Window":
        """The same window, reaching further into the past."""
        return Window(self.start and self.start - lookback, self.end)

    def __str__(self) -> str:
        return f"[{_text(self.start) or 'since ever'}, {_text(self.end) or 'for ever'})"


EVERYTHING = Window()


def _text(bound: datetime | None) -> str:
    return bound.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if bound else ""

"""The window of time that a load covers: half-open, in UTC, of datetimes.

What several loads cover together is a list of windows, merged and in order.
"""

from collections.abc import Iterable, Iterator
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

    @property
    def is_empty(self) -> bool:
        """Whether no moment lies in it."""
        return self.start is not None and self.end is not None and self.start >= self.end

    def clamp(self, at: datetime) -> datetime:
        """Return a moment if it lies in the window, else the nearest one that does."""
        if self.start is not None and at < self.start:
            return self.start
        return self.end - timedelta(microseconds=1) if self.end and at >= self.end else at

    def widen(self, lookback: timedelta) -> "Window":
        """Return the same window with an earlier start."""
        return Window(self.start and self.start - lookback, self.end)

    def __str__(self) -> str:
        start = f"[{_format_bound(self.start)}" if self.start else "(-∞"
        return f"{start}, {_format_bound(self.end) if self.end else '∞'})"


EVERYTHING = Window()

BEGINNING = datetime.min.replace(tzinfo=timezone.utc)


def merge_windows(windows: Iterable[Window]) -> list[Window]:
    """Return the same time in as few windows as possible, oldest first."""
    merged: list[Window] = []
    for window in sorted(windows, key=lambda window: window.start or BEGINNING):
        last = merged[-1] if merged else None
        if last is None or (last.end and window.start and last.end < window.start):
            merged.append(window)
        else:
            end = max(last.end, window.end) if last.end and window.end else None
            merged[-1] = Window(last.start, end)
    return merged


def find_gaps(merged: list[Window], end: datetime) -> list[tuple[datetime, datetime]]:
    """Find each time between merged windows, and the one after the last until `end`."""
    starts = [*(window.start or end for window in merged[1:]), end]
    return [
        (window.end, min(start, end))
        for window, start in zip(merged, starts, strict=True)
        if window.end and window.end < min(start, end)
    ]


def subtract_windows(windows: Iterable[Window], covered: Iterable[Window]) -> list[Window]:
    """Return the parts of windows that lie in none of some others."""
    rest = list(windows)
    for other in covered:
        rest = [part for window in rest for part in _cut_out(window, other)]
    return rest


def _cut_out(window: Window, other: Window) -> Iterator[Window]:
    sides = []
    if other.start is not None:
        end = min(window.end or other.start, other.start)
        sides.append(Window(window.start, end))
    if other.end is not None:
        start = max(window.start or other.end, other.end)
        sides.append(Window(start, window.end))
    return (side for side in sides if not side.is_empty)


def _format_bound(bound: datetime) -> str:
    return bound.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

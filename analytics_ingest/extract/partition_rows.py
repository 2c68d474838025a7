"""The rows of one resource's load by the partitions in which their cursors lie.

The sums are those of the load: a row before the first partition (outside, or of the lookback)
counts with the first one, a later row or one without a cursor with the last one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class PartitionRows:
    """Counts by the start of a partition."""

    starts: Sequence[datetime] = ()
    """The starts of consecutive partitions; empty where rows are not counted by partition."""
    loaded: Counter[datetime] = field(default_factory=Counter)
    inside: Counter[datetime] = field(default_factory=Counter)
    """Of these, rows whose cursor lies in the partition; each once, when they are profiled."""
    outside: Counter[datetime] = field(default_factory=Counter)
    rejected: Counter[datetime] = field(default_factory=Counter)

    def add_loaded(self, cursors: Iterable[Any]) -> None:
        """Count loaded rows; a cursor that is not a datetime was not read."""
        places = Counter(
            bisect_right(self.starts, at) if isinstance(at, datetime) else None for at in cursors
        )
        for place, rows in places.items():
            start = self._start(place)
            self.loaded[start] += rows
            if place:
                self.inside[start] += rows

    def add_outside(self, at: datetime) -> None:
        """Count a row outside the window."""
        self.outside[self._start(bisect_right(self.starts, at))] += 1

    def add_rejected(self, at: Any) -> None:
        """Count a rejected row; a cursor that is not a datetime was not read."""
        is_read = isinstance(at, datetime)
        self.rejected[self._start(bisect_right(self.starts, at) if is_read else None)] += 1

    def clear(self) -> None:
        """Forget what was counted."""
        for counter in (self.loaded, self.inside, self.outside, self.rejected):
            counter.clear()

    def __add__(self, other: "PartitionRows") -> "PartitionRows":
        """Add the rows of another load."""
        return PartitionRows(
            tuple(dict.fromkeys((*self.starts, *other.starts))),
            self.loaded + other.loaded,
            self.inside + other.inside,
            self.outside + other.outside,
            self.rejected + other.rejected,
        )

    def _start(self, place: int | None) -> datetime:
        return self.starts[-1 if place is None else max(place - 1, 0)]

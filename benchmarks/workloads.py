"""The workloads: what the server holds, how long a request takes, and what is to be loaded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from benchmarks import rows

DATASET = "bench"


@dataclass(frozen=True)
class Listing:
    """A listing and its table; with a parent, one listing for each row of the parent's."""

    table: str
    rows: int
    parent: "Listing | None" = None

    def count(self) -> int:
        """Rows in all."""
        return self.rows * (self.parent.rows if self.parent else 1)


@dataclass(frozen=True)
class Workload:
    """One workload.

    Args:
        latency: Seconds that each request takes.
        new_rows: Rows added before the run that is measured, which is then the second.
    """

    name: str
    title: str
    listings: tuple[Listing, ...]
    latency: float = 0.0
    new_rows: int = 0

    def rows_of(self, listing: Listing, new_on: str | None) -> Iterator[dict[str, Any]]:
        """What a table holds after the run.

        Args:
            new_on: The day of the new rows; without it the state before them.
        """
        added = self.new_rows if new_on else 0
        listed = rows.rows(listing.count())
        return chain(listed, rows.new_rows(added, new_on or "", after=listing.count()))

    def larger(self, times: int) -> "Workload":
        """The same with as many times the rows."""
        listings = tuple(replace(listing, rows=listing.rows * times) for listing in self.listings)
        total = sum(listing.count() for listing in listings)
        return replace(self, title=f"{total:,} rows", listings=listings)


def named(name: str) -> Workload:
    """A workload by its name; `10x20` is one of 10 listings of 20 rows."""
    if name in WORKLOADS:
        return WORKLOADS[name]
    listings, rows_each = (int(part) for part in name.split("x"))
    title = f"{listings:,} listings of {rows_each:,} rows"
    return Workload(name, title, tuple(Listing(f"items_{n}", rows_each) for n in range(listings)))


_PARENTS = Listing("parents", 200)

WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", "50,000 rows, no latency", (Listing("items", 50_000),)),
        Workload("W2", "5,000 rows, 100 ms", (Listing("items", 5_000),), 0.1),
        Workload(
            "W3",
            "200 parents with 50 children each, 50 ms",
            (_PARENTS, Listing("children", 50, _PARENTS)),
            0.05,
        ),
        Workload("W4", "second run, 20 new rows, 50 ms", (Listing("items", 5_000),), 0.05, 20),
        Workload("W5", "100 rows", (Listing("items", 100),)),
        Workload(
            "W6",
            "10 listings of 1,000 rows, 50 ms",
            tuple(Listing(f"listing_{n}", 1_000) for n in range(10)),
            0.05,
        ),
    )
}

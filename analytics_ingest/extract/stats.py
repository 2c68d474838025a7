"""Counts of what one resource's load did, for metadata, the log and checks."""

from dataclasses import dataclass, field, fields
from typing import Any, Optional

from analytics_ingest.extract.partition_rows import PartitionRows


@dataclass
class Attempts:
    """What one request has cost so far."""

    requests: int = 0
    """Requests sent, retries included."""
    retries: int = 0
    seconds_waited: float = 0.0
    """Seconds of waiting before retries."""
    bytes_received: int = 0
    """Bytes of the responses' bodies, as they were sent, so compressed if they were."""

    def add(self, other: "Attempts") -> None:
        """Add what another request has cost."""
        self.requests += other.requests
        self.retries += other.retries
        self.seconds_waited += other.seconds_waited
        self.bytes_received += other.bytes_received

    def add_retry(self, seconds: float) -> None:
        """Count a retry and the wait before it."""
        self.retries += 1
        self.seconds_waited += seconds


@dataclass
class Stats(Attempts):
    """What reading and storing one resource has cost and yielded; probes cost too."""

    pages: int = 0
    rows_read: int = 0
    rows_filtered: int = 0
    """Of these, rows that a processing step has filtered out."""
    rows_loaded: int = 0
    """Rows written to the table, duplicates included."""
    rows_outside: int = 0
    """Rows that lie outside the window; only a full reading loads them."""
    rows_taken: int = 0
    """Of these, rows that a full reading has written to the table."""
    rows_before_start: int = 0
    """Of these, rows more than a day before the start that the requests sent."""
    rows_after_end: int = 0
    """Of these, rows more than a day after the end that the requests sent."""
    rows_ahead: int = 0
    """Of these, rows further in the future than the resource tolerates: in no partition yet."""
    rows_of_request: int = 0
    """Of these, rows that are not stored and whose cursor is of the time of the load."""
    cursors_of_days: int = 0
    """Rows whose cursor is a date, where rows of the same date may follow after the load."""
    rows_rejected: int = 0
    """Rows without a usable primary key, kept in the rejected table."""
    cursors_unreadable: int = 0
    """Loaded rows whose cursor is null, missing or unreadable."""
    keys_shared: int = 0
    """Rows whose primary key a row of another listing has too."""
    listings: int = 0
    """Listings opened: one for each row of the parent."""
    listings_missing: int = 0
    """Listings that the API answered with 404: these parents have no children."""
    listings_ignored: int = 0
    """Listings that are empty because `response_actions` ignored the response."""
    absent_parents: int = 0
    """The sum of the hashes of the parents whose listing was missing or ignored."""
    listings_restarted: int = 0
    """Listings that were read again, because rows shifted between prefetched pages."""
    parents_skipped: int = 0
    """Rows of the parent that lack the field which their children's listing needs."""
    rows_deleted: int = 0
    """Rows of the table that were marked or removed, because the API has deleted them."""
    deletes_held_back: int = 0
    """Rows that are gone and were not marked, because they are more than the declared share."""
    deletes_skipped: str = ""
    """Why a full reading does not show which rows are gone; empty if it does."""
    parents_unchanged: int = 0
    """Rows of the parent whose listing was not requested: they cannot have changed."""
    is_empty: bool = False
    """The API has no rows at all, as a request without the window showed."""
    warnings: list[str] = field(default_factory=list)
    """What looks wrong, though the resource is loaded: sentences without values of rows."""
    has_own_warnings: bool = False
    """Whether one of the warnings is of the resource itself, not of its parent."""
    seconds: float = 0.0
    """Seconds from the first request to the last response."""
    finished: bool = False
    partitions: PartitionRows = field(default_factory=PartitionRows)
    """The rows by partition, where the load is one of partitions."""

    @property
    def rows_stored(self) -> int:
        """All rows written to the table, in the window or not."""
        return self.rows_loaded + self.rows_taken

    def count(self, attempts: Attempts) -> None:
        """Add what one request has cost."""
        self.requests += attempts.requests
        self.retries += attempts.retries
        self.seconds_waited += attempts.seconds_waited
        self.bytes_received += attempts.bytes_received

    def clear_routed(self) -> None:
        """Reset the counts of routed rows, because the rows come a second time."""
        self.partitions.clear()
        self.rows_loaded = self.rows_rejected = self.rows_taken = self.cursors_unreadable = 0
        self.rows_outside = self.rows_before_start = self.rows_after_end = self.rows_ahead = 0
        self.cursors_of_days = self.rows_of_request = 0

    def warn(self, warnings: list[str], place: str = "") -> None:
        """Add warnings; those of another resource begin with its name."""
        self.has_own_warnings |= bool(warnings and not place)
        named = [f"{place}: {warning}" if place else warning for warning in warnings]
        self.warnings += [warning for warning in named if warning not in self.warnings]

    def combine(self, other: Optional["Stats"]) -> "Stats":
        """Return the counts of two loads together."""
        if other is None:
            return self
        names = [field.name for field in fields(self)]
        return Stats(*(_add(getattr(self, name), getattr(other, name)) for name in names))


def _add(one: Any, other: Any) -> Any:
    """Return the sum of two counts; of two texts the first, which says enough."""
    return one or other if isinstance(one, str | bool) else one + other

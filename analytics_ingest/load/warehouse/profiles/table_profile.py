"""What the checks need to know of a resource's rows: columns, nulls, keys and cursors, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analytics_ingest.common.window import Window

KEYS_SHOWN = 10
"""Primary keys that a check may show, at most."""


def format_key(key: Sequence[Any]) -> str:
    """Format a primary key as a check shows it."""
    return str(key[0]) if len(key) == 1 else f"({', '.join(map(str, key))})"


@dataclass(frozen=True)
class FailingRows:
    """The rows that fail a check of `schema.yaml`."""

    rows: int = 0
    keys: Sequence[str] = ()
    problem: str = ""
    """Why the check could not be evaluated."""


@dataclass(frozen=True)
class RecordedWindows:
    """What the warehouse itself records of a resource's loads."""

    windows: Sequence[Window]
    """Those that are loaded: merged, oldest first."""
    since: datetime | None
    """When its records begin, if it has had loads before; None if they are complete."""


@dataclass
class TableProfile:
    """The counts of one resource's rows: those of a load, or of the whole table."""

    of_load: bool
    """Profiles the rows of one load, else the whole table."""
    is_merged: bool = False
    """The load's rows were merged into the table by their key."""
    rows: int = 0
    table_rows: int | None = None
    """The rows of the whole table after a load, where the warehouse knows their number."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column → dlt data type, as the warehouse has them; empty without a table."""
    expected: Mapping[str, str] = field(default_factory=dict)
    """Column → dlt data type, as declared."""
    nulls: Mapping[str, int] = field(default_factory=dict)
    """Required column → rows in which it and all its variant columns are null."""
    variants: Mapping[str, int] = field(default_factory=dict)
    """dlt's variant columns (values of another type) → rows that have a value there."""
    undeclared: Sequence[str] = ()
    empty: Sequence[str] = ()
    """Declared columns that may be null, and are null in all rows."""
    emptied: Sequence[str] = ()
    """Those of them that usually have a value in the rows of earlier loads."""
    missing_keys: Sequence[str] = ()
    """Columns of the primary key that the table lacks."""
    null_keys: int = 0
    """Rows in which a column of the primary key is null."""
    duplicates: int = 0
    """Rows beyond the first of their key."""
    duplicate_keys: Sequence[str] = ()
    key_warning: str = ""
    """What rows of other listings, or of an earlier primary key, mean for the key."""
    others: int = 0
    """Rows with fields that got no column of their own."""
    rejected: int = 0
    newest: datetime | None = None
    future: int = 0
    """Rows with a cursor after the resource's future tolerance."""
    unreadable: int = 0
    """Rows whose cursor is null, absent or unreadable."""
    failing: Mapping[str, FailingRows] = field(default_factory=dict)
    """By the name of a check of `schema.yaml`."""
    cursor_type: str | None = None
    """dlt data type of the cursor's column; None where the cursor has no column of its own."""
    recorded: RecordedWindows | None = None
    """None of a snapshot, and where the warehouse keeps no records."""


def count_where(condition: str) -> str:
    """Build the aggregate that counts the rows that meet a condition."""
    return f"count(case when {condition} then 1 end)"

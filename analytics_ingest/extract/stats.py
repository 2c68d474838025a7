"""Counts of what one resource's load did, for metadata, progress and checks."""

from dataclasses import dataclass


@dataclass
class Stats:
    """What one resource asked for and what came of it."""

    requests: int = 0
    """Requests sent, retries included."""
    retries: int = 0
    seconds_waited: float = 0.0
    """Seconds slept before retries."""
    pages: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    """Rows handed to the table, duplicates included."""
    rows_outside: int = 0
    """Rows of other windows, left out."""
    rows_rejected: int = 0
    """Rows without a usable primary key, kept in the rejected table."""
    cursors_unreadable: int = 0
    """Loaded rows whose cursor is null, absent or unreadable."""
    listings: int = 0
    """Listings begun: one for each row of a parent."""
    listings_missing: int = 0
    """Listings that the API answered with 404: their parents have no children."""
    parents_skipped: int = 0
    """Parent rows without the field that the listing of their children needs."""
    seconds: float = 0.0
    """Seconds between the first request and the last answer."""
    finished: bool = False

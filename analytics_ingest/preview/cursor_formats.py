"""Finds the format of cursors that cannot be read as declared, and fields that hold timestamps."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from analytics_ingest.common import cursor

FORMATS = (
    *cursor.FORMATS,
    "%Y%m%d",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M:%S",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%a, %d %b %Y %H:%M:%S %z",
)

UPDATE_WORDS = ("upd", "mod", "chan")
"""Parts of the names of fields that are likely to be cursors."""

EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)
AHEAD = timedelta(days=366)
"""Cursors before the one, or further in the future than the other, are read in a wrong unit."""


def is_plausible(moment: datetime) -> bool:
    """Return whether a row can have been updated then."""
    return EARLIEST <= moment <= datetime.now(timezone.utc) + AHEAD


def find_fitting_format(values: Sequence[Any]) -> str | None:
    """Find the format in which all of some cursors are plausible moments."""
    for cursor_format in FORMATS:
        moments = list(map(cursor.build_reader(cursor_format), values))
        if moments and all(moment and is_plausible(moment) for moment in moments):
            return cursor_format
    return None


def find_timestamp_fields(objects: Iterable[dict[str, Any]]) -> list[str]:
    """Find fields whose values are all timestamps; names that suggest updates come first."""
    values: dict[str, list[Any]] = {}
    for row in objects:
        for name, value in row.items():
            values.setdefault(name, []).extend([] if value is None else [value])
    names = [name for name in values if find_fitting_format(values[name])]
    return sorted(names, key=lambda name: not sounds_like_update(name))


def sounds_like_update(name: str) -> bool:
    """Return whether the name of a field says that it holds the moment of an update."""
    return any(word in name.lower() for word in UPDATE_WORDS)

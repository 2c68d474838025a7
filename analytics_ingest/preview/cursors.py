"""The cursors of rows: which can be read, and in which format those are that cannot."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from dlt.common import jsonpath

from analytics_ingest.common import cursor
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.models.endpoint import Incremental

FORMATS = ("iso8601", "epoch_s", "epoch_ms")
PATTERNS = (
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
"""Formats that are worth a try, where the declared one does not fit."""

OF_UPDATES = ("upd", "mod", "chan")
"""Parts of the names of fields that are likely to be cursors."""

EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)
AHEAD = timedelta(days=366)
"""Cursors before the one or further in the future than the other are read in a wrong unit."""


def cursor_values(incremental: Incremental, rows: Iterable[Any]) -> list[Any]:
    """What the rows hold at the cursor's path, without nulls."""
    path = compile_path(incremental.cursor_path)
    found = (jsonpath.find_values(path, row) for row in rows)
    return [values[0] for values in found if values and values[0] is not None]


def readable_cursors(incremental: Incremental, rows: Iterable[Any]) -> list[datetime]:
    """The cursors of rows, without those that cannot be read as declared."""
    read = cursor.row_reader(incremental.cursor_path, incremental.cursor_format)
    moments = map(read, rows)
    return [moment for moment in moments if moment is not None]


def is_plausible(moment: datetime) -> bool:
    """Whether a row can have been updated then."""
    return EARLIEST <= moment <= datetime.now(timezone.utc) + AHEAD


def fitting_format(values: Sequence[Any]) -> str | None:
    """The format in which all of some cursors are plausible moments."""
    for written in (*FORMATS, *PATTERNS):
        moments = list(map(cursor.reader(written), values))
        if moments and all(moment and is_plausible(moment) for moment in moments):
            return written
    return None


def timestamp_fields(rows: Sequence[Any]) -> list[str]:
    """Fields of which all values can be read as moments, those that speak of updates first."""
    objects = [row for row in rows if isinstance(row, dict)]
    names = dict.fromkeys(name for row in objects for name in row)
    found = [
        name
        for name in names
        if fitting_format([row[name] for row in objects if row.get(name) is not None])
    ]
    return sorted(found, key=lambda name: not any(word in name.lower() for word in OF_UPDATES))

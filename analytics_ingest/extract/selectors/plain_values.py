"""Rows that are plain values, as `["a", "b"]`: rows with the one column `value`, as dlt calls it.

They become such rows once, before anything else looks into them. Only what compares a page with
its body, or asks what the API counts, sees the values themselves. Where rows have another key, one
that has got nothing else is rejected as it was sent.
"""

from collections.abc import Collection
from typing import Any

from analytics_ingest.common.lazy_list import LazyList

VALUE = "value"
"""The column of a row that is a plain value."""


class PlainValue(dict[str, Any]):
    """The row of a plain value, until a step or its parent's fields make another one of it."""


def wrap_values(rows: list[Any]) -> list[Any]:
    """Return rows with plain values as rows of one column; all others unchanged."""
    if isinstance(rows, LazyList):
        return rows.map(wrap_value)
    is_whole = all(type(row) is dict for row in rows)
    return rows if is_whole else [wrap_value(row) for row in rows]


def wrap_value(row: Any) -> Any:
    """Return a plain value as a row of one column; others unchanged, null and lists among them."""
    return PlainValue({VALUE: row}) if isinstance(row, str | int | float) else row


def unwrap_value(row: Any) -> Any:
    """Return the plain value of a row that is nothing else; others unchanged."""
    return row[VALUE] if isinstance(row, PlainValue) else row


def may_be_values(primary_key: Collection[str]) -> bool:
    """Return whether plain values may be rows as they come: without a key or with `value` in it."""
    return not primary_key or VALUE in primary_key

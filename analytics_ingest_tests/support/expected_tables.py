"""What a resource's tables must hold after some loads, computed from the served rows.

dlt names the columns and converts the values. This module decides which rows are where, and that
each value is stored once.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from dlt.common.data_types import coerce_value, py_type_to_sc_type
from dlt.common.normalizers.naming.snake_case import NamingConvention

from analytics_ingest.common.window import Window
from analytics_ingest.load.rows.column_types import build_column_name
from analytics_ingest_tests.support.loads import API
from analytics_ingest_tests.support.odd_values import is_unicode
from analytics_ingest_tests.support.warehouses import (
    NoSuchTable,
    ask,
    holds_nul,
    sorts_nulls_first,
    spells_numbers_as_given,
)
from analytics_ingest_tests.support.worlds import Listed, Row

_ABSENT = object()
_NAMING = NamingConvention(65536)

Stored = dict[str, Any]


class Table:
    """The rows of a table, and the dlt types of its columns; empty where there is no table."""

    def __init__(self, name: str) -> None:
        self.types: Mapping[str, str] = {}
        self.rows: list[Stored] = []
        with suppress(NoSuchTable):
            stored = ask(f"SELECT * FROM {API}.{name}")
            self.types, self.rows = stored.types, stored.as_dicts()


class ExpectedTable:
    """A resource's table and its rejected rows, as they should be."""

    def __init__(self, listed: Listed) -> None:
        self._listed = listed
        self._by_key: dict[Any, list[Row]] = {}
        """Key → the versions of the row that may be stored: the newest, or equally new ones."""
        self._all: list[Row] = []
        self._rejected: Counter[str] = Counter()

    def load(self, served: Sequence[Row], window: Window) -> None:
        """Take in the rows of one load that succeeded, and compare with what is stored now."""
        listed = self._listed
        stored = Table(listed.name)
        served = [self._wrapped(row) for row in served]
        rows = [row for row in served if isinstance(row.sent, dict) and self._is_of(window, row)]
        no_objects = [row for row in served if not isinstance(row.sent, dict)]
        keyed = [(self._key(row, stored.types), row) for row in rows]
        rejected = [*no_objects, *(row for key, row in keyed if key is None)]
        now = Counter(_canonical(row.sent) for row in rejected)
        self._rejected |= now
        self._all = rows
        loaded: dict[Any, list[Row]] = {}
        for key, row in keyed:
            if key is not None:
                loaded.setdefault(key, []).append(row)
        self._by_key.update((key, self._newest(versions)) for key, versions in loaded.items())
        self.compare(stored)

    def is_emptied_by(self, served: Sequence[Row]) -> bool:
        """Whether these rows would leave a snapshot that has rows without any, or are none."""
        if self._listed.cursor_format or not (self._by_key or self._all):
            return False
        if self._listed.has_key:
            return not served
        return not any(isinstance(self._wrapped(row).sent, dict) for row in served)

    def _wrapped(self, row: Row) -> Row:
        """A plain value is a row of one column, where no key is needed."""
        is_plain = isinstance(row.sent, str | int | float) and not self._listed.has_key
        return Row({"value": row.sent}, row.at) if is_plain else row

    def compare(self, stored: Table | None = None) -> None:
        """Compare with what is stored."""
        stored = stored or Table(self._listed.name)
        kept = Table(f"{self._listed.name}__rejected").rows
        rejected = Counter(_canonical(json.loads(row["row"])) for row in kept)
        assert rejected == self._rejected, "rejected rows"
        if self._listed.has_key:
            self._compare_by_key(stored)
        else:
            self._compare_whole(stored)

    def _compare_by_key(self, stored: Table) -> None:
        by_key = {row["id"]: row for row in stored.rows}
        assert len(by_key) == len(stored.rows), "a key is stored twice"
        assert set(by_key) == set(self._by_key), "keys"
        for key, versions in self._by_key.items():
            problems = [self._problem(version, by_key[key], stored.types) for version in versions]
            assert None in problems, (problems, versions, by_key[key])

    def _compare_whole(self, stored: Table) -> None:
        rest = list(stored.rows)
        assert len(rest) == len(self._all), "rows"
        for row in self._all:
            same = [kept for kept in rest if not self._problem(row, kept, stored.types)]
            assert same, (row, rest)
            rest.remove(same[0])

    def _is_of(self, window: Window, row: Row) -> bool:
        return self._listed.cursor_format is None or row.at is None or row.at in window

    def _key(self, row: Row, types: Mapping[str, str]) -> Any:
        """The key as it is stored, None where it cannot be."""
        value = row.sent.get("id")
        if not self._listed.has_key:
            return ()
        if value is None or not is_unicode(value) or not _is_finite(value):
            return None
        if not holds_nul() and "\\u0000" in json.dumps(value):
            return None
        kind = types.get("id", py_type_to_sc_type(type(value)))
        key = _converted(kind, value)
        if kind == "double" and type(value) is int and key != value:
            return None
        if kind == "bigint" and isinstance(key, int) and not -(2**63) <= key < 2**63:
            return None
        if key is _ABSENT or (kind == "json" and not isinstance(key, dict | list)):
            return None
        return json.dumps(key, separators=(",", ":")) if kind == "json" else key

    def _newest(self, versions: list[Row]) -> list[Row]:
        moments = [row.at for row in versions if row.at and self._listed.cursor_format]
        if moments and sorts_nulls_first() and len(moments) < len(versions):
            return [row for row in versions if row.at is None]
        return [row for row in versions if row.at == max(moments)] if moments else versions

    def _problem(self, row: Row, stored: Stored, types: Mapping[str, str]) -> str | None:
        """The column in which a stored row differs from a served one."""
        fields: dict[str, list[Any]] = {}
        for name, value in row.sent.items():
            fields.setdefault(_column(name), []).append(value)
        if self._listed.cursor_format and row.at and not self._holds_cursor(row, stored, types):
            return "the cursor"
        rest = {n for n, cell in stored.items() if cell is not None and not n.startswith("_dlt_")}
        rest.discard("_cursor")
        for column, values in fields.items():
            of_twin = re.compile(rf"{column}(_[0-9a-f]{{6}})?(__v_.*)?")
            cells = [name for name in rest if of_twin.fullmatch(name)]
            rest.difference_update(cells)
            if column == "updated_at" and types.get(column) == "timestamp" and row.at:
                continue
            held = [(types[name], stored[name]) for name in cells]
            if not column.startswith("_dlt_") and not _are_held(held, values):
                return column
        return ", ".join(rest) or None

    def _holds_cursor(self, row: Row, stored: Stored, types: Mapping[str, str]) -> bool:
        column = "updated_at" if types.get("updated_at") == "timestamp" else "_cursor"
        return stored.get(column) == row.at


def _column(name: str) -> str:
    return build_column_name(name, _NAMING.normalize_path)


def _are_held(cells: Sequence[tuple[str, Any]], values: Sequence[Any]) -> bool:
    """Whether some cells hold the values of fields whose names become the same column's."""
    if len(values) == 1:
        return _is_held(cells, values[0])
    held = [next((c for c in cells if _is_held([c], value)), None) for value in values]
    is_each_held = all(
        cell or _is_held([], value) for cell, value in zip(held, values, strict=True)
    )
    return is_each_held and len(cells) <= len(values)


def _is_held(cells: Sequence[tuple[str, Any]], value: Any) -> bool:
    """Whether some cells hold a value: once, and nothing else."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return not cells or (value is not None and len(cells) == 1)
    null_in_json = isinstance(value, str) and value.strip() == "null"
    return (len(cells) == 1 and _holds(*cells[0], value)) or (null_in_json and not cells)


def _holds(kind: str, cell: Any, value: Any) -> bool:
    if kind in ("json", "text") and _same(_parsed(cell), value):
        return True
    converted = _converted(kind, value)
    if kind == "json":
        return _same(_parsed(cell), converted)
    if kind == "decimal" and converted is not _ABSENT:
        return abs(cell - converted) < 1e-9
    return cell == converted or str(cell) == str(converted) == "nan"


def _converted(kind: str, value: Any) -> Any:
    """What dlt makes of a value for a column."""
    try:
        coerced = coerce_value(kind, py_type_to_sc_type(type(value)), json.loads(json.dumps(value)))  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        return _ABSENT
    if isinstance(coerced, datetime) and coerced.tzinfo is None:
        return coerced.replace(tzinfo=timezone.utc)
    return coerced


def _same(one: Any, other: Any) -> bool:
    return _ABSENT not in (one, other) and _canonical(one) == _canonical(other)


def _canonical(value: Any) -> str:
    """As JSON, which has no numbers that are not finite: dlt writes null for them."""
    read = (int, float) if spells_numbers_as_given() else (Decimal, Decimal)
    finite = json.loads(
        json.dumps(value),
        parse_constant=lambda name: None,
        parse_int=read[0],
        parse_float=read[1],
    )
    return json.dumps(finite, sort_keys=True, default=lambda number: str(number.normalize()))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _ABSENT


def _is_finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)

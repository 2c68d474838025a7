"""Moves values that cannot stay in their column into a text column beside: they sink no load.

dlt puts a value of another type into `<field>__v_<type>` itself; these are the values on which it
gives up instead, or which it would lose: integers beyond 64 bits, decimals of too many digits,
dates before or after time, half a surrogate pair, NUL in PostgreSQL; and fields that take another's
column.
"""

import json
import math
import re
from datetime import datetime, timezone
from decimal import Context, Decimal
from enum import Enum
from typing import Any

from dlt.common.data_types import TDataType, coerce_value
from dlt.common.json import PUA_START
from dlt.common.json import json as dlt_json
from dlt.common.schema.detections import is_iso_timestamp

from analytics_ingest.load.rows.column_types import (
    ColumnTypes,
    encodable_name,
    inferred,
    type_of,
)

_LARGEST = 2**63 - 1
_SMALLEST = -(2**63)
_EDGES_OF_TIME = ("0000", "0001", "9999")
_OWN_TYPES: dict[type, TDataType] = {
    bool: "bool",
    datetime: "timestamp",
    dict: "json",
    float: "double",
    int: "bigint",
    list: "json",
    str: "text",
}
_NUL = re.compile(rb"(?<!\\)(\\\\)*\\u0000")
"""The character NUL in JSON, and not a text that looks like its spelling there."""

_DLTS_MARKS = {chr(PUA_START + number) for number in range(9)}
"""dlt writes them before text that it reads back as another type."""


class Fit(Enum):
    """What becomes of a value in a column of some type."""

    STORED = "the column holds it"
    APART = "dlt puts it into a column of its own type"
    NOWHERE = "dlt gives up on it, or loses it"


class Storability:
    """Makes pages storable.

    Args:
        types: The types of the columns; the values of undeclared ones decide them here as in dlt.
    """

    def __init__(self, types: ColumnTypes) -> None:
        self._types = types

    def page(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same rows, with unstorable values moved to `<field>__v_text`, as JSON."""
        made = [self._row(row) for row in rows]
        return made if self._is_encodable(made) else [self._encodable(row) for row in made]

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        for name in self._types.anothers(row):
            row = self._moved(row, name)
        bad = [name for name, value in row.items() if not self._is_storable(name, value)]
        for name in bad:
            row = self._replaced(row, name)
        return row

    def _is_storable(self, name: str, value: Any) -> bool:
        kind = type(value)
        if value is None or not _is_anywhere(kind, value):
            return value is None
        expected = self._types.get(name)
        if expected is None:
            return self._is_storable_as_first(name, value)
        if expected == _OWN_TYPES.get(kind) or _is_usual_date(expected, value):
            return True
        found = fit(expected, value)
        if expected == "decimal" and found is Fit.STORED:
            return str(self._rounded(name, value)) == str(value)
        return found is not Fit.NOWHERE

    def _is_storable_as_first(self, name: str, value: Any) -> bool:
        """Like dlt, lets the first value of an undeclared field decide what its column is."""
        if not self._is_encodable(value) or (type(value) is float and math.isnan(value)):
            return True
        expected = inferred(value)
        if fit(expected, value) is Fit.NOWHERE:
            return False
        self._types.decide(name, expected)
        return True

    def _replaced(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        value, expected = row[name], self._types.get(name)
        if expected == "text" and isinstance(value, int):
            return {**row, name: str(value)}
        if expected == "double" and isinstance(value, int):
            try:
                return {**row, name: float(value)}
            except OverflowError:
                pass
        if expected == "decimal" and (rounded := self._rounded(name, value)) is not None:
            return {**row, name: str(rounded)}
        return self._moved(row, name)

    def _encodable(self, row: dict[str, Any]) -> dict[str, Any]:
        row = {encodable_name(name): value for name, value in row.items()}
        # Within a list and a row, as on a page: how deep a value may be nested counts them.
        bad = [name for name, value in row.items() if not self._is_encodable([{"": value}])]
        for name in bad:
            row = self._moved(row, name)
        return row

    def _is_encodable(self, value: Any) -> bool:
        return is_encodable(value, holds_nul=self._types.holds_nul)

    def _moved(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        # As JSON, quotes included: dlt would read a bare date back as one.
        beside = f"{self._types.column(name)}__v_text"
        text = {} if row[name] is None else {beside: as_text(row[name])}
        return {**{k: v for k, v in row.items() if k != name}, **text}

    def _rounded(self, name: str, value: Any) -> Decimal | None:
        """A number as its decimal column holds it; None where it has too many digits."""
        precision, scale = self._types.decimal_digits(name)
        try:
            number: Decimal = coerce_value("decimal", type_of(value), value)
            rounded = number.quantize(Decimal(1).scaleb(-scale), context=Context(prec=precision))
        except (ValueError, ArithmeticError):
            return None
        return rounded if rounded.is_finite() else None


def fit(to: TDataType, value: Any) -> Fit:
    """What becomes of a value in a column of a type."""
    actual = type_of(value)
    try:
        found = coerce_value(to, actual, value)
        if isinstance(found, datetime):
            found.astimezone(timezone.utc)
    except ValueError:
        # The column of its own would become one of timestamps, and the next text not fit there.
        is_moment = actual == "text" and is_iso_timestamp(str, value)
        return Fit.NOWHERE if is_moment else Fit.APART
    except (TypeError, ArithmeticError, OSError):
        return Fit.NOWHERE
    if isinstance(found, int) and not is_in_64_bits(found):
        return Fit.NOWHERE
    # A text that dlt reads as JSON, but for an object or a list writes bare: PostgreSQL would take
    # it for a number, and a text within it would lose its quotes.
    is_lost = actual == "text" and to == "json" and not isinstance(found, dict | list)
    return Fit.NOWHERE if is_lost else Fit.STORED


def _is_anywhere(kind: type, value: Any) -> bool:
    """Whether there is any column for a value."""
    if kind is int:
        return is_in_64_bits(value)
    if kind is float:
        return not math.isinf(value)
    return kind is not str or not is_marked(value)


def _is_usual_date(expected: TDataType, value: Any) -> bool:
    """Whether a text is obviously in the middle of time; saves extractor it once more."""
    return (
        expected in ("timestamp", "date")
        and type(value) is str
        and value[4:5] == "-"
        and value[:4] not in _EDGES_OF_TIME
    )


def as_text(value: Any) -> str:
    """A value as JSON that every warehouse can hold, also where its text is no Unicode."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if is_encodable(text) else json.dumps(value, sort_keys=True)


def is_in_64_bits(number: int) -> bool:
    """Whether a column of integers can hold a number."""
    return _SMALLEST <= number <= _LARGEST


def is_encodable(value: Any, *, holds_nul: bool = True) -> bool:
    """Whether dlt can write a value as JSON; where no NUL may be held, without one."""
    try:
        written = dlt_json.dumpb(value)
    except (TypeError, ValueError):
        return False
    return holds_nul or not _NUL.search(written)


def is_marked(text: str) -> bool:
    """Whether dlt would take a text for another type that it has written as text."""
    return not text.isascii() and text[0] in _DLTS_MARKS

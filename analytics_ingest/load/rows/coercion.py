"""Coerces the values that dlt cannot store in their column, so that no value fails a load.

dlt itself puts a value of another type into `<field>__v_<type>`. It gives up on others, or loses
them: integers beyond 64 bits, numbers of too many digits, dates before or after time, half a
surrogate pair, and NUL in PostgreSQL. Those become JSON in the text column `<field>__v_text`.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from dlt.common.data_types import TDataType, coerce_value
from dlt.common.json import PUA_START

from analytics_ingest.common.column_names import hash_shortly
from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.numbers import LongNumber
from analytics_ingest.load.rows.classification import Coercion, classify_coercion
from analytics_ingest.load.rows.column_types import (
    ColumnTypes,
    build_text_column,
    infer_column_type,
    infer_type,
    is_float,
    is_in_64_bits,
    read_type,
)
from analytics_ingest.load.rows.json_text import is_encodable, to_json
from analytics_ingest.load.rows.spellings import MOMENTS, is_day, is_misread, is_usual, respell

_NATIVE_TYPES: dict[type, TDataType] = {
    bool: "bool",
    datetime: "timestamp",
    dict: "json",
    float: "double",
    int: "bigint",
    list: "json",
    str: "text",
}
_DLT_MARKS = {chr(PUA_START + number) for number in range(9)}
"""dlt writes them before a text that it reads back as another type."""


class RowCoercer:
    """Coerces the rows of one table.

    Args:
        types: The types of the columns; the first values of an undeclared field decide.
        depth: How many lists and objects are around the rows when dlt gets them.
    """

    def __init__(self, types: ColumnTypes, depth: int = 0) -> None:
        self._types = types
        self._depth = depth

    def coerce(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the same rows, each value that dlt cannot store as JSON in `<field>__v_text`."""
        coerced = [self._coerce_row(row) for row in self._write_as_decimals(rows)]
        if self._is_encodable(coerced):
            return coerced
        return [self._make_encodable(row) for row in coerced]

    def _write_as_decimals(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write whole numbers of a new column as decimals, where some of the rows have decimals."""
        decimals: set[str] = set()
        for name in [n for n in set[str]().union(*rows) if self._types.get(n) is None]:
            values = [value for row in rows if (value := row.get(name)) is not None]
            if values and type(values[0]) is int and infer_column_type(values) == "double":
                self._types.decide(name, "double")
                decimals.add(name)
        if not decimals:
            return rows
        return [
            {n: float(v) if n in decimals and type(v) is int else v for n, v in row.items()}
            for row in rows
        ]

    def _coerce_row(self, row: dict[str, Any]) -> dict[str, Any]:
        row = self._respell(row)
        bad = [name for name, value in row.items() if not self._is_storable(row, name, value)]
        if self._types.bounded:
            bad += [n for n in row if n not in bad and not self._is_within_bound(n, row[n])]
        for name in bad:
            row = self._coerce_field(row, name)
        return row

    def _respell(self, row: dict[str, Any]) -> dict[str, Any]:
        moments = [name for name in row if self._types.get(name) in MOMENTS]
        declared = [name for name in moments if self._types.is_type_declared(name)]
        if not declared:
            return row
        return row | {name: respell(self._types.get(name), row[name]) for name in declared}

    def _is_storable(self, row: Mapping[str, Any], name: str, value: Any) -> bool:
        kind = type(value)
        if value is None or not _fits_any_column(kind, value):
            return value is None
        expected = self._types.get(name)
        if expected is None:
            return self._is_storable_as_first(name, value)
        if expected == _NATIVE_TYPES.get(kind):
            return True
        if expected in MOMENTS and is_usual(value) and not self._types.holds_moments(name):
            return True
        is_declared = self._types.is_type_declared(name)
        coercion = classify_coercion(expected, value, is_declared=is_declared)
        if coercion is Coercion.STORED and self._types.holds_moments(name):
            return isinstance(value, datetime)  # Whatever else dlt would read as a moment.
        if expected == "decimal" and coercion is Coercion.STORED:
            return str(_round_decimal(self._types, name, value)) == str(value)
        if coercion is Coercion.VARIANT and type(value) is str:
            # Another field's value may be there: see `FieldNames`.
            return build_text_column(self._types.find_column(name)) not in row
        return coercion is not Coercion.LOST

    def _is_within_bound(self, name: str, value: Any) -> bool:
        """Return whether a number fits into a column of whole numbers; other values fit."""
        bound = self._types.bounded.get(self._types.find_column(name))
        try:
            number = Decimal(str(value)) if bound else Decimal()
            return bound is None or (-bound <= number < bound and number == int(number))
        except ArithmeticError:  # Not a number, or NaN.
            return True

    def _is_storable_as_first(self, name: str, value: Any) -> bool:
        """Return whether a field's first value may decide the type of its column, as in dlt."""
        if not self._is_encodable(value) or (type(value) is float and math.isnan(value)):
            return True
        expected = infer_type(value)
        if classify_coercion(expected, value) is Coercion.LOST:
            return False
        self._types.decide(name, expected)
        return True

    def _coerce_field(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        value, expected = row[name], self._types.get(name)
        if expected == "text" and isinstance(value, int | LongNumber):
            return {**row, name: str(spell(value))}
        if expected == "double" and isinstance(value, int) and is_float(value):
            return {**row, name: float(value)}
        rounded = _round_decimal(self._types, name, value) if expected == "decimal" else None
        if rounded is not None:
            return {**row, name: str(rounded)}
        return self._move_to_text(row, name)

    def _make_encodable(self, row: dict[str, Any]) -> dict[str, Any]:
        # Within a list and a row, as on a page: both count in how deep a value may be nested.
        bad = [name for name, value in row.items() if not self._is_encodable([{"": value}])]
        for name in bad:
            row = self._move_to_text(row, name)
        return row

    def _is_encodable(self, value: Any) -> bool:
        for _ in range(self._depth):
            value = [value]
        return is_encodable(value, holds_nul=self._types.holds_nul)

    def _move_to_text(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        # As JSON, quotes included: dlt would read a bare date back as a date.
        column = self._types.find_column(name)
        variant = build_text_column(column)
        if variant in row:
            variant = build_text_column(f"{column}_{hash_shortly(name)}")
        text = {} if row[name] is None else {variant: to_json(row[name])}
        return {**{k: v for k, v in row.items() if k != name}, **text}


def _round_decimal(types: ColumnTypes, name: str, value: Any) -> Decimal | None:
    """Return a number as its decimal column holds it; None where it has too many digits."""
    precision, scale = types.find_decimal_digits(name)
    try:
        value = str(value) if type(value) is LongNumber else value
        if is_misread("decimal", value):
            return None
        number: Decimal = coerce_value("decimal", read_type(value), value)
        rounded = number.quantize(Decimal(1).scaleb(-scale), context=Context(prec=precision))
    except (ValueError, ArithmeticError):
        return None
    return rounded if rounded.is_finite() else None


def _fits_any_column(kind: type, value: Any) -> bool:
    if kind is int:
        return is_in_64_bits(value)
    if kind is float:
        return not math.isinf(value)
    if kind is LongNumber:
        return False
    return kind is not str or not is_marked(value)


_WHOLE_NUMBER = re.compile(r"0|-?[1-9]\d*", re.ASCII)


def is_storable_key(types: ColumnTypes, name: str, expected: TDataType, value: Any) -> bool:
    """Return whether the column of a primary key holds a value as it is."""
    if type(value) is str and expected == "text":
        return not is_marked(value)
    if type(value) is float and not math.isfinite(value):
        return False
    if expected == "date" and type(value) is str and not is_day(value):
        return False
    if expected == "bigint" and type(value) is str and not _WHOLE_NUMBER.fullmatch(value):
        return False  # `007` would be the key 7.
    if expected == "decimal" and _round_decimal(types, name, value) != _read_decimal(value):
        return False
    is_declared = types.is_type_declared(name)
    return classify_coercion(expected, value, is_declared=is_declared) is Coercion.STORED


def _read_decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).strip())
    except ArithmeticError:
        return None


def is_marked(text: str) -> bool:
    """Return whether dlt would read a text back as another type, by dlt's mark at its start."""
    return not text.isascii() and text[0] in _DLT_MARKS

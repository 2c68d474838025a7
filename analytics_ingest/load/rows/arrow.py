"""Rows → Arrow tables, several times faster than row by row; None where that would change a value.

A batch becomes columns only where every value is of its column's type, or is read as one by dlt's
own rules. Any other batch (values that drift, names that collide, what no column can hold) takes
dlt's way for rows, which keeps such values beside their columns.
"""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from dlt.common.data_types import TDataType, coerce_value
from dlt.common.json import json
from pyarrow.compute import call_function

from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.rows.coercion import is_marked
from analytics_ingest.load.rows.column_types import ColumnTypes, inferred, is_dlts, type_of

_ARROW_TYPES: dict[TDataType, pa.DataType] = {
    "bigint": pa.int64(),
    "double": pa.float64(),
    "text": pa.string(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "json": pa.string(),
}
_PYTHON_TYPES: dict[TDataType, frozenset[type]] = {
    "bigint": frozenset({int}),
    "double": frozenset({float, int}),
    "text": frozenset({str}),
    "bool": frozenset({bool}),
    "json": frozenset({dict, list}),
}
_NONE = type(None)
_FIRST_YEAR, _LAST_YEAR = 2, 9998
"""Beyond these an offset can lead out of time."""

_FAULTS = (ValueError, TypeError, ArithmeticError, OSError, pa.ArrowException)
"""What a value raises that is not of its column's type."""


class Columns:
    """Makes columns of the rows of one resource.

    Args:
        types: The types of its columns; the values of undeclared ones decide them.
    """

    def __init__(self, types: ColumnTypes) -> None:
        self._types = types
        self._stored: dict[str, TDataType] = {}

    def table(self, rows: list[dict[str, Any]]) -> pa.Table | None:
        """The rows as a table without columns that are null throughout; None where all are."""
        try:
            arrays = self._arrays(rows)
        except _FAULTS:
            return None
        return pa.table(arrays) if arrays else None

    def types(self, columns: Iterable[str]) -> dict[str, TDataType]:
        """The data types of columns that a table was made of."""
        return {column: self._stored[column] for column in columns}

    def _arrays(self, rows: list[dict[str, Any]]) -> dict[str, pa.Array]:
        arrays: dict[str, pa.Array] = {}
        taken: set[str] = set()
        for name in dict.fromkeys(name for row in rows for name in row):
            column = self._types.column(name)
            if column in taken:
                raise ValueError(column)
            taken.add(column)
            array = self._array(name, column, [row.get(name) for row in rows])
            if array is not None:
                arrays[column] = array
        return arrays

    def _array(self, name: str, column: str, values: list[Any]) -> pa.Array | None:
        kinds = set(map(type, values)) - {_NONE}
        if not kinds:
            return None
        if is_dlts(column):
            raise ValueError(column)
        data_type = self._types.get(name)
        if data_type is None:
            data_type = inferred(next(value for value in values if value is not None))
        array = _array(data_type, values, kinds)
        self._types.decide(name, data_type)
        self._stored[column] = data_type
        return array


def can_be_columnar(resource: ResourceDeclaration) -> bool:
    """Whether a resource's rows need none of what dlt does with rows alone."""
    declared = resource.declared
    return declared.max_table_nesting == 0 and not (
        declared.columns or declared.schema_contract or declared.nested_hints
    )


def _array(data_type: TDataType, values: list[Any], kinds: set[type]) -> pa.Array:
    """An array of a type, as dlt would read the values.

    Raises:
        Exception: One of `_FAULTS`, where a value is not of the type.
    """
    arrow_type = _ARROW_TYPES.get(data_type)
    if arrow_type is None:
        raise TypeError(data_type)
    if data_type in ("timestamp", "date"):
        return _times(data_type, arrow_type, values, kinds)
    if not kinds <= _PYTHON_TYPES[data_type]:
        raise TypeError(data_type)
    if data_type == "json":
        values = [None if value is None else json.dumps(value) for value in values]
    array = pa.array(values, arrow_type)
    if data_type == "double" and not _of("all", _of("is_finite", array)).as_py():
        raise ValueError(data_type)
    if data_type == "text" and _has_marks(array):
        raise ValueError(data_type)
    return array


def _has_marks(array: pa.Array) -> bool:
    others = array.filter(_of("invert", _of("string_is_ascii", array)))
    return any(is_marked(text) for text in others.to_pylist())


def _times(
    data_type: TDataType, arrow_type: pa.DataType, values: list[Any], kinds: set[type]
) -> pa.Array:
    if kinds == {str} and data_type == "timestamp":
        try:
            return _in_time(pa.array(values, pa.string()).cast(arrow_type))
        except pa.ArrowInvalid:
            pass  # Text that Arrow does not read, and dlt may.
    read = [
        None if value is None else coerce_value(data_type, type_of(value), value)
        for value in values
    ]
    return _in_time(pa.array(read, arrow_type))


def _in_time(array: pa.Array) -> pa.Array:
    years = _of("min_max", _of("year", array)).as_py()
    if years["min"] < _FIRST_YEAR or years["max"] > _LAST_YEAR:
        raise ValueError(years)
    return array


def _of(function: str, values: Any) -> Any:
    return call_function(function, [values])

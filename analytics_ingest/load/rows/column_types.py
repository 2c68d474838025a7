"""The type of a field's column: as declared, as in the warehouse, else as dlt infers it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from dlt.common.arithmetics import DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
from dlt.common.data_types import DATA_TYPES, TDataType, py_type_to_sc_type
from dlt.common.schema.detections import is_iso_timestamp
from dlt.common.schema.typing import TColumnSchema

_NAMELESS = "_empty"
"""dlt's column for a field whose name is empty or blank."""

_DLTS = re.compile(rf"_dlt_.*|.*__v_({'|'.join(sorted(DATA_TYPES))})")
"""Names of dlt's own columns: those of every table, and those of values of another type."""


class ColumnTypes:
    """The columns of one table, by the names of the fields that are stored in them.

    Args:
        declared: Column hints by field, of all fields that are named in the declaration.
        stored: The columns that the warehouse has.
        normal: dlt's function from a field's name to its column's.
        holds_nul: Whether texts and JSON may hold the character NUL.
    """

    def __init__(
        self,
        declared: Mapping[str, TColumnSchema],
        stored: Mapping[str, TColumnSchema],
        normal: Callable[[str], str],
        *,
        holds_nul: bool = True,
    ) -> None:
        self.holds_nul = holds_nul
        self._normal = normal
        self._columns = {**stored, **{self.column(n): column for n, column in declared.items()}}
        for name, column in stored.items():
            if "data_type" not in self._columns[name]:
                self._columns[name] = column
        self._types: dict[str, TDataType] = {}
        self._owners = {self.column(name): name for name in declared}
        self._undisputed = set(declared)

    def column(self, field: str) -> str:
        """The name of a field's column."""
        if not field or field.isspace():
            return _NAMELESS
        return self._normal(encodable_name(field))

    def anothers(self, row: Mapping[str, Any]) -> list[str]:
        """Fields whose column is dlt's own, or that of a declared field of the row."""
        if row.keys() <= self._undisputed:
            return []
        owners = {field: self._owner(field) for field in row}
        self._undisputed.update(field for field, owner in owners.items() if field == owner)
        return [f for f, owner in owners.items() if f != owner and (owner in row or not owner)]

    def _owner(self, field: str) -> str | None:
        column = self.column(field)
        return None if is_dlts(column) else self._owners.get(column, field)

    def get(self, field: str) -> TDataType | None:
        """The type of a field's column, None while nothing has decided it."""
        found = self._types.get(field)
        if found is None:
            found = self._columns.get(self.column(field), {}).get("data_type")
            if found is not None:
                self._types[field] = found
        return found

    def decide(self, field: str, data_type: TDataType) -> None:
        """Note the type of a field's column, unless it has one."""
        if self.get(field) is None:
            self._types[field] = data_type
            self._columns[self.column(field)] = {"data_type": data_type}

    def decimal_digits(self, field: str) -> tuple[int, int]:
        """Precision and scale of a decimal column."""
        column = self._columns.get(self.column(field), {})
        precision, scale = column.get("precision"), column.get("scale")
        if precision is None:
            return DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
        return precision, scale or 0


def is_dlts(column: str) -> bool:
    """Whether a column's name is one that dlt gives."""
    return _DLTS.fullmatch(column) is not None


def encodable_name(name: str) -> str:
    """A field's name as dlt can write it: half a surrogate pair is spelled out."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def type_of(value: Any) -> TDataType:
    """The type that dlt sees in a value, whatever its text says."""
    return cast(TDataType, py_type_to_sc_type(type(value)))


def inferred(value: Any) -> TDataType:
    """The type that dlt gives to a column whose first value this is."""
    return is_iso_timestamp(type(value), value) or type_of(value)

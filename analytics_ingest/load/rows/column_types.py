"""The type of a field's column: as declared, as in the warehouse, else as dlt infers it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from dlt.common.arithmetics import DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
from dlt.common.data_types import DATA_TYPES, TDataType, py_type_to_sc_type
from dlt.common.schema.detections import is_iso_timestamp
from dlt.common.schema.typing import TColumnSchema

from analytics_ingest.common.column_names import ascii_name

_NAMELESS = "_empty"
"""dlt's column for a field with an empty or blank name."""

_DLT_NAMES = re.compile(rf"_dlt_.*|.*__v_({'|'.join(sorted(DATA_TYPES))})")
"""Names of dlt's own columns: those of every table, and variant columns."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)", re.ASCII)

_DIGIT = re.compile(r"\d")
_BELOW_MICROSECONDS = re.compile(r"[.,]\d{6}\d*[1-9]")


class ColumnTypes:
    """The columns of one table, by the name of the field that each holds.

    Args:
        declared: Field → column hints, of all fields that the declaration names.
        stored: Column → column hints, as the warehouse has them.
        normalize: dlt's function from the name of a field to that of its column.
        cursor: The field whose column holds the cursor as a moment.
        holds_nul: Whether texts and JSON may hold the character NUL.
    """

    def __init__(
        self,
        declared: Mapping[str, TColumnSchema],
        stored: Mapping[str, TColumnSchema],
        normalize: Callable[[str], str],
        *,
        cursor: str | None = None,
        holds_nul: bool = True,
    ) -> None:
        self.holds_nul = holds_nul
        self._normalize = normalize
        self._cursors = {cursor, cursor and self.column(cursor)}
        self.known = frozenset(stored) | {self.column(name) for name in declared}
        """The columns that need not be created."""
        self._columns = {**stored, **{self.column(n): column for n, column in declared.items()}}
        for name, column in stored.items():
            if "data_type" not in self._columns[name]:
                self._columns[name] = column
        self._types: dict[str, TDataType] = {}
        self._typed = {self.column(n) for n, column in declared.items() if "data_type" in column}
        self.bounded = {n: bound for n, c in self._columns.items() if (bound := _bound_of(c))}
        """Column of whole numbers → the first positive one that is too large for it."""
        self.owners = {self.column(name): name for name in declared}
        """Column → the declared field that it is for."""

    def json_columns(self) -> frozenset[str]:
        """The columns that are declared or stored as JSON."""
        return frozenset(c for c in self.known if self._columns[c].get("data_type") == "json")

    def column(self, field: str) -> str:
        """The name of a field's column."""
        return column_name(field, self._normalize)

    def get(self, field: str) -> TDataType | None:
        """The type of a field's column; None while it is undecided."""
        data_type = self._types.get(field)
        if data_type is None:
            data_type = self._columns.get(self.column(field), {}).get("data_type")
            if data_type is not None:
                self._types[field] = data_type
        return data_type

    def is_type_declared(self, field: str) -> bool:
        """Whether the declaration gives the type of a field's column."""
        return self.column(field) in self._typed

    def holds_moments(self, field: str) -> bool:
        """Whether a field's column holds the cursor: what is not a moment is not made one."""
        return field in self._cursors and self.get(field) == "timestamp"

    def decide(self, field: str, data_type: TDataType) -> None:
        """Set the type of a field's column, unless it has one."""
        if self.get(field) is None:
            self._types[field] = data_type
            self._columns[self.column(field)] = {"data_type": data_type}

    def decimal_digits(self, field: str) -> tuple[int, int]:
        """Precision and scale of a decimal column."""
        return digits_of(self._columns.get(self.column(field), {}))


def _bound_of(column: TColumnSchema) -> int | None:
    """The bound of a column of whole numbers; None where 64 bits, or none at all, are it."""
    if column.get("data_type") == "wei":
        return 10**DEFAULT_NUMERIC_PRECISION
    bits = column.get("precision") if column.get("data_type") == "bigint" else None
    widths = [width for width in (8, 16, 32) if bits and bits <= width]
    return 2 ** (widths[0] - 1) if widths else None


def digits_of(column: TColumnSchema) -> tuple[int, int]:
    """Precision and scale of a decimal column, which dlt has defaults for."""
    precision, scale = column.get("precision"), column.get("scale")
    if precision is None:
        return DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
    return precision, scale or 0


def column_name(field: str, normalize: Callable[[str], str]) -> str:
    """The name of a field's column, by dlt's function for names in ASCII."""
    if not field or field.isspace():
        return _NAMELESS
    return normalize(ascii_name(field)) or _NAMELESS


def text_column(column: str) -> str:
    """The column for values that another one cannot hold, each as JSON."""
    return f"{column}__v_text"


def is_dlt_column(column: str) -> bool:
    """Whether a column has a name that dlt gives to its own."""
    return _DLT_NAMES.fullmatch(column) is not None


def type_of(value: Any) -> TDataType:
    """dlt's type of a value; a text is a text even if it looks like a number."""
    return cast(TDataType, py_type_to_sc_type(type(value)))


def is_full_date(text: str) -> bool:
    """Whether a text begins with a day: dlt also reads `7`, `2026` and `2026-W01` as moments."""
    return _DAY.match(text) is not None


def spelling_of_moment(text: str) -> str | None:
    """A text with each digit as 9: of one spelling, different texts are different moments.

    None where a column of moments, which holds microseconds, would lose digits.
    """
    return None if _BELOW_MICROSECONDS.search(text) else _DIGIT.sub("9", text)


def infer_type(value: Any) -> TDataType:
    """The type that dlt gives to a column with this first value."""
    return is_iso_timestamp(type(value), value) or type_of(value)


def is_in_64_bits(number: int) -> bool:
    """Whether a column of integers can hold a number."""
    return -(2**63) <= number < 2**63

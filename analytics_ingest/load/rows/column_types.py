"""The type of a field's column: as declared, as in the warehouse, else as dlt infers it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from dlt.common.arithmetics import DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
from dlt.common.data_types import DATA_TYPES, TDataType, py_type_to_sc_type
from dlt.common.schema.detections import is_iso_timestamp
from dlt.common.schema.typing import TColumnSchema

from analytics_ingest.common.column_names import VARIANT, to_ascii

_NAMELESS = "_empty"
"""dlt's column for a field with an empty or blank name."""

_DLT_NAMES = re.compile(rf"_dlt_.*|.*{VARIANT}({'|'.join(sorted(DATA_TYPES))})")
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
        self._cursors = {cursor, cursor and self.find_column(cursor)}
        self.known = frozenset(stored) | {self.find_column(name) for name in declared}
        """The columns that need not be created."""
        self._columns = {
            **stored,
            **{self.find_column(n): column for n, column in declared.items()},
        }
        for name, column in stored.items():
            if "data_type" not in self._columns[name]:
                self._columns[name] = column
        self._json = {c for c in self.known if self._columns[c].get("data_type") == "json"}
        self._types: dict[str, TDataType] = {}
        self._typed = {
            self.find_column(n) for n, column in declared.items() if "data_type" in column
        }
        self.bounded = {n: bound for n, c in self._columns.items() if (bound := _find_bound(c))}
        """Column of whole numbers → the first positive one that is too large for it."""
        self.owners = {self.find_column(name): name for name in declared}
        """Column → the declared field that it is for."""

    def unnests(self, column: str, value: Any) -> bool:
        """Return whether dlt unnests a value, unless it is too deep: a column of JSON is kept."""
        return isinstance(value, dict | list) and column not in self._json

    def find_column(self, field: str) -> str:
        """Find the name of a field's column."""
        return build_column_name(field, self._normalize)

    def get(self, field: str) -> TDataType | None:
        """Return the type of a field's column; None while it is undecided."""
        data_type = self._types.get(field)
        if data_type is None:
            data_type = self._columns.get(self.find_column(field), {}).get("data_type")
            if data_type is not None:
                self._types[field] = data_type
        return data_type

    def is_type_declared(self, field: str) -> bool:
        """Return whether the declaration gives the type of a field's column."""
        return self.find_column(field) in self._typed

    def holds_moments(self, field: str) -> bool:
        """Return whether a field's column holds the cursor; other fields do not become moments."""
        return field in self._cursors and self.get(field) == "timestamp"

    def decide(self, field: str, data_type: TDataType) -> None:
        """Set the type of a field's column, unless it has one."""
        if self.get(field) is None:
            self._types[field] = data_type
            self._columns[self.find_column(field)] = {"data_type": data_type}

    def find_decimal_digits(self, field: str) -> tuple[int, int]:
        """Find precision and scale of a decimal column."""
        return find_digits(self._columns.get(self.find_column(field), {}))


def _find_bound(column: TColumnSchema) -> int | None:
    """Find the bound of a column of whole numbers; None where 64 bits, or none at all, are it."""
    if column.get("data_type") == "wei":
        return 10**DEFAULT_NUMERIC_PRECISION
    bits = column.get("precision") if column.get("data_type") == "bigint" else None
    widths = [width for width in (8, 16, 32) if bits and bits <= width]
    return 2 ** (widths[0] - 1) if widths else None


def find_digits(column: TColumnSchema) -> tuple[int, int]:
    """Find precision and scale of a decimal column, which dlt has defaults for."""
    precision, scale = column.get("precision"), column.get("scale")
    if precision is None:
        return DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
    return precision, scale or 0


def build_column_name(field: str, normalize: Callable[[str], str]) -> str:
    """Build the name of a field's column, by dlt's function for names in ASCII."""
    if not field or field.isspace():
        return _NAMELESS
    return normalize(to_ascii(field)) or _NAMELESS


def build_text_column(column: str) -> str:
    """Build the column for values that another one cannot hold, each as JSON."""
    return f"{column}{VARIANT}text"


def is_dlt_column(column: str) -> bool:
    """Return whether a column has a name that dlt gives to its own."""
    return _DLT_NAMES.fullmatch(column) is not None


def read_type(value: Any) -> TDataType:
    """Read dlt's type of a value; a text is a text even if it looks like a number."""
    return cast(TDataType, py_type_to_sc_type(type(value)))


def is_full_date(text: str) -> bool:
    """Return whether a text begins with a day; dlt also reads `7` and `2026-W01` as moments."""
    return _DAY.match(text) is not None


def find_moment_spelling(text: str) -> str | None:
    """Replace each digit by 9: texts of one spelling differ only if their moments do.

    None where a column of moments, which holds microseconds, would lose digits.
    """
    return None if _BELOW_MICROSECONDS.search(text) else _DIGIT.sub("9", text)


def infer_type(value: Any) -> TDataType:
    """Infer the type that dlt gives to a column with this first value."""
    return is_iso_timestamp(type(value), value) or read_type(value)


def infer_column_type(values: Sequence[Any]) -> TDataType:
    """Infer the type of a new column from a batch of its values, which has no null.

    As in dlt, the first one decides. But JSON often writes a decimal that is whole without a point:
    a whole number before fractions is one of them, unless its digits are too many.
    """
    if type(values[0]) is int and any(type(v) is float and not v.is_integer() for v in values):
        numbers = (value for value in values if type(value) is int)
        return "double" if all(map(is_float, numbers)) else "bigint"
    return infer_type(values[0])


def is_float(number: int) -> bool:
    """Return whether a float holds an integer with all its digits."""
    try:
        return float(number) == number
    except OverflowError:
        return False


def is_in_64_bits(number: int) -> bool:
    """Return whether a column of integers can hold a number."""
    return -(2**63) <= number < 2**63

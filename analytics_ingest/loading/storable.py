"""Moves values that no column can hold into a text column beside, so that they sink no load.

dlt puts a value of another type into `<field>__v_<type>` itself; these are the values on which it
gives up instead: integers beyond 64 bits, dates before or after time, half a surrogate pair.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, cast

from dlt.common.data_types import TDataType, coerce_value, py_type_to_sc_type
from dlt.common.json import json as dlt_json

LARGEST = 2**63 - 1
SMALLEST = -(2**63)
_EDGES_OF_TIME = ("0000", "0001", "9999")
_TIMES = ("timestamp", "date", "time")


class Storability:
    """Makes pages storable.

    Args:
        types: dlt data types of the columns that are declared or known, by field.
    """

    def __init__(self, types: Mapping[str, TDataType]) -> None:
        self._types = types

    def page(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same rows, with unstorable values moved to `<field>__v_text`, as JSON."""
        made = [self._row(row) for row in rows]
        return made if is_encodable(made) else [_with_encodable_values(row) for row in made]

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        bad = [name for name, value in row.items() if not self._is_storable(name, value)]
        for name in bad:
            row = self._replaced(row, name)
        return row

    def _is_storable(self, name: str, value: Any) -> bool:
        kind = type(value)
        if kind is int:
            return SMALLEST <= value <= LARGEST and (
                self._types.get(name) not in _TIMES or _coerces("timestamp", value)
            )
        if kind is str:
            at_edge = value[:4] in _EDGES_OF_TIME and self._types.get(name) != "text"
            return not at_edge or _coerces("timestamp", value)
        if kind is float and self._types.get(name) in ("bigint", *_TIMES):
            return _coerces(self._types[name], value) and abs(value) <= LARGEST
        return True

    def _replaced(self, row: dict[str, Any], name: str) -> dict[str, Any]:
        value = row[name]
        if self._types.get(name) == "text" and isinstance(value, int):
            return {**row, name: str(value)}
        if self._types.get(name) == "double" and isinstance(value, int):
            try:
                return {**row, name: float(value)}
            except OverflowError:
                pass
        return _moved(row, name)


def _coerces(to: TDataType, value: Any) -> bool:
    """Whether dlt reads a value as a type, or keeps it apart itself (a ValueError)."""
    try:
        read = coerce_value(to, cast(TDataType, py_type_to_sc_type(type(value))), value)
        if isinstance(read, datetime):
            read.astimezone(timezone.utc)
    except ValueError:
        return True
    except (ArithmeticError, OSError):
        return False
    return True


def _with_encodable_values(row: dict[str, Any]) -> dict[str, Any]:
    for name in [name for name, value in row.items() if not is_encodable(value)]:
        row = _moved(row, name)
    return row


def _moved(row: dict[str, Any], name: str) -> dict[str, Any]:
    # As JSON, quotes included: dlt would read a bare date back as one.
    text = as_text(row[name])
    return {**{k: v for k, v in row.items() if k != name}, f"{name}__v_text": text}


def as_text(value: Any) -> str:
    """A value as JSON that every warehouse can hold, also where its text is no Unicode."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if is_encodable(text) else json.dumps(value, sort_keys=True)


def is_encodable(value: Any) -> bool:
    """Whether dlt can write a value as JSON."""
    try:
        dlt_json.dumpb(value)
    except (TypeError, ValueError):
        return False
    return True

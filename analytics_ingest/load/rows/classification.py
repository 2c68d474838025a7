"""Classifies what dlt makes of a value in a column of a type: stores, moves or loses it."""

import json
import math
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from dlt.common.data_types import TDataType, coerce_value
from dlt.common.schema.detections import is_iso_timestamp

from analytics_ingest.common.numbers import LongNumber
from analytics_ingest.load.rows.column_types import is_float, is_full_date, is_in_64_bits, read_type
from analytics_ingest.load.rows.spellings import is_misread


class Coercion(Enum):
    """What dlt makes of a value in a column of some type."""

    STORED = "the column holds it"
    VARIANT = "dlt puts it into a variant column of its own type"
    LOST = "dlt gives up on it, or loses it"


def classify_coercion(to: TDataType, value: Any, *, is_declared: bool = False) -> Coercion:
    """Return what dlt makes of a value in a column of a type.

    Args:
        is_declared: Whether the declaration asks for the type.
    """
    actual = read_type(value)
    has_too_many_digits = type(value) is LongNumber and to not in ("text", "decimal")
    if has_too_many_digits or (to == "double" and type(value) is int and not is_float(value)):
        return Coercion.LOST
    try:
        coerced = coerce_value(to, actual, value)
        if isinstance(coerced, datetime):
            coerced.astimezone(timezone.utc)
    except ValueError:
        # The variant column would become one of timestamps, which the next text does not fit.
        is_moment = actual == "text" and is_iso_timestamp(str, value)
        return Coercion.LOST if is_moment else Coercion.VARIANT
    except (TypeError, ArithmeticError, OSError):
        return Coercion.LOST
    if isinstance(coerced, int) and not is_in_64_bits(coerced):
        return Coercion.LOST
    # dlt reads a text as JSON, but writes it bare unless it is an object or a list: PostgreSQL
    # would take it for a number, and a text within it would lose its quotes.
    is_lost = actual == "text" and to == "json" and not isinstance(coerced, dict | list)
    is_lost |= _is_changed(to, value, coerced, is_declared=is_declared)
    return Coercion.LOST if is_lost else Coercion.STORED


def _is_changed(to: TDataType, value: Any, coerced: Any, *, is_declared: bool) -> bool:
    """Return whether dlt reads a value as another: 7 as true or 1970, `007` as 7, `yes` as true.

    A declared type asks for that, except for a number that is neither true nor false, for a flag in
    a text column, which dlt spells as Python does, and for digits of neither a number nor a moment.
    """
    if is_declared and is_misread(to, value):
        return True
    if type(value) is bool:
        return to == "text"
    if type(value) in (int, float):
        is_flag = is_declared and value in (0, 1)
        return not is_flag if to == "bool" else to == "timestamp" and not is_declared
    if is_declared or type(value) is not str:
        return False
    if to == "timestamp":
        return not is_full_date(value)
    is_plain = to in ("bigint", "bool", "double")
    return is_plain and not (math.isfinite(coerced) and json.dumps(coerced) == value)

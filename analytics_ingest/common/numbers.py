"""Numbers in JSON that a float cannot hold: a `LongNumber` keeps their digits."""

import math
import sys
from decimal import Decimal
from typing import Any

EXACT_CHARACTERS = 15
"""A float holds every number of 15 digits, so every number of at most 15 characters."""


class LongNumber(float):
    """A float, and the digits of the number in JSON that it is not exactly."""

    digits: str

    def __eq__(self, other: object) -> bool:
        # A NaN equals itself: rows that hold one can be compared.
        return (
            self.digits == other.digits if isinstance(other, LongNumber) else super().__eq__(other)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.digits if math.isnan(self) else float(self))

    def __str__(self) -> str:
        return self.digits

    def __format__(self, spec: str) -> str:
        return format(self.digits if not spec else float(self), spec)


def to_long_number(text: str) -> LongNumber:
    """Return a number that a float does not hold, as written in JSON; also NaN and Infinity."""
    number = LongNumber(text)
    number.digits = text
    return number


def parse_number(text: str) -> float:
    """Return a number with a decimal point or an exponent, as written in JSON."""
    number = float(text)
    is_usual = sys.float_info.min <= abs(number) <= sys.float_info.max
    if (is_usual and len(text) <= EXACT_CHARACTERS) or repr(number) == text:
        return number
    return number if _prints_as(number, text) else to_long_number(text)


def _prints_as(number: float, text: str) -> bool:
    """Return whether a float, written with as many digits as a text, is that text.

    APIs write 0.1 as 0.10000000000000001 too: that is the float with more digits than it needs.
    """
    places = len(text.lower().partition("e")[0].strip("-").replace(".", "").lstrip("0"))
    try:
        return Decimal(f"{number:.{max(places, 1) - 1}e}") == Decimal(text)
    except ArithmeticError:
        return False  # An exponent beyond all numbers.


def has_long_number(value: Any) -> bool:
    """Return whether a value, or one in its objects and lists, is a number of many digits."""
    values = [value]
    while values:
        value = values.pop()
        if type(value) is LongNumber:
            return True
        if isinstance(value, dict | list):
            values.extend(value.values() if isinstance(value, dict) else value)
    return False

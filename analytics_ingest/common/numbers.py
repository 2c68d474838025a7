"""Reads JSON without losing digits: a number that a float would change is a `LongNumber`."""

import json
from decimal import Decimal
from typing import Any

_DIGITS_AS_ZERO = bytes.maketrans(b"123456789.", b"0000000000")
_LONG = b"0" * 16
"""A float holds any number of 15 digits; the decimal point makes one character more."""


class LongNumber(float):
    """A float, and the digits of the number in JSON that it is not exactly."""

    digits: str

    def __str__(self) -> str:
        return self.digits

    def __format__(self, spec: str) -> str:
        return format(self.digits if not spec else float(self), spec)


def parse_json(content: bytes, text: str | None = None) -> Any:
    """Parse a body, with or without a byte-order mark.

    Args:
        content: The body, whose digits and points are bytes of ASCII.
        text: The same decoded; without it the body is UTF-8.

    Raises:
        ValueError: It is not JSON.
    """
    if text is None:
        text = content.decode("utf-8-sig")
    if _LONG not in content.translate(_DIGITS_AS_ZERO):
        return json.loads(text)  # Twice as fast: it calls nothing of Python for a number.
    return json.loads(text, parse_float=parse_number)


def parse_number(text: str) -> float:
    """A number with a decimal point or an exponent, as it stands in JSON."""
    number = float(text)
    if len(text) < len(_LONG) or repr(number) == text or _prints_as(number, text):
        return number
    long = LongNumber(number)
    long.digits = text
    return long


def _prints_as(number: float, text: str) -> bool:
    """Whether a float, written with as many digits as a text, is that text.

    APIs write 0.1 as 0.10000000000000001 too: that is the float with more digits than it needs.
    """
    places = len(text.lower().partition("e")[0].strip("-").replace(".", "").lstrip("0"))
    return Decimal(f"{number:.{max(places, 1) - 1}e}") == Decimal(text)


def has_long_number(value: Any) -> bool:
    """Whether a value, or one in its objects and lists, is a number of many digits."""
    values = [value]
    while values:
        value = values.pop()
        if type(value) is LongNumber:
            return True
        if isinstance(value, dict | list):
            values.extend(value.values() if isinstance(value, dict) else value)
    return False

"""Reads JSON as it was sent, where Python's own reader would change or lose something.

12345678901234567.89, 1e400, NaN   a `LongNumber`, which keeps the digits
{"a": 1, "a": 2}                   refused: whoever takes one of the values loses the other
{"a": 1, "a": 1}                   one field
1.50                               the number 1.5: zeros at the end are not digits
"""

import json
import re
from typing import Any

from analytics_ingest.common.numbers import EXACT_CHARACTERS, parse_number, to_long_number

_LONGEST_NAME = 100

_ALIKE = bytes.maketrans(b"123456789.E", b"0000000000e")
"""Replaces each digit and point by 0, and each E by e."""
_LONG = b"0" * (EXACT_CHARACTERS + 1)
_FAR = re.compile(rb"0e[-+]?000+(?:[\s,}\]]|\Z)")
"""Numbers with an exponent of three digits may be greater or smaller than any float."""
_MAY_BE_FAR = (b"e000", b"e+000", b"e-000")
"""A search for these is 50 times faster, and seldom matches anything else."""


class RepeatedNameError(ValueError):
    """An object holds two different values of one name."""

    def __init__(self, name: str) -> None:
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        super().__init__(f"an object holds two values of the name {shown!r}")
        self.name = name


def add_member(members: dict[str, Any], name: str, value: Any) -> None:
    """Add a member to an object.

    Raises:
        RepeatedNameError: The object has another value of that name.
    """
    other = members.get(name, value)
    if type(other) is not type(value) or other != value:
        raise RepeatedNameError(name)
    members[name] = value


def _check_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    checked: dict[str, Any] = {}
    for name, value in pairs:
        add_member(checked, name, value)
    return checked


_SHORT_NUMBERS = json.JSONDecoder(object_pairs_hook=_check_members, parse_constant=to_long_number)
_ALL_NUMBERS = json.JSONDecoder(
    object_pairs_hook=_check_members, parse_constant=to_long_number, parse_float=parse_number
)
scan_json = _SHORT_NUMBERS.raw_decode
"""Reads a value within a longer text, and returns where it ends."""


def parse_json(content: bytes, text: str | None = None) -> Any:
    """Parse a body, with or without a byte-order mark.

    Args:
        content: The body, whose digits and points are bytes of ASCII.
        text: The same decoded; without it the body is UTF-8.

    Raises:
        RepeatedNameError: An object holds two different values of one name.
        ValueError: It is not JSON.
    """
    if text is None:
        text = content.decode("utf-8-sig")
    alike = content.translate(_ALIKE)
    if _LONG in alike or (any(part in alike for part in _MAY_BE_FAR) and _FAR.search(alike)):
        return _ALL_NUMBERS.decode(text)
    return _SHORT_NUMBERS.decode(text)  # Twice as fast: it calls nothing of Python for a number.

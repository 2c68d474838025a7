"""The value of a setting in an expression: a text that knows what it says.

Settings come from the environment, where everything is a text. Beside a number `5` is a number,
where a condition is asked for `false` is false, and a JSON list or object is one. The items of a
text are its parts between commas.
"""

import json
from collections.abc import Iterator
from typing import Any

_FALSE = ("", "false", "no", "none", "null", "off", "0")


class SettingText(str):
    """A text that is a number next to numbers, and a boolean next to booleans and in conditions.

    Where its items are read, they are its parts between commas.
    """

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        return iter([part.strip() for part in self.split(",") if part.strip()])

    def __bool__(self) -> bool:
        return self.strip().lower() not in _FALSE

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bool):
            return self.strip().lower() in ("true", "false") and bool(self) is other
        return super().__eq__(other) if isinstance(other, str) else self.read_number() == other

    __hash__ = str.__hash__

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return (
            super().__lt__(other) if isinstance(other, str) else self._read_known_number() < other
        )

    def __le__(self, other: Any) -> bool:
        return (
            super().__le__(other) if isinstance(other, str) else self._read_known_number() <= other
        )

    def __gt__(self, other: Any) -> bool:
        return (
            super().__gt__(other) if isinstance(other, str) else self._read_known_number() > other
        )

    def __ge__(self, other: Any) -> bool:
        return (
            super().__ge__(other) if isinstance(other, str) else self._read_known_number() >= other
        )

    def read_number(self) -> int | float | None:
        """Read the number that it says; None where it says none."""
        try:
            return int(self) if self.strip().lstrip("+-").isdecimal() else float(self)
        except ValueError:
            return None

    def _read_known_number(self) -> int | float:
        number = self.read_number()
        if number is None:
            raise TypeError("not a number")
        return number


def read_setting(value: Any) -> Any:
    """Read a setting's value for expressions: texts become `SettingText`, JSON what it holds."""
    if not isinstance(value, str):
        return value
    if value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            pass
    return SettingText(value)


def as_numbers(*values: Any) -> tuple[Any, ...]:
    """Return operands of arithmetic: a setting's text next to a number becomes a number."""
    if any(isinstance(value, int | float) for value in values):
        return tuple(_as_number(value) for value in values)
    return values


def _as_number(value: Any) -> Any:
    number = value.read_number() if isinstance(value, SettingText) else None
    return value if number is None else number

"""Field names and values of random rows: several scripts, twins, names of our own, drifting types.

A value is as JSON has it: whole numbers of any length, `Decimal` for the other numbers.
"""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

NAMES = (
    ("name", "amount", "note"),
    ("価格", "名前", "数量"),
    ("Цена", "Имя", "ЦЕНА"),
    ("السعر", "الاسم", "מחיר"),
    ("😀", "🚀", "price 💶"),
    ("userId", "user_id", "User-ID"),
    ("Status", "status", "STATUS"),
    ("Amount ($)", "Amount (€)", "Amount (%)"),
    ("a b", "a.b", "a-b"),
    ("_cursor", "_Cursor", "_cursor of the row"),
    ("_dlt_id", "_dlt_load_id", "_DLT_ID"),
    ("_other_fields", "value", "_"),
    ("_parents_id", "_parents_ref", "_Parents_Ref"),
    ("error", "message", "status"),
    ("total", "next", "has_more"),
    ("naïve", "naive", "Größe"),
)
"""Fields that one row may have; each resource draws from some of the groups."""

KINDS = {
    "integer": (0, 1, -7, 42, 2**53 + 1, 2**63 - 1),
    "huge": (2**63, 2**70, -(10**25)),
    "number": (Decimal("0.5"), Decimal("-1.25"), Decimal("19.99"), Decimal("1E+25")),
    "long": (
        Decimal("123456789012.345678901234567890"),
        Decimal("0.000000000000000000000000000001"),
        Decimal("9999999999999999.01"),
    ),
    "bool": (True, False),
    "text": ("a", "Ünï 価格", " padded ", "line\nbreak", "it's", '"quoted"', ""),
    "digits": ("7", "007", "12", "1.50", "1e5", "-0"),
    "word": ("true", "yes", "no", "null", "NaN", "{}", "[1]"),
    "moment": ("2026-01-05T10:00:00Z", "2026-01-06T23:59:59+02:00"),
    "date": ("2026-01-05", "2025-12-31"),
    "object": ({"a": 1}, {"b": {"c": [1, None]}}, {"名": Decimal("0.1")}),
    "list": ([], [1, "a"], [{"x": True}]),
    "null": (None,),
}


@dataclass(frozen=True)
class Field:
    """A field of the rows of a resource, which may come late and change its type."""

    name: str
    kinds: tuple[str, ...]
    """One after the other, each for so many rows."""
    rows: int
    first: int
    """The number of the first row that has it."""

    def has(self, number: int) -> bool:
        """Whether a row has the field."""
        return number >= self.first

    def value(self, rng: Random, number: int) -> Any:
        """The value of the field in a row."""
        kind = self.kinds[min((number - self.first) // self.rows, len(self.kinds) - 1)]
        return rng.choice(KINDS[kind])


def random_fields(rng: Random) -> list[Field]:
    """Some fields of a resource."""
    groups = rng.sample(NAMES, rng.randint(1, 3))
    names = [name for group in groups for name in rng.sample(group, rng.randint(1, 3))]
    return [
        Field(
            name,
            kinds=tuple(rng.choice(list(KINDS)) for _ in range(rng.choice((1, 1, 2, 3)))),
            rows=rng.choice((1, 2, 4)),
            first=rng.choice((0, 0, 0, 3, 7, 100)),
        )
        for name in dict.fromkeys(names)
    ]

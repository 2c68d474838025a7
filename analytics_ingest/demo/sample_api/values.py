"""A plausible value for each declared field of a row.

`data` calls `build_row` with the row's id, its two timestamps and the resource's fields. The kind
of a field decides its value; for text, it is the first pattern that matches the field's name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from analytics_ingest.demo.sample_api import words
from analytics_ingest.demo.sample_api.fields import Field, Fields
from analytics_ingest.demo.sample_api.timestamps import (
    choose_between,
    format_plainly,
    format_variously,
)

ID = "id"
CURSOR = "updated_at"

_NULL_SHARE = 0.08
_WHOLE_NUMBER_SHARE = 0.2  # JSON has 3 for 3.0, so some numbers are whole
_MOST_ITEMS = 3


@dataclass(frozen=True)
class Origin:
    """A row's id, the singular name of its entity, and when it was created and updated."""

    id: int | str
    entity: str
    created: datetime
    updated: datetime


def build_row(fields: Fields, origin: Origin, rng: Random) -> dict[str, Any]:
    """Build a row with all declared fields; some nullable ones are null."""
    return {name: _make_value(field, origin, rng) for name, field in fields.items()}


def make_uuid(rng: Random) -> str:
    """Make an id that is a UUID."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def _make_value(field: Field, origin: Origin, rng: Random) -> Any:
    if field.name == ID:
        return origin.id
    if field.name == CURSOR:
        return format_variously(origin.updated, rng)
    if field.nullable and rng.random() < _NULL_SHARE:
        return None
    return _KINDS[field.kind](field, origin, rng)


def _make_text(field: Field, origin: Origin, rng: Random) -> str:
    if field.name == "entity_type":
        return origin.entity
    choices = words.CHOICES
    own = choices.get(f"{origin.entity}.{field.name}") or choices.get(field.name)
    if own:
        return rng.choice(own)
    return next(make for pattern, make in _TEXTS.items() if re.search(pattern, field.name))(rng)


def _make_number(field: Field, origin: Origin, rng: Random) -> int | float:
    if rng.random() < _WHOLE_NUMBER_SHARE:
        return rng.randrange(1_000)
    return rng.randrange(-5_000, 250_000) / 100


def _make_integer(field: Field, origin: Origin, rng: Random) -> int:
    return rng.randrange(1, 100_000 if field.name.endswith("_id") else 200)


def _make_timestamp(field: Field, origin: Origin, rng: Random) -> str:
    is_creation = field.name == "created_at"
    return format_plainly(
        origin.created if is_creation else choose_between(origin.created, origin.updated, rng)
    )


def _make_object(field: Field, origin: Origin, rng: Random) -> dict[str, Any]:
    done, total = sorted(rng.randrange(80) for _ in range(2))
    return {
        "set_by": {"name": rng.choice(words.PEOPLE), "locales": ["en", "ja"]},
        "num_done": done,
        "share_done": done / total if total else None,
        "tags": rng.sample(words.WORDS, rng.randrange(3)),
    }


def _make_array(field: Field, origin: Origin, rng: Random) -> list[Any]:
    return [_make_item(field, rng) for _ in range(rng.randrange(_MOST_ITEMS + 1))]


def _make_item(field: Field, rng: Random) -> Any:
    is_id = field.name.endswith("_ids")
    if field.item == "string":
        return make_uuid(rng) if is_id else rng.choice(words.WORDS)
    if field.item == "number" or (is_id and field.item is None):
        return rng.randrange(1, 100_000)
    return {
        "id": rng.randrange(1, 100_000),
        "name": _make_phrase(rng),
        "options": {"enabled": rng.random() < 0.5, "weight": rng.randrange(1, 40) / 4},
    }


def _make_phrase(rng: Random) -> str:
    return f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)}"


_KINDS: dict[str, Callable[[Field, Origin, Random], Any]] = {
    "string": _make_text,
    "number": _make_number,
    "integer": _make_integer,
    "boolean": lambda field, origin, rng: rng.random() < 0.5,
    "timestamp": _make_timestamp,
    "object": _make_object,
    "array": _make_array,
}

_TEXTS: dict[str, Callable[[Random], str]] = {
    r"color|^css_": lambda rng: f"#{rng.randrange(0x1000000):06x}",
    r"_offset_|_radius$|icon_size": lambda rng: f"{rng.randrange(64)}px",
    r"_uid$|_id$": make_uuid,
    r"url$|^href$|^endpoint$": lambda rng: f"https://app.example.com/p/{rng.randrange(10_000)}",
    r"email$": lambda rng: f"user{rng.randrange(1_000)}@example.com",
    r"_date$|^deadline$|_override$": lambda rng: (
        f"2026-{rng.randrange(10, 13)}-{rng.randrange(10, 29)}"
    ),
    r"phone": lambda rng: f"+41 44 {rng.randrange(100, 1_000)} {rng.randrange(1000, 10_000)}",
    r"position": lambda rng: rng.choice(words.SIDES),
    r"mention_name|username|subdomain|canonical|short_name": lambda rng: (
        f"{rng.choice(words.WORDS)}-{rng.randrange(1_000)}"
    ),
    r"^filename$": lambda rng: f"{rng.choice(words.WORDS)}-{rng.randrange(100)}.png",
    r"text|description|placeholder|footer": lambda rng: rng.choice(words.SENTENCES),
    r"": _make_phrase,
}
"""Patterns of the names of fields; the first that matches makes the text."""

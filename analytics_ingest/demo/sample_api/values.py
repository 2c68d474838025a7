"""A plausible value forevery declared field of a row.

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

from analytics_ingest.demo.sample_api.fields import Field, Fields
from analytics_ingest.demo.sample_api.timestamps import between, format_plainly, format_variously
from analytics_ingest.demo.sample_api.words import (
    ADJECTIVES,
    CHOICES,
    NOUNS,
    PEOPLE,
    SENTENCES,
    SIDES,
    WORDS,
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
    return {name: _value(field, origin, rng) for name, field in fields.items()}


def make_uuid(rng: Random) -> str:
    """Make an id that is a UUID."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def make_phrase(rng: Random) -> str:
    """Make a name or a title."""
    return f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"


def _value(field: Field, origin: Origin, rng: Random) -> Any:
    if field.name == ID:
        return origin.id
    if field.name == CURSOR:
        return format_variously(origin.updated, rng)
    if field.nullable and rng.random() < _NULL_SHARE:
        return None
    return _KINDS[field.kind](field, origin, rng)


def _text(field: Field, origin: Origin, rng: Random) -> str:
    if field.name == "entity_type":
        return origin.entity
    own = CHOICES.get(f"{origin.entity}.{field.name}") or CHOICES.get(field.name)
    if own:
        return rng.choice(own)
    return next(make for pattern, make in _TEXTS if pattern.search(field.name))(rng)


def _number(field: Field, origin: Origin, rng: Random) -> int | float:
    if rng.random() < _WHOLE_NUMBER_SHARE:
        return rng.randrange(1_000)
    return rng.randrange(-5_000, 250_000) / 100


def _integer(field: Field, origin: Origin, rng: Random) -> int:
    return rng.randrange(1, 100_000 if field.name.endswith("_id") else 200)


def _boolean(field: Field, origin: Origin, rng: Random) -> bool:
    return rng.random() < 0.5


def _timestamp(field: Field, origin: Origin, rng: Random) -> str:
    if field.name == "created_at":
        return format_plainly(origin.created)
    return format_plainly(between(origin.created, origin.updated, rng))


def _object(field: Field, origin: Origin, rng: Random) -> dict[str, Any]:
    if field.name in ("profile", "user"):
        return _person(rng)
    if field.name == "stats":
        return _stats(rng)
    if field.name.endswith(("_logo", "_cover")):
        return {"url": _url(rng), "size": {"width": rng.randrange(16, 640), "scale": 1.5}}
    return {
        "source": rng.choice(WORDS),
        "weight": rng.randrange(1, 100) / 8,
        "tags": rng.sample(WORDS, rng.randrange(3)),
        "set_by": _person(rng) if rng.random() < 0.5 else None,
    }


def _array(field: Field, origin: Origin, rng: Random) -> list[Any]:
    return [_item(field, rng) for _ in range(rng.randrange(_MOST_ITEMS + 1))]


def _item(field: Field, rng: Random) -> Any:
    is_id = field.name.endswith("_ids")
    if field.item == "string":
        return make_uuid(rng) if is_id else rng.choice(WORDS)
    if field.item == "number" or (is_id and field.item is None):
        return rng.randrange(1, 100_000)
    return {
        "id": rng.randrange(1, 100_000),
        "name": make_phrase(rng),
        "options": {"enabled": rng.random() < 0.5, "weight": rng.randrange(1, 40) / 4},
    }


def _person(rng: Random) -> dict[str, Any]:
    name = rng.choice(PEOPLE)
    return {"name": name, "email": _email(rng), "locales": rng.sample(["en", "de", "ja"], 2)}


def _stats(rng: Random) -> dict[str, Any]:
    done, left = rng.randrange(40), rng.randrange(40)
    return {
        "num_done": done,
        "num_total": done + left,
        "share_done": round(done / (done + left), 4) if done + left else None,
        "by_state": {"started": left // 2, "unstarted": left - left // 2},
    }


def _email(rng: Random) -> str:
    return f"user{rng.randrange(1_000)}@example.com"


def _url(rng: Random) -> str:
    return f"https://app.example.com/{rng.choice(('items', 'epics', 'p'))}/{rng.randrange(10_000)}"


def _color(rng: Random) -> str:
    return f"#{rng.randrange(0x1000000):06x}"


def _pixels(rng: Random) -> str:
    return f"{rng.randrange(64)}px"


def _day(rng: Random) -> str:
    return f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"


def _phone(rng: Random) -> str:
    return f"+41 44 {rng.randrange(100, 1_000)} {rng.randrange(10, 100)} {rng.randrange(10, 100)}"


def _handle(rng: Random) -> str:
    return f"{rng.choice(WORDS)}-{rng.randrange(1_000)}"


def _file(rng: Random) -> str:
    return f"{rng.choice(WORDS)}-{rng.randrange(100)}.png"


def _sentence(rng: Random) -> str:
    return rng.choice(SENTENCES)


def _side(rng: Random) -> str:
    return rng.choice(SIDES)


_KINDS: dict[str, Callable[[Field, Origin, Random], Any]] = {
    "string": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "object": _object,
    "array": _array,
}

_TEXTS: tuple[tuple[re.Pattern[str], Callable[[Random], str]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"color|^css_", _color),
        (r"_offset_|_radius$|icon_size", _pixels),
        (r"_uid$|_id$", make_uuid),
        (r"url$|^href$|^endpoint$", _url),
        (r"email$", _email),
        (r"_date$|^deadline$|_override$", _day),
        (r"phone", _phone),
        (r"position", _side),
        (r"mention_name|username|subdomain|canonical|short_name", _handle),
        (r"^filename$", _file),
        (r"text|description|placeholder|footer", _sentence),
        (r"", make_phrase),
    )
)

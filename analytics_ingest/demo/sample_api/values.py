"""A plausible value for every declared field of a row.

`data` calls `build_row` with the row's id, its two moments and the resource's fields; each field
is made by its declared kind, and text by the field's name: the first pattern that fits decides.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from analytics_ingest.demo.sample_api.fields import Field, Fields
from analytics_ingest.demo.sample_api.moments import between, plain, spell
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
_WHOLE_NUMBER_SHARE = 0.2  # JSON writes 3.0 as 3: a number is sometimes a whole one
_MOST_ITEMS = 3


@dataclass(frozen=True)
class Origin:
    """What a row is: its id, the entity's name in the singular, and when it came and changed."""

    id: int | str
    entity: str
    created: datetime
    updated: datetime


def build_row(fields: Fields, origin: Origin, rng: Random) -> dict[str, Any]:
    """Return one row with all declared fields; nullable ones are null now and then."""
    return {name: _value(field, origin, rng) for name, field in fields.items()}


def uuid_like(rng: Random) -> str:
    """Return an id as APIs with uuids have them."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def phrase(rng: Random) -> str:
    """Return a name or a title."""
    return f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"


def _value(field: Field, origin: Origin, rng: Random) -> Any:
    if field.name == ID:
        return origin.id
    if field.name == CURSOR:
        return spell(origin.updated, rng)
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
        return plain(origin.created)
    return plain(between(origin.created, origin.updated, rng))


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
        return uuid_like(rng) if is_id else rng.choice(WORDS)
    if field.item == "number" or (is_id and field.item is None):
        return rng.randrange(1, 100_000)
    return {
        "id": rng.randrange(1, 100_000),
        "name": phrase(rng),
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
        (r"_uid$|_id$", uuid_like),
        (r"url$|^href$|^endpoint$", _url),
        (r"email$", _email),
        (r"_date$|^deadline$|_override$", _day),
        (r"phone", _phone),
        (r"position", _side),
        (r"mention_name|username|subdomain|canonical|short_name", _handle),
        (r"^filename$", _file),
        (r"text|description|placeholder|footer", _sentence),
        (r"", phrase),
    )
)

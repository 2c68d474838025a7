"""What is wrong with some rows of a real API, put into rows that were clean.

`data` calls `spoil` once for each resource, before the children of its rows are made. Each spoilt
row has one kind of dirt; how many rows, and which, follows from the random generator alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from analytics_ingest.demo.sample_api.fields import Field, Fields
from analytics_ingest.demo.sample_api.paging import Row
from analytics_ingest.demo.sample_api.values import CURSOR, ID

UNREADABLE = ("not a date", "0000-00-00T00:00:00Z")

_EVERY_KIND_FROM = 20  # listings with this many rows have every kind
_ONE_OF_EACH_IN = 60
_ONE_ROW_IN = 4  # in smaller listings
_KEEPS_IDS_BELOW = 4
_TURN = 3  # from one listing to the next, prime to the ten kinds


@dataclass(frozen=True)
class _Kind:
    """One kind of dirt: the fields it may befall and what it does to one of them."""

    befalls: Callable[[Field], bool]
    spoil: Callable[[Row, str, Random], None]
    takes_id: bool = False


def spoil(
    rows: Sequence[Row], fields: Fields, keep: frozenset[str], turn: int, rng: Random
) -> None:
    """Spoil some of the rows in place, never the fields to `keep`.

    `turn` is the listing's place in its API: small listings take turns with the kinds of dirt, so
    that an API of small listings has every kind, too.
    """
    kinds = _applicable(fields, keep, with_ids=len(rows) >= _KEEPS_IDS_BELOW)
    first = turn * _TURN % len(kinds)
    kinds = kinds[first:] + kinds[:first]
    if len(rows) >= _EVERY_KIND_FROM:
        kinds *= max(1, round(len(rows) / _ONE_OF_EACH_IN))
    elif len(rows) > 1:
        kinds = kinds[: -(-len(rows) // _ONE_ROW_IN)]
    else:
        return
    for row, (kind, names) in zip(rng.sample(rows, len(kinds)), kinds, strict=True):
        kind.spoil(row, rng.choice(names), rng)


def _applicable(
    fields: Fields, keep: frozenset[str], *, with_ids: bool
) -> list[tuple[_Kind, list[str]]]:
    kinds = [kind for kind in _KINDS if with_ids or not kind.takes_id]
    candidates = [field for field in fields.values() if field.name not in keep]
    named = [(kind, [field.name for field in candidates if kind.befalls(field)]) for kind in kinds]
    return [(kind, names) for kind, names in named if names]


def _is(*names: str) -> Callable[[Field], bool]:
    return lambda field: field.name in names


def _has_kind(*kinds: str) -> Callable[[Field], bool]:
    return lambda field: field.kind in kinds and field.name not in (ID, CURSOR)


def _to_null(row: Row, name: str, rng: Random) -> None:
    row[name] = None


def _away(row: Row, name: str, rng: Random) -> None:
    del row[name]


def _to_unreadable(row: Row, name: str, rng: Random) -> None:
    row[name] = rng.choice(UNREADABLE)


def _to_text(row: Row, name: str, rng: Random) -> None:
    row[name] = rng.choice(("n/a", "12 pt", "∞"))


def _to_number(row: Row, name: str, rng: Random) -> None:
    row[name] = rng.choice((42, 3.75))


def _to_object(row: Row, name: str, rng: Random) -> None:
    row[name] = {"value": row[name], "locale": "de"}


def _add_fields(row: Row, name: str, rng: Random) -> None:
    row["beta_flags"] = ["new-editor"]
    row["legacyScore"] = rng.randrange(1_000) / 10


_KINDS = (
    _Kind(_is(CURSOR), _to_null),
    _Kind(_is(CURSOR), _away),
    _Kind(_is(CURSOR), _to_unreadable),
    _Kind(_is(ID), _to_null, takes_id=True),
    _Kind(_is(ID), _away, takes_id=True),
    _Kind(_has_kind("number", "integer"), _to_text),
    _Kind(_has_kind("string"), _to_number),
    _Kind(_has_kind("string"), _to_object),
    _Kind(_has_kind("timestamp"), _to_unreadable),
    _Kind(_is(ID), _add_fields),
)

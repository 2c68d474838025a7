"""Gives some rows the defects that rows of real APIs have.

`data` calls `spoil` once for each resource, before it makes the children of the rows. A spoilt row
has one defect. The random generator alone decides which rows are spoilt, and how.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from analytics_ingest.demo.sample_api.fields import Field, Fields
from analytics_ingest.demo.sample_api.paging import Row
from analytics_ingest.demo.sample_api.values import CURSOR, ID

UNREADABLE = ("not a date", "0000-00-00T00:00:00Z")

_EVERY_DEFECT_FROM = 20  # listings of at least so many rows have every defect
_ONE_OF_EACH_IN = 60
_ONE_ROW_IN = 4  # in smaller listings
_KEEPS_IDS_BELOW = 4
_STEP = 3  # from one listing's first defect to the next one's; coprime to their number, ten


@dataclass(frozen=True)
class _Defect:
    """One kind of defect: the fields that can have it, and how it changes one of them."""

    applies_to: Callable[[Field], bool]
    spoil: Callable[[Row, str, Random], None]
    removes_id: bool = False


def spoil(
    rows: Sequence[Row], fields: Fields, keep: frozenset[str], position: int, rng: Random
) -> None:
    """Spoil some of the rows in place, but no field in `keep`.

    A small listing has only some of the defects, and `position`, its place in the API, decides
    which: an API of small listings has every defect too.
    """
    defects = _find_applicable(fields, keep, with_ids=len(rows) >= _KEEPS_IDS_BELOW)
    first = position * _STEP % len(defects)
    defects = defects[first:] + defects[:first]
    if len(rows) >= _EVERY_DEFECT_FROM:
        defects *= max(1, round(len(rows) / _ONE_OF_EACH_IN))
    elif len(rows) > 1:
        defects = defects[: -(-len(rows) // _ONE_ROW_IN)]
    else:
        return
    for row, (defect, names) in zip(rng.sample(rows, len(defects)), defects, strict=True):
        defect.spoil(row, rng.choice(names), rng)


def _find_applicable(
    fields: Fields, keep: frozenset[str], *, with_ids: bool
) -> list[tuple[_Defect, list[str]]]:
    """The defects that some fields can have, each with these fields' names."""
    defects = [defect for defect in _DEFECTS if with_ids or not defect.removes_id]
    candidates = [field for field in fields.values() if field.name not in keep]
    named = [(d, [field.name for field in candidates if d.applies_to(field)]) for d in defects]
    return [(defect, names) for defect, names in named if names]


def _is(*names: str) -> Callable[[Field], bool]:
    return lambda field: field.name in names


def _has_kind(*kinds: str) -> Callable[[Field], bool]:
    return lambda field: field.kind in kinds and field.name not in (ID, CURSOR)


def _to_null(row: Row, name: str, rng: Random) -> None:
    row[name] = None


def _remove(row: Row, name: str, rng: Random) -> None:
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


_DEFECTS = (
    _Defect(_is(CURSOR), _to_null),
    _Defect(_is(CURSOR), _remove),
    _Defect(_is(CURSOR), _to_unreadable),
    _Defect(_is(ID), _to_null, removes_id=True),
    _Defect(_is(ID), _remove, removes_id=True),
    _Defect(_has_kind("number", "integer"), _to_text),
    _Defect(_has_kind("string"), _to_number),
    _Defect(_has_kind("string"), _to_object),
    _Defect(_has_kind("timestamp"), _to_unreadable),
    _Defect(_is(ID), _add_fields),
)

"""Gives some rows the defects that rows of real APIs have.

`data` calls `spoil` once for each resource, before it makes the children of the rows. A spoilt row
has one defect. Only the random generator decides which rows are spoilt, and how.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from analytics_ingest.demo.sample_api.fields import Field, Fields
from analytics_ingest.demo.sample_api.paging import Row
from analytics_ingest.demo.sample_api.values import CURSOR, ID

_UNREADABLE = ("not a date", "0000-00-00T00:00:00Z")
_NO_NUMBERS = ("n/a", "12 pt", "∞")

_EVERY_DEFECT_FROM = 20  # a listing of this many rows or more has every defect
_ONE_OF_EACH_IN = 60
_ONE_ROW_IN = 4  # in smaller listings
_KEEPS_IDS_BELOW = 4
_STEP = 3  # from one listing's first defect to the next one's; coprime to their number, ten

_Change = Callable[[Row, str, Random], Any]
"""Spoils the field of a row."""


def spoil(
    rows: Sequence[Row], fields: Fields, keep: frozenset[str], position: int, rng: Random
) -> None:
    """Spoil some of the rows in place, but no field in `keep`.

    A small listing has only some of the defects, and `position`, its place in the API, decides
    which: an API of small listings has every defect too.
    """
    if len(rows) < 2:
        return
    defects = _find_applicable(fields, keep, with_ids=len(rows) >= _KEEPS_IDS_BELOW)
    first = position * _STEP % len(defects)
    defects = defects[first:] + defects[:first]
    if len(rows) >= _EVERY_DEFECT_FROM:
        defects *= max(1, round(len(rows) / _ONE_OF_EACH_IN))
    else:
        defects = defects[: -(-len(rows) // _ONE_ROW_IN)]
    for row, (change, names) in zip(rng.sample(rows, len(defects)), defects, strict=True):
        change(row, rng.choice(names), rng)


def _find_applicable(
    fields: Fields, keep: frozenset[str], *, with_ids: bool
) -> list[tuple[_Change, list[str]]]:
    """Find the defects that some fields can have, each with these fields' names."""
    defects = [*_DEFECTS, *(_DEFECTS_OF_IDS if with_ids else ())]
    candidates = [field for field in fields.values() if field.name not in keep]
    named = [(change, [f.name for f in candidates if applies(f)]) for applies, change in defects]
    return [(change, names) for change, names in named if names]


def _is(name: str) -> Callable[[Field], bool]:
    return lambda field: field.name == name


def _has_kind(*kinds: str) -> Callable[[Field], bool]:
    return lambda field: field.kind in kinds and field.name not in (ID, CURSOR)


def _choose(*values: Any) -> _Change:
    return lambda row, name, rng: row.update({name: rng.choice(values)})


def _remove(row: Row, name: str, rng: Random) -> None:
    del row[name]


def _to_object(row: Row, name: str, rng: Random) -> None:
    row[name] = {"value": row[name], "locale": "de"}


def _add_fields(row: Row, name: str, rng: Random) -> None:
    row |= {"beta_flags": ["new-editor"], "legacyScore": rng.randrange(1_000) / 10}


_DEFECTS = (
    (_is(CURSOR), _choose(None)),
    (_is(CURSOR), _remove),
    (_is(CURSOR), _choose(*_UNREADABLE)),
    (_has_kind("number", "integer"), _choose(*_NO_NUMBERS)),
    (_has_kind("string"), _choose(42, 3.75)),
    (_has_kind("string"), _to_object),
    (_has_kind("timestamp"), _choose(*_UNREADABLE)),
    (_is(ID), _add_fields),
)
_DEFECTS_OF_IDS = ((_is(ID), _choose(None)), (_is(ID), _remove))

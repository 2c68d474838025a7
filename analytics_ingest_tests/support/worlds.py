"""Random worlds: what is declared of an API, what it serves, how it fails, what is loaded of it.

Strategies of hypothesis. A row comes with the moment that its cursor tells, so that nothing needs
to read the cursor again to know in which window the row belongs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import day, utc
from analytics_ingest_tests.support.odd_values import (
    NAMES,
    TAKING,
    huge_keys,
    keys,
    scalars,
    values,
)


@dataclass(frozen=True)
class Row:
    """One element of a listing, and the moment of its cursor; None where it cannot be read."""

    sent: Any
    at: datetime | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with the answers to one request: what comes first, then the last answer."""

    first: tuple[str, ...] = ()
    last: str = "good"


@dataclass(frozen=True)
class Listed:
    """One resource: how it is declared, and how the API pages it."""

    name: str
    paginator: str
    size: int
    """Rows a page that the API gives."""
    asked: int
    """Rows a page that are asked for."""
    cursor_format: str | None
    """None for a snapshot."""
    has_key: bool
    fields: Mapping[str, str]
    parent: str | None = None


@dataclass(frozen=True)
class Step:
    """One load: its window, and what is served while it runs."""

    window: Window
    rows: Mapping[str, Sequence[Row]]
    faults: Mapping[str, Mapping[int, Fault]]
    """Resource → number of the page → what is wrong with it."""


@dataclass(frozen=True)
class World:
    """An API and the loads of it, one after the other."""

    listed: Sequence[Listed]
    steps: Sequence[Step]
    concurrency: int


PASSING = ("429", "500", "503", "cut", "half a head", "truncated", "half a JSON", "no UTF-8")
REFUSED = ("403", "404", "redirect elsewhere", "the page before")
ODD_BODIES = ("empty page", "null", "number", "text", "list", "other object")
PAGINATORS = (
    "single_page",
    "offset",
    "offset with total",
    "page_number",
    "cursor",
    "header_link",
    "json_link",
)
TYPES = (
    "string",
    "number",
    "integer",
    "boolean",
    "timestamp",
    "date",
    "time",
    "decimal",
    "object",
    "array<string>",
)
WINDOWS = (
    Window(None, utc(2026, 1, 5)),
    day(5),
    day(6),
    Window(utc(2026, 1, 4), utc(2026, 1, 6)),
    EVERYTHING,
)
MOMENTS = (
    utc(2019, 3, 1),
    utc(2026, 1, 4, 23, 59, 59),
    utc(2026, 1, 5),
    utc(2026, 1, 5, 10),
    utc(2026, 1, 5, 11, 30),
    utc(2026, 1, 6),
    utc(2026, 1, 7),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """An API of one or two resources, and up to three loads of it."""
    all_names = st.sampled_from((*NAMES, *TAKING))
    names = draw(st.lists(all_names, min_size=1, max_size=4, unique=True))
    listed = [draw(_resources("things", names))]
    if draw(st.booleans()):
        parent = draw(st.sampled_from((None, "things")))
        listed.append(draw(_resources("items", names, parent)))
    pools = {one.name: draw(_pools(one, names)) for one in listed}
    steps = [
        Step(
            window=draw(st.sampled_from(WINDOWS)),
            rows={
                n: draw(st.lists(st.sampled_from(pool), max_size=7)) for n, pool in pools.items()
            },
            faults={name: draw(_faults) for name in pools},
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return World(listed, steps, concurrency=draw(st.integers(1, 4)))


@st.composite
def _resources(
    draw: st.DrawFn, name: str, names: Sequence[str], parent: str | None = None
) -> Listed:
    has_key = draw(st.sampled_from((True, True, True, False)))
    size = draw(st.integers(1, 3))
    formats = ("iso8601", "iso8601", "epoch_s", "epoch_ms", None) if has_key else (None,)
    cursor_format = draw(st.sampled_from(formats))
    declared = {"id": ("integer", "string", "number"), "updated_at": ("timestamp", "string")}
    kinds = {n: TYPES for n in names if n[:1].isalpha() and n not in TAKING} | declared
    return Listed(
        name=name,
        paginator=draw(st.sampled_from(PAGINATORS)),
        size=size,
        asked=size + draw(st.sampled_from((0, 0, 2))),
        cursor_format=cursor_format,
        has_key=has_key,
        fields=_without_twins(
            {n: draw(st.sampled_from(k)) for n, k in kinds.items() if draw(st.booleans())}
        ),
        parent=parent,
    )


def _without_twins(fields: dict[str, str]) -> dict[str, str]:
    """Fields of which no two have the same column: they cannot be declared."""
    of_columns = {to_snake_case(name): name for name in reversed(fields)}
    return {name: kind for name, kind in fields.items() if name in of_columns.values()}


@st.composite
def _pools(draw: st.DrawFn, listed: Listed, names: Sequence[str]) -> list[Row]:
    kind = draw(st.sampled_from(keys))
    # Without a declared type it depends on the other keys whether these can be stored.
    kind = kind | huge_keys if "id" in listed.fields else kind
    return draw(st.lists(_rows(listed, names, kind), min_size=1, max_size=6))


@st.composite
def _rows(
    draw: st.DrawFn, listed: Listed, names: Sequence[str], kind: st.SearchStrategy[Any]
) -> Row:
    if draw(st.integers(0, 11)) == 0:
        return Row(draw(scalars | st.lists(scalars, max_size=2)))
    cursor = draw(_cursors(listed.cursor_format or "iso8601"))
    sent = draw(st.fixed_dictionaries({}, optional=dict.fromkeys(names, values)))
    if draw(st.integers(0, 9)):
        sent["id"] = draw(kind)
    if cursor.at or draw(st.booleans()):
        sent["updated_at"] = cursor.sent
    order = draw(st.permutations(list(sent)))
    return Row({name: sent[name] for name in order}, cursor.at)


@st.composite
def _cursors(draw: st.DrawFn, cursor_format: str) -> Row:
    if draw(st.integers(0, 5)) == 0:
        unreadable = (None, "", "not a date", "0000-00-00T00:00:00Z", True, [], {"a": 1})
        return Row(draw(st.sampled_from(unreadable)))
    at = draw(st.sampled_from(MOMENTS)) + timedelta(milliseconds=draw(st.sampled_from((0, 0, 1))))
    if cursor_format != "iso8601":
        number = at.timestamp() if cursor_format == "epoch_s" else round(at.timestamp() * 1000)
        epoch = int(number) if number == int(number) else number
        return Row(draw(st.sampled_from((epoch, str(epoch)))), at)
    east = at.astimezone(timezone(timedelta(hours=draw(st.sampled_from((-9, 2, 5.5))))))
    naive = at.replace(tzinfo=None)
    spellings = (f"{naive.isoformat()}Z", naive.isoformat(" "), east.isoformat(), f"{naive} UTC")
    return Row(draw(st.sampled_from(spellings)), at)


_faults = st.dictionaries(
    st.integers(0, 2),
    st.builds(
        Fault,
        st.lists(st.sampled_from(PASSING), max_size=4).map(tuple),
        st.sampled_from(("good", "good", "good", "byte-order mark", *REFUSED, *ODD_BODIES)),
    ),
    max_size=1,
)

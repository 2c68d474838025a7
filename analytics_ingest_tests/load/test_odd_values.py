"""Values and names that dlt would lose, or that fail its load, are kept in a text column."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from analytics_ingest_tests.support.loads import (
    column_types,
    declare,
    load,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.odd_values import nested
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

MOMENT = "2026-01-05T10:00:00Z"
HUGE = "99999999999999999999"

TEN = utc(2026, 1, 5, 10)

Kept = tuple[Any, Any]
"""What the field's column holds, and what the text column beside it holds."""

BESIDE = [
    (text, (None, f'"{text}"'))
    for offset in ("+24:00", "-24:00", "-99:00", "+2400", "-9900", "+23:60")
    for text in (f"2026-01-05T10:00:00{offset}", f"2026-01-05 10:00{offset}")
]
"""Moments with an offset that no zone has."""

CASES: dict[str, tuple[str | None, list[tuple[Any, Kept]]]] = {
    "floats_after_integers": (
        None,
        [(1, (1, None)), (2.0, (2, None)), (1e300, (None, "1e+300"))],
    ),
    "floats_beyond_all": (None, [(0.5, (0.5, None)), (float("inf"), (None, "Infinity"))]),
    "numbers_as_text": ("integer", [("7", (7, None)), (HUGE, (None, f'"{HUGE}"'))]),
    "hexadecimals": (
        "integer",
        [("0xff", (255, None)), ("0x" + "f" * 20, (None, f'"0x{"f" * 20}"'))],
    ),
    "offsets_of_a_day_and_more": ("timestamp", [(MOMENT, (TEN, None)), *BESIDE]),
    "offsets_after_a_moment": (None, [(MOMENT, (TEN, None)), *BESIDE]),
    "offsets_in_a_date": ("date", [(MOMENT, (TEN.date(), None)), *BESIDE]),
    "the_longest_offsets": (
        "timestamp",
        [
            (f"2026-01-05T10:00:00{offset}", (TEN - timedelta(hours=hours), None))
            for offset, hours in {"+14:00": 14, "-1200": -12, "+2300": 23, "+02": 2}.items()
        ],
    ),
    "days_that_do_not_exist": (
        "timestamp",
        [(day, (None, day)) for day in ("2026-02-30", "2026-13-01T10:00:00Z", "2026-01-05 soon")],
    ),
    "moments_for_integers": (
        "integer",
        [
            (MOMENT, (None, f'"{MOMENT}"')),
            ("soon", (None, "soon")),
            (MOMENT, (None, f'"{MOMENT}"')),
        ],
    ),
    "numbers_of_many_digits": (
        "decimal",
        [
            (0.1 + 0.2, (Decimal("0.3"), None)),
            ("1.5000000000000", (Decimal("1.5"), None)),
            (1e308, (None, "1e+308")),
            ("1e999999", (None, '"1e999999"')),
            ("nan", (None, '"nan"')),
        ],
    ),
    "json_as_text": (
        "object",
        [
            ('{"a":1}', ('{"a":1}', None)),
            ('"x"', (None, r'"\"x\""')),
            ("null", (None, '"null"')),
            ("0", (None, '"0"')),
            ("true", (None, '"true"')),
        ],
    ),
    "texts_that_dlt_marks": (
        "string",
        [("\uf02612", (None, '"\uf02612"')), ("\uf0ff12", ("\uf0ff12", None))],
    ),
    "nested_values": (
        None,
        [
            (value, (None, json.dumps(value)))
            for depth in (254, 255, 300)
            for value in [nested(depth, in_objects=False)]
        ],
    ),
}


def kept(name: str) -> list[Kept]:
    """What the columns `v` and `v__v_text` of each row hold, None where there is no such column."""
    columns = [column for column in ("v", "v__v_text") if column in column_types(name)]
    found = table(name, "id", *columns, order_by="id")
    rows = [dict(zip(columns, cells, strict=True)) for _, *cells in found]
    return [(cells.get("v"), cells.get("v__v_text")) for cells in rows]


def test_values_on_which_dlt_gives_up_are_kept_as_text(api: ScriptedApi) -> None:
    listings: list[dict[str, Any]] = []
    for name, (kind, values) in CASES.items():
        api.always(f"/{name}", {"data": [row(n, v=value) for n, (value, _) in enumerate(values)]})
        fields = {"id": "integer", **({"v": kind} if kind else {})}
        listings.append(resource(name, own={"fields": fields}))
    load(declare(*listings))
    for name, (_, values) in CASES.items():
        assert (name, kept(name)) == (name, [expected for _, expected in values])


def test_what_an_undeclared_column_is_stays_known_from_load_to_load(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1, someValue=1)]}, {"data": [row(2, someValue=1e300)]}])
    declaration = declare(resource())
    load(declaration)
    load(declaration)
    assert table("items", "some_value", "some_value__v_text") == [(1, None), (None, "1e+300")]


def test_a_decimal_is_rounded_to_what_its_column_is_declared_to_hold(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, v="12.346"), row(2, v=99999), row(3, v=1)]})
    column = {"v": {"data_type": "decimal", "precision": 5, "scale": 2}}
    load(declare(resource(own={"columns": column})))
    assert kept("items") == [(Decimal("12.35"), None), (None, "99999"), (Decimal(1), None)]


WHOLE: dict[str, tuple[dict[str, Any], int, list[Any]]] = {
    "bits_32": (
        {"data_type": "bigint", "precision": 32},
        2**31 - 1,
        [2**31, 2**40, -(2**31) - 1, 0.5],
    ),
    "bits_16": ({"data_type": "bigint", "precision": 16}, -(2**15), [2**15]),
    "wei": ({"data_type": "wei"}, 10**15, [1.5, 10**38]),
}
"""Table → its column, a number that fits and others."""


def test_a_number_that_a_declared_column_of_whole_numbers_cannot_hold_is_kept_beside_it(
    api: ScriptedApi,
) -> None:
    for name, (_, fits, beside) in WHOLE.items():
        served = [row(n, v=value) for n, value in enumerate([fits, *beside])]
        api.always(f"/{name}", {"data": served})
    load(declare(*(resource(n, own={"columns": {"v": c}}) for n, (c, _, _) in WHOLE.items())))
    for name, (_, fits, beside) in WHOLE.items():
        expected = [(fits, None), *((None, str(value)) for value in beside)]
        assert (name, kept(name)) == (name, expected)


COLUMNS = {
    "\ud800": "_ud800",
    "a\x00b": "a_b",
    "": "_empty",
    " ": "_empty",
    "_dlt_id": "_dlt_id__v_text",
    "_dlt_load_id": "_dlt_load_id__v_text",
}
"""Names of fields, and the columns in which their values are."""


def test_no_name_of_a_field_sinks_a_load(api: ScriptedApi) -> None:
    tables = {f"items_{number}": name for number, name in enumerate(COLUMNS)}
    for path, name in tables.items():
        api.always(f"/{path}", {"data": [row(1, **{name: 5}), row(2, **{name: None}), row(3)]})
    load(declare(*map(resource, tables)))
    for path, name in tables.items():
        found = [value and int(value) for value in table(path, COLUMNS[name], order_by="id")]
        assert (name, found) == (name, [5, None, None])


def test_a_value_beside_a_name_that_ends_in_an_underscore_is_kept(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, _=2**64)]})
    load(declare(resource()))
    assert table("items", "x__v_text") == [str(2**64)]


def test_a_field_whose_name_becomes_the_keys_does_not_take_its_column(api: ScriptedApi) -> None:
    rows = [{"id": 1, "ID": None}, {"id": 2, "ID": "x"}, {"ID": 7, "id": 3}, {"id": 4}]
    api.always("/items", {"data": rows})
    load(declare(resource(incremental=None)))
    found = table("items", "id", "id__v_text")
    assert found == [(1, None), (2, '"x"'), (3, "7"), (4, None)]


def test_a_declared_field_in_another_spelling_keeps_its_column(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, created_by="a"), row(2, createdBy="b")]})
    load(declare(resource(own={"fields": {"id": "integer", "createdBy": "string"}})))
    assert table("items", "id", "created_by") == [(1, "a"), (2, "b")]


def test_a_field_named_like_the_column_of_values_of_another_type_is_kept_beside(
    api: ScriptedApi,
) -> None:
    listed = [row(1, n=1, n__v_text=5), row(2, n="many", n__v_text=6)]
    api.always("/items", {"data": listed})
    load(declare(resource()))
    assert table("items", "n", "n__v_text", "n__v_text__v_text") == [
        (1, None, "5"),
        (None, "many", "6"),
    ]


def test_rows_without_any_value_are_rows(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"a": None}, {"a": None}]})
    api.always("/others", {"data": [row(1)]})
    load(declare(resource(own={"primary_key": None}), resource("others")))
    assert len(table("items", "_dlt_id")) == 2
    assert table("others") == [1]

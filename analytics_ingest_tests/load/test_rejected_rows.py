"""Rows that cannot be merged do not fail a load and are not dropped: they are kept as JSON."""

import json
from collections.abc import Iterator
from typing import Any

import dlt
from dlt.common.schema import Schema
from dlt.extract.hints import make_hints

from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.loads import (
    API,
    column_types,
    day,
    declare,
    load,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.odd_values import AS_SENT, nested
from analytics_ingest_tests.support.pages import UPDATED, by_offset, row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

TYPED = {"fields": {"id": "integer", "updated_at": "timestamp"}}
TEXT = {"fields": {"id": "string", "updated_at": "timestamp"}}


def rejected(*columns: str) -> list[Any]:
    return table("items__rejected", *columns)


UNSTORABLE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "absent": ({"updated_at": UPDATED, "n": 1}, {}, "absent"),
    "null": (row(None, n=1), {}, "null"),
    "text_for_an_integer": (row("x", n=1), TYPED, "bigint"),
    "empty_text_for_an_integer": (row("", n=1), TYPED, "bigint"),
    "a_fraction_for_an_integer": (row(1.5, n=1), TYPED, "bigint"),
    "an_integer_beyond_64_bits": (row(2**63, n=1), TYPED, "bigint"),
    "an_integer_far_beyond_64_bits": (row(10**30, n=1), TYPED, "bigint"),
    "an_undeclared_integer_beyond_64_bits": (row(10**30, n=1), {}, "bigint"),
    "an_integer_below_64_bits": (row(-(2**63) - 1, n=1), TYPED, "bigint"),
    "an_object_for_an_integer": (row({"a": 1}, n=1), TYPED, "bigint"),
    "a_list_for_an_integer": (row([1], n=1), TYPED, "bigint"),
    "text_beside_undeclared_integers": (row("x", n=1), {}, "bigint"),
}


def test_a_row_whose_key_cannot_be_stored_is_kept_with_the_reason(api: ScriptedApi) -> None:
    for name, (bad, _, _) in UNSTORABLE.items():
        api.always(f"/{name}", {"data": [row(1), bad, row(2)]})
    stats = load(declare(*(resource(n, own=own) for n, (_, own, _) in UNSTORABLE.items())))
    for name, (bad, _, reason) in UNSTORABLE.items():
        ((actual, kept),) = table(f"{name}__rejected", "reason", "row")
        assert (name, table(name), json.loads(kept)) == (name, [1, 2], bad)
        assert (name, "id" in actual, reason in actual) == (name, True, True)
        assert (name, stats[name].rows_loaded, stats[name].rows_rejected) == (name, 2, 1)
        assert (name, *column_types(f"{name}__rejected")) == (name, "row_key", "reason", "row")


def test_a_rejected_row_is_text_as_it_was_sent_with_the_load_that_read_it(
    api: ScriptedApi,
) -> None:
    api.always("/items", Reply(f'{{"data": [{AS_SENT}]}}'.encode()))
    load(declare(resource(own={"fields": {"id": "integer", "price": "number"}})))
    assert rejected("row", "_dlt_load_id") == [(AS_SENT, *table("_dlt_loads", "load_id"))]


READABLE: dict[str, tuple[dict[str, Any], dict[Any, Any]]] = {
    "integers": (TYPED, {"7": 7, 8.0: 8, 2**63 - 1: 2**63 - 1, 0: 0}),
    "the_smallest_integer": (TYPED, {-(2**63): -(2**63)}),
    "text": (TEXT, {7: "7", "": "", "Žižka/☂": "Žižka/☂"}),
    "a_huge_integer_for_text": (TEXT, {2**70: str(2**70)}),
}


def test_a_key_that_can_be_read_as_declared_is_loaded(api: ScriptedApi) -> None:
    for name, (_, keys) in READABLE.items():
        api.always(f"/{name}", {"data": [row(key) for key in keys]})
    load(declare(*(resource(name, own=own) for name, (own, _) in READABLE.items())))
    for name, (_, keys) in READABLE.items():
        assert (name, table(name)) == (name, sorted(keys.values()))


def test_a_key_that_is_not_unicode_is_never_stored_as_null(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row("good"), row("half a pair: \ud800")]})
    load(declare(resource(own=TEXT)))
    assert table("items") == ["good"]
    assert len(rejected("row")) == 1


GIVEN_UP: dict[str, tuple[list[Any], list[Any]]] = {
    "no_numbers": ([1.5, float("nan"), float("inf")], [1.5]),
    "a_key_beyond_64_bits_then_another_type": ([2**63, "x"], ["x"]),
    "a_deep_list": ([["a"], nested(300, in_objects=False)], ['["a"]']),
    "half_a_surrogate_pair_in_a_list": ([["a"], ["\ud800"]], ['["a"]']),
    "a_text_that_dlt_would_read_as_a_number": (["a", "\uf02612"], ["a"]),
}


def test_a_key_on_which_dlt_gives_up_is_kept_with_the_rejected_rows(api: ScriptedApi) -> None:
    for name, (keys, _) in GIVEN_UP.items():
        api.always(f"/{name}", {"data": [row(key) for key in keys]})
    load(declare(*map(resource, GIVEN_UP)))
    for name, (keys, stored) in GIVEN_UP.items():
        found = table(name, "id", "updated_at")
        assert (name, found) == (name, [(key, utc(2026, 1, 5, 10)) for key in stored])
        kept = table(f"{name}__rejected", "row")
        assert (name, len(kept)) == (name, len(keys) - len(stored))


def test_a_key_that_looks_like_a_moment_decides_that_all_keys_are(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row("2026-01-05T10:00:00Z"), row("x")]})
    load(declare(resource()))
    assert table("items", "id", "updated_at") == [(utc(2026, 1, 5, 10),) * 2]
    assert rejected("reason") == ["the primary key id is not a timestamp"]


def test_rows_that_are_not_objects_are_kept(api: ScriptedApi) -> None:
    bad = ["text", 5, 1.5, True, None, [], [{"id": 1}]]
    api.always("/items", {"data": [row(1), *bad]})
    load(declare(resource()))
    assert table("items") == [1]
    assert all("object" in reason for reason in rejected("reason"))
    assert sorted(rejected("row")) == sorted(json.dumps(value) for value in bad)


def test_loading_twice_rejects_the_same_rows(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1), row(None, n=1), row(None, n=2), "text"]})
    declaration = declare(resource())
    load(declaration)
    once = rejected("row_key", "reason", "row")
    load(declaration)
    load(declaration, window=day(5))
    assert len(once) == 3
    assert rejected("row_key", "reason", "row") == once


def test_identical_rows_are_all_kept(api: ScriptedApi) -> None:
    bad = [row(None, n=1), row(None, n=2), row(None, n=1)]
    limits = {"on_pages_of_their_own": 1, "on_one_page": 10}
    api.otherwise(by_offset(bad))
    declaration = declare(
        *(
            resource(name, paginator={"type": "offset", "limit": limit})
            for name, limit in limits.items()
        )
    )
    for _ in range(2):
        load(declaration)
        kept = {
            name: sorted(json.loads(text)["n"] for text in table(f"{name}__rejected", "row"))
            for name in limits
        }
        assert kept == {name: [1, 1, 2] for name in limits}


def test_a_rejected_row_belongs_to_its_window(api: ScriptedApi) -> None:
    listed = [
        row(1),
        row(None, "2026-01-05T11:00:00Z"),
        row(None, "2026-01-06T11:00:00Z"),
        row(None, None),
    ]
    api.always("/items", {"data": listed})
    declaration = declare(resource())
    load(declaration, window=day(5))
    assert len(rejected("row")) == 2
    load(declaration, window=day(6))
    assert len(rejected("row")) == 3


def test_every_part_of_a_compound_key_is_needed(api: ScriptedApi) -> None:
    good = [{"a": a, "b": b, "updated_at": UPDATED} for a in (1, 2) for b in ("x", "y")]
    bad = [
        {"a": 1, "updated_at": UPDATED},
        {"a": None, "b": "x", "updated_at": UPDATED},
        {"a": "x", "b": "x", "updated_at": UPDATED},
        {"a": "01", "b": "x", "updated_at": UPDATED},
    ]
    api.always("/items", {"data": [*good, *bad]})
    own = {"primary_key": ["a", "b"], "fields": {"a": "integer", "b": "string"}}
    declaration = declare(resource(own=own))
    for _ in range(2):
        load(declaration)
        assert table("items", "a", "b", order_by="a, b") == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]
        reasons = rejected("reason")
        assert [reason.removeprefix("the primary key ") for reason in reasons] == [
            "a is not a bigint",
            "a is not a bigint",
            "a is null",
            "b is absent",
        ]


def test_the_type_of_an_undeclared_key_is_remembered_from_load_to_load(api: ScriptedApi) -> None:
    keys = {"plain": "id", "camel_case": "itemId"}
    for name, key in keys.items():
        listings = [[{key: 1}], [{key: "x"}, {key: "2"}]]
        api.in_turn(f"/{name}", [{"data": found} for found in listings])
    declaration = declare(
        *(resource(name, own={"primary_key": key}, incremental={}) for name, key in keys.items())
    )
    load(declaration)
    load(declaration)
    assert (table("plain"), table("camel_case", "item_id")) == ([1, 2], [1, 2])
    assert [len(table(f"{name}__rejected", "row")) for name in keys] == [1, 1]


def test_a_load_of_rejected_rows_alone_succeeds(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(None), "text"]})
    stats = load(declare(resource(own=TYPED)))["items"]
    assert (stats.rows_loaded, stats.rows_rejected) == (0, 2)
    assert table("items") == []
    assert len(rejected("row")) == 2


def test_a_snapshot_that_is_replaced_keeps_rows_that_are_not_objects_beside_it(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"data": [{"id": 1}, ["text"]]})
    declaration = declare(resource(own={"primary_key": None}, incremental=None))
    for _ in range(2):
        load(declaration)
        assert table("items") == [1]
        assert rejected("row") == ['["text"]']


def test_a_table_of_rejected_rows_with_columns_of_the_resource_keeps_its_rows(
    api: ScriptedApi,
) -> None:
    """Earlier versions made such tables: all columns of the resource, which were never filled."""
    hints = make_hints(
        table_name="items__rejected",
        write_disposition={"disposition": "merge", "strategy": "delete-insert"},
        primary_key="row_key",
        columns={name: {"data_type": "text"} for name in ("row_key", "reason", "row")},
    )

    def items() -> Iterator[Any]:
        kept = [{"row_key": "a", "reason": "null", "row": '"earlier"'}]
        yield dlt.mark.with_hints(kept, hints, create_table_variant=True)

    columns: Any = {
        "id": {"data_type": "bigint"},
        "n": {"data_type": "bigint", "nullable": True},
        "updated_at": {"data_type": "timestamp", "dedup_sort": "desc"},
    }
    made = dlt.resource(items, name="items", primary_key="id", merge_key="n", columns=columns)
    declaration = declare(resource(own=TYPED))
    with open_load(
        LoadScope(declaration, frozenset(["items"]), EVERYTHING), run_id="1", log=print
    ) as opened:
        opened.pipeline.run(made, schema=Schema(API), loader_file_format="parquet")
    assert set(column_types("items__rejected")) == {*columns, "row_key", "reason", "row"}

    api.always("/items", {"data": [row(1, n=1), row(None, n=2), "text"]})
    for _ in range(2):
        load(declaration)
    kept = sorted(rejected("row"))
    assert kept == ['"earlier"', '"text"', json.dumps(row(None, n=2), sort_keys=True)]
    assert rejected(*columns) == [(None, None, None)] * 3
    assert table("items") == [1]

"""Rows that are plain values become rows with the column `value`, as everything else sees them."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    load,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

DAYS = [f"2026-01-{number:02}" for number in range(1, 21)]


def dated(**keys: Any) -> dict[str, Any]:
    """The cursor of values that are days, which the API filters by."""
    sent = {"start_param": "from", "end_param": "to", "param_format": "%Y-%m-%d"}
    return {"cursor_path": "value", **sent, **keys}


def codes(api: ScriptedApi, values: list[Any], *, key: str | list[str] = "", **own: Any) -> Any:
    """Serve a list of values; return the declaration of its resource."""
    api.always("/codes", {"data": values})
    declared = resource("codes", incremental=None, own=own)
    return {**declared, "primary_key": key or []}


def test_plain_values_without_a_key_are_rows_of_one_column(api: ScriptedApi) -> None:
    api.always("/codes", {"id": 1, "codes": ["a", "b", 3]})
    load(declare({"name": "codes", "endpoint": {"path": "codes", "paginator": "single_page"}}))
    assert table("codes", "value") == ["3", "a", "b"]


@pytest.mark.parametrize(
    ("steps", "columns", "expected"),
    [
        ([{"filter": "record.value != 'b'"}], ["value"], ["a", "c"]),
        ([{"add": {"kind": "code"}}], ["value", "kind"], [(v, "code") for v in "abc"]),
        ([{"rename": {"value": "code"}}], ["code"], ["a", "b", "c"]),
        (
            [{"add": {"twice": "{{ record.value ~ record.value }}"}}, {"remove": ["value"]}],
            ["twice"],
            ["aa", "bb", "cc"],
        ),
    ],
)
def test_processing_steps_change_them(
    api: ScriptedApi, steps: list[Any], columns: list[str], expected: list[Any]
) -> None:
    load(declare(codes(api, ["a", "b", "c"], processing_steps=steps)))
    assert table("codes", *columns) == expected


def test_the_value_may_be_the_key(api: ScriptedApi) -> None:
    for _ in range(2):
        stats = load(declare(codes(api, ["a", "b", None, ["c"]], key="value")))["codes"]
        assert (stats.rows_loaded, stats.rows_rejected) == (2, 2)
    assert table("codes", "value") == ["a", "b"]


def test_with_another_key_they_are_rejected_unless_a_step_adds_it(api: ScriptedApi) -> None:
    stats = load(declare(codes(api, ["a", "b"], key="id")))["codes"]
    assert (stats.rows_loaded, stats.rows_rejected) == (0, 2)
    steps = [{"add": {"id": "{{ record.value }}"}}]
    stats = load(declare(codes(api, ["a", "b"], key="id", processing_steps=steps)))["codes"]
    assert (stats.rows_loaded, stats.rows_rejected) == (2, 0)


@pytest.mark.parametrize("key", [[], ["_lists_id", "value"]])
def test_they_get_the_fields_of_their_parent(api: ScriptedApi, key: list[str]) -> None:
    api.always("/lists", {"data": [{"id": 1}, {"id": 2}]})
    api.always("/lists/1/codes", {"data": ["a", "b"]})
    api.always("/lists/2/codes", {"data": ["b"]})
    lists = resource("lists", incremental=None)
    child = resource("codes", path="lists/{resources.lists.id}/codes", incremental=None)
    child |= {"primary_key": key, "include_from_parent": ["id"]}
    load(declare(lists, child))
    assert table("codes", "_lists_id", "value") == [(1, "a"), (1, "b"), (2, "b")]


@pytest.mark.parametrize("steps", [[], [{"add": {"kind": "code"}}]])
def test_they_are_masked(api: ScriptedApi, steps: list[Any]) -> None:
    own = {"processing_steps": steps, "mask": {"value": "redact"}, "fields": {"value": "string?"}}
    load(declare(codes(api, ["a", "b"], **own)))
    assert "a" not in table("codes", "value")


def test_they_may_be_parents(api: ScriptedApi) -> None:
    for name in "ab":
        api.always(f"/codes/{name}", {"data": [{"id": name}]})
    child = resource("items", path="codes/{resources.codes.value}", incremental=None)
    load(declare(codes(api, ["a", "b"]), child))
    assert table("items") == ["a", "b"]


@pytest.mark.parametrize("mask", [{"email": "redact"}, {"value": "hash"}])
def test_a_mask_makes_no_two_keys_one(
    api: ScriptedApi, mask: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", "0123456789abcdef0123456789abcdef")
    stats = load(declare(codes(api, ["a", "b"], key="value", mask=mask)))["codes"]
    assert (stats.rows_loaded, stats.rows_rejected) == (2, 0)
    assert len(set(table("codes", "value"))) == 2
    assert (table("codes", "value") == ["a", "b"]) is ("email" in mask)


def loaded_days() -> list[str]:
    return [f"{at:%Y-%m-%d}" for at in table("codes", "value")]


@pytest.mark.parametrize("end", [{}, {"end_param": None}], ids=["both bounds", "only a start"])
def test_values_of_a_bound_between_two_pieces_are_loaded_once(
    api: ScriptedApi, end: dict[str, Any]
) -> None:
    days = [*DAYS[4:6], DAYS[5], *DAYS[6:8]]

    def answer(asked: Asked) -> Any:
        first, last = asked.query["from"], asked.query.get("to", "9")
        return {"data": [value for value in days if first <= value <= last]}

    api.on("/codes", answer)
    incremental = dated(max_window="1d", initial_value="2026-01-01", **end)
    declared = resource("codes", incremental=incremental, own={"write_disposition": "merge"})
    window = Window(utc(2026, 1, 5), utc(2026, 1, 9))
    load(declare({**declared, "primary_key": []}), window=window)
    assert len(api.requests_of("/codes")) > 1
    assert loaded_days() == days


@pytest.mark.parametrize("key", ["value", []])
def test_a_window_that_the_api_does_not_understand_fails_them(
    api: ScriptedApi, key: str | list[str]
) -> None:
    api.on("/codes", lambda asked: {"data": [] if asked.query else DAYS})
    declared = resource("codes", incremental=dated(), own={"write_disposition": "merge"})
    error = failure(declare({**declared, "primary_key": key}), window=day(6))
    assert "a row that it returns without the filter is missing" in str(error)
    assert "filters by value" in str(error)


def test_a_row_on_the_first_day_spares_the_probe(api: ScriptedApi) -> None:
    def answer(asked: Asked) -> Any:
        return {"data": [d for d in DAYS if asked.query["from"] <= d <= asked.query["to"]]}

    api.on("/codes", answer)
    declared = {**resource("codes", incremental=dated()), "primary_key": "value"}
    extract(declare(declared), window=day(6))
    assert len(api.requests_of("/codes")) == 1


def by_offset(api: ScriptedApi, pages: Sequence[Sequence[Any]], **beside: Any) -> dict[str, Any]:
    """Serve pages of two values each; return the paginator."""

    def answer(asked: Asked) -> Any:
        number = int(asked.query["offset"]) // len(pages[0])
        return {"data": pages[number] if number < len(pages) else [], **beside}

    api.on("/codes", answer)
    return {"type": "offset", "limit": len(pages[0])}


def test_a_declared_order_ends_their_listing(api: ScriptedApi) -> None:
    newest = DAYS[::-1]
    paginator = by_offset(api, [newest[at : at + 2] for at in range(0, len(newest), 2)])
    incremental = {"cursor_path": "value", "row_order": "desc"}
    declared = resource("codes", incremental=incremental, paginator=paginator)
    load(declare({**declared, "primary_key": "value"}, concurrency=1), window=day(15))
    assert loaded_days() == [DAYS[14]]
    assert len(api.requests_of("/codes")) == 4


def test_pages_that_repeat_keys_in_place_of_others_are_a_warning(api: ScriptedApi) -> None:
    pages = [range(10), range(5, 15), [*range(12, 20), 0, 1]]
    paginator = by_offset(api, [[f"v{n}" for n in page] for page in pages], total=30)
    declared = resource("codes", incremental=None, paginator={**paginator, "total_path": "total"})
    stats = extract(declare({**declared, "primary_key": "value"}, concurrency=1))["codes"]
    assert "the 30 rows have 20 different value" in str(stats.warnings)


def test_keys_that_two_listings_share_are_counted(api: ScriptedApi) -> None:
    api.always("/lists", {"data": [{"id": 1}, {"id": 2}]})
    api.always("/lists/1/codes", {"data": ["a", "b"]})
    api.always("/lists/2/codes", {"data": ["b", "c"]})
    child = resource("codes", path="lists/{resources.lists.id}/codes", incremental=None)
    stats = extract(declare(resource("lists", incremental=None), {**child, "primary_key": "value"}))
    assert stats["codes"].keys_shared == 1


STEPS: list[dict[str, Any]] = [
    {"add": {"kind": "code"}},
    {"rename": {"value": "code"}},
    {"filter": "{{ record.value != 'b' }}"},
]


@pytest.mark.parametrize("step", [None, *STEPS], ids=lambda step: str(step and [*step]))
def test_null_in_place_of_a_row_is_rejected_whatever_the_steps(
    api: ScriptedApi, step: dict[str, Any] | None
) -> None:
    steps = [step] if step else []
    stats = load(declare(codes(api, ["a", None], processing_steps=steps)))["codes"]
    assert (stats.rows_loaded, stats.rows_rejected, stats.rows_filtered) == (1, 1, 0)
    assert table("codes__rejected", "row") == ["null"]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("VALUE", ["***", "***", "***"]),
        ("value.email", ["***", "***", '{"email":"***"}']),
    ],
)
def test_a_mask_knows_their_column_as_it_knows_a_field(
    api: ScriptedApi, mask: str, expected: list[str]
) -> None:
    values = ["bob@x.org", {"value": "ann@x.org"}, {"value": {"email": "eve@x.org"}}]
    load(declare(codes(api, values, mask={mask: "redact"})))
    assert table("codes", "value") == expected


@pytest.mark.parametrize("key", ["value", []])
def test_a_preview_shows_them(api: ScriptedApi, key: str | list[str]) -> None:
    api.always("/codes", {"data": ["a", "b"]})
    run = try_({**resource("codes", incremental=None), "primary_key": key})
    assert (run.status, run.wrong) == (0, [])
    assert "value" in run.words


def test_a_preview_says_that_they_have_no_other_key(api: ScriptedApi) -> None:
    api.always("/codes", {"data": ["a", "b"]})
    run = try_(resource("codes", incremental=None))
    assert "2 of 2 rows are not objects" in " ".join(run.wrong)

"""Rows that are plain values become rows with the column `value`, as everything else sees them."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi


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

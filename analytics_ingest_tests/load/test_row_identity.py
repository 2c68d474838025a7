"""A declaration that distinguishes rows otherwise than their table is named until it is dropped."""

from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import day, declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.replaced_windows import report, values
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import execute

STEPS = "demo.items: the processing_steps that make id of its primary key have changed"
AGAIN = (
    "so rows that were loaded before are not replaced; start the table over: DROP TABLE demo.items"
)


def items(*steps: dict[str, Any], **own: Any) -> ApiDeclaration:
    return declare(resource(own={"processing_steps": list(steps), **own}))


def load_and_log(declaration: ApiDeclaration) -> list[str]:
    """Load, and return the lines of the log that tell how to start a table over."""
    lines: list[str] = []
    load(declaration, log=lines.append)
    return [line for line in lines if "start the table over" in line]


@pytest.fixture(autouse=True)
def served(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, uid=11, shop="s"), row(2, uid=12, shop="s")]})


CHANGES = [
    pytest.param([], [{"add": {"id": "{{ record.shop ~ record.uid }}"}}], id="a step is added"),
    pytest.param(
        [{"add": {"id": "{{ record.shop ~ record.uid }}"}}],
        [{"add": {"id": "{{ record.shop ~ '-' ~ record.uid }}"}}],
        id="an expression",
    ),
    pytest.param([], [{"remove": ["id"]}, {"rename": {"uid": "id"}}], id="another field"),
    pytest.param(
        [],
        [{"remove": ["id"]}, {"keys_replace": {"uid": "id"}}],
        id="a part of a name",
    ),
    pytest.param(
        [{"add": {"key": "a{{ record.uid }}"}}, {"add": {"id": "{{ record.key }}"}}],
        [{"add": {"key": "b{{ record.uid }}"}}, {"add": {"id": "{{ record.key }}"}}],
        id="a field that it is made of",
    ),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_steps_that_make_the_key_otherwise_are_named_until_the_table_starts_over(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    assert not load_and_log(items(*before, fields={"id": "string"}))
    changed = items(*after, fields={"id": "string"})
    for _ in range(2):
        (line,) = load_and_log(changed)
        assert line.startswith(f"{STEPS}, {AGAIN}")
    execute("DROP TABLE demo.items")
    for _ in range(2):
        assert not load_and_log(changed)
    assert len(table("items")) == 2


def test_another_key_is_named_until_the_table_starts_over() -> None:
    load(items())
    changed = items(primary_key=["shop", "id"])
    for _ in range(3):
        (line,) = load_and_log(changed)
        assert line.startswith("demo.items: the primary key was id and is shop, id now, so rows")
    execute("DROP TABLE demo.items")
    assert not load_and_log(changed)


def test_rows_of_both_keys_are_named_where_the_first_key_is_restored() -> None:
    load(items())
    load(items(primary_key=["shop", "id"]))
    for _ in range(2):
        (line,) = load_and_log(items())
        assert "was shop, id and is id now" in line or "was id, shop and is id now" in line


@pytest.mark.parametrize(
    "step",
    [
        {"add": {"title": "{{ record.id }}"}},
        {"rename": {"uid": "user"}},
        {"remove": ["shop"]},
        {"filter": "{{ record.id > 0 }}"},
        {"flatten": {}},
    ],
)
def test_steps_that_do_not_make_the_key_may_change(step: dict[str, Any]) -> None:
    load(items())
    assert not load_and_log(items(step))
    assert len(table("items")) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{{ record.shop ~ record.uid }}", "{{record.shop~record.uid}}"),
        ("{{ record.uid }}", {"value": "{{ record.uid }}"}),
    ],
)
def test_another_spelling_of_the_same_step_changes_nothing(before: Any, after: Any) -> None:
    load(items({"add": {"id": before}}, fields={"id": "string"}))
    assert not load_and_log(items({"add": {"id": after}}, fields={"id": "string"}))
    assert len(table("items")) == 2


def test_a_history_and_a_table_that_was_replaced_are_not_named() -> None:
    history = {"write_disposition": {"disposition": "merge", "strategy": "scd2"}}
    snapshot = resource(incremental=None, own=history)
    load(declare(snapshot))
    changed = {**history, "primary_key": ["shop", "id"]}
    assert not load_and_log(declare(resource(incremental=None, own=changed)))
    other = {"write_disposition": "replace", "primary_key": "shop"}
    load(declare(resource("others", path="/items", incremental=None, own=other)))
    assert not load_and_log(declare(resource("others", path="/items", incremental=None)))


def test_a_table_of_an_earlier_version_is_not_named() -> None:
    load(items({"add": {"id": "{{ record.uid }}"}}))
    execute("UPDATE demo._dlt_version SET schema = replace(schema, 'x-row-identity', 'x-other')")
    assert not load_and_log(items())


ZONES = [
    ({}, {}, {"timezone": "America/New_York"}, {}, "partitions.timezone was UTC and is America"),
    ({}, {}, {}, {"timezone": "Asia/Tokyo"}, "incremental.timezone was UTC and is Asia/Tokyo"),
]


def by_window(partitions: dict[str, Any], incremental: dict[str, Any], **own: Any) -> Any:
    declared = report(own={"allow_empty": True, **own}, **incremental)
    return declare(declared, partitions={"start": "2026-01-01", **partitions})


@pytest.mark.parametrize(("every", "cursor", "other", "changed", "problem"), ZONES)
def test_windows_in_another_zone_fail_before_they_remove_rows_of_others(
    api: ScriptedApi,
    every: dict[str, Any],
    cursor: dict[str, Any],
    other: dict[str, Any],
    changed: dict[str, Any],
    problem: str,
) -> None:
    days = [{"moment": f"2026-01-0{n}", "value": n} for n in (4, 5, 6)]
    api.on("/items", lambda asked: {"data": days})
    first = by_window(every, cursor)
    for number in (4, 5, 6):
        load(first, window=day(number))
    before = values()
    for _ in range(2):
        with pytest.raises(LoadError) as caught:
            load(by_window(other, changed), window=day(5))
        assert problem in str(caught.value)
        assert "rows of other windows would be removed; restore that, or start" in str(caught.value)
        assert values() == before
    load(first, window=day(5))
    assert values() == before
    execute("DROP TABLE demo.items")
    load(by_window(other, changed), window=day(5))


def test_another_name_of_the_same_zone_changes_nothing(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"moment": "2026-01-05", "value": 1}]})
    load(by_window({}, {}), window=day(5))
    load(by_window({"timezone": "Etc/UTC"}, {}), window=day(5))
    assert len(values()) == 1


@pytest.mark.parametrize(
    ("cursor", "own"),
    [
        ({"cursor_format": "epoch_s"}, {}),
        ({"cursor_format": "%Y-%m-%dT%H:%M:%S%z"}, {}),
        ({}, {"fields": {"moment": "timestamp"}}),
    ],
)
def test_windows_of_moments_may_have_partitions_in_another_zone(
    api: ScriptedApi, cursor: dict[str, Any], own: dict[str, Any]
) -> None:
    moment: Any = 1767607200 if "epoch_s" in cursor.values() else "2026-01-05T10:00:00+0000"
    api.always("/items", {"data": [{"moment": moment, "value": 1}]})
    load(by_window({}, cursor, **own), window=day(5))
    load(by_window({"timezone": "America/New_York"}, cursor, **own), window=day(5))

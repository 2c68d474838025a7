"""A declaration that distinguishes rows otherwise than their table is named until it is dropped."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import day, declare, load, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.replaced_windows import report, values
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import execute

STEPS = "the processing_steps that make id of its primary key have changed"
AGAIN = "so rows that were loaded before are not replaced; start the table over: DROP TABLE"


def items(*steps: dict[str, Any], **own: Any) -> ApiDeclaration:
    return declare(resource(own={"processing_steps": list(steps), **own}))


def beside_each_other(cases: Mapping[str, Sequence[dict[str, Any]]], **own: Any) -> ApiDeclaration:
    """Tables of the same rows, each with its own processing steps."""
    return declare(
        *(
            resource(table, path="/items", own={"processing_steps": list(steps), **own})
            for table, steps in cases.items()
        )
    )


def load_and_log(declaration: ApiDeclaration) -> list[str]:
    """Load, and return the lines of the log that tell how to start a table over."""
    lines: list[str] = []
    load(declaration, log=lines.append)
    return [line for line in lines if "start the table over" in line]


@pytest.fixture(autouse=True)
def served(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, uid=11, shop="s"), row(2, uid=12, shop="s")]})


Steps = list[dict[str, Any]]
CHANGES: dict[str, tuple[Steps, Steps]] = {
    "a_step_is_added": ([], [{"add": {"id": "{{ record.shop ~ record.uid }}"}}]),
    "an_expression": (
        [{"add": {"id": "{{ record.shop ~ record.uid }}"}}],
        [{"add": {"id": "{{ record.shop ~ '-' ~ record.uid }}"}}],
    ),
    "another_field": ([], [{"remove": ["id"]}, {"rename": {"uid": "id"}}]),
    "a_part_of_a_name": ([], [{"remove": ["id"]}, {"keys_replace": {"uid": "id"}}]),
    "a_field_that_it_is_made_of": (
        [{"add": {"key": "a{{ record.uid }}"}}, {"add": {"id": "{{ record.key }}"}}],
        [{"add": {"key": "b{{ record.uid }}"}}, {"add": {"id": "{{ record.key }}"}}],
    ),
}
"""Table → its steps before a change, and after it."""


def test_steps_that_make_the_key_otherwise_are_named_until_the_table_starts_over() -> None:
    before = {table: steps for table, (steps, _) in CHANGES.items()}
    after = {table: steps for table, (_, steps) in CHANGES.items()}
    assert not load_and_log(beside_each_other(before, fields={"id": "string"}))
    changed = beside_each_other(after, fields={"id": "string"})
    for _ in range(2):
        lines = load_and_log(changed)
        assert len(lines) == len(CHANGES)
        for name in CHANGES:
            starts = f"demo.{name}: {STEPS}, {AGAIN} demo.{name}"
            assert len([line for line in lines if line.startswith(starts)]) == 1, (name, lines)
    for name in CHANGES:
        execute(f"DROP TABLE demo.{name}")
    for _ in range(2):
        assert not load_and_log(changed)
    assert {name: len(table(name)) for name in CHANGES} == dict.fromkeys(CHANGES, 2)


def test_another_key_is_named_until_the_table_starts_over() -> None:
    load(items())
    changed = items(primary_key=["shop", "id"])
    for _ in range(2):
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


OTHERS: dict[str, Steps] = {
    "add_another": [{"add": {"title": "{{ record.id }}"}}],
    "rename_another": [{"rename": {"uid": "user"}}],
    "remove_another": [{"remove": ["shop"]}],
    "filter_rows": [{"filter": "{{ record.uid > 0 }}"}],
    "flatten_rows": [{"flatten": {}}],
}


SPELLINGS: dict[str, tuple[Any, Any]] = {
    "by_blanks": ("{{ record.shop ~ record.uid }}", "{{record.shop~record.uid}}"),
    "by_an_object": ("{{ record.uid }}", {"value": "{{ record.uid }}"}),
}
"""Table → two spellings of the step that makes its key."""


def test_steps_that_do_not_make_the_key_otherwise_may_change() -> None:
    """They make another field, or are spelled in another way."""
    before: dict[str, Steps] = {name: [] for name in OTHERS}
    before |= {name: [{"add": {"id": one}}] for name, (one, _) in SPELLINGS.items()}
    after = {**OTHERS, **{name: [{"add": {"id": two}}] for name, (_, two) in SPELLINGS.items()}}
    load(beside_each_other(before, fields={"id": "string"}))
    assert not load_and_log(beside_each_other(after, fields={"id": "string"}))
    assert {name: len(table(name)) for name in after} == dict.fromkeys(after, 2)


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
    load(first, window=Window(utc(2026, 1, 4), utc(2026, 1, 7)))
    before = values()
    assert len(before) == len(days)
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


OF_MOMENTS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "seconds": (1767607200, {"cursor_format": "epoch_s"}, {}),
    "a_pattern": ("2026-01-05T10:00:00+0000", {"cursor_format": "%Y-%m-%dT%H:%M:%S%z"}, {}),
    "declared": ("2026-01-05T10:00:00+0000", {}, {"fields": {"moment": "timestamp"}}),
}
"""Table → a moment as it is served, and what says that it is one."""


def test_windows_of_moments_may_have_partitions_in_another_zone(api: ScriptedApi) -> None:
    for name, (moment, _, _) in OF_MOMENTS.items():
        api.always(f"/{name}", {"data": [{"moment": moment, "value": 1}]})
    for partitions in ({}, {"timezone": "America/New_York"}):
        tables = [
            {**report(own={"allow_empty": True, **own}, **cursor), "name": name}
            for name, (_, cursor, own) in OF_MOMENTS.items()
        ]
        for each in tables:
            each["endpoint"] = {**each["endpoint"], "path": f"/{each['name']}"}
        declaration = declare(*tables, partitions={"start": "2026-01-01", **partitions})
        load(declaration, window=day(5))

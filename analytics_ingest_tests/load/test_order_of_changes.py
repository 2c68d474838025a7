"""Of two changes of a row at the same moment, none is chosen by chance."""

from typing import Any

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.declaration.validation.changes import select_changes
from analytics_ingest_tests.support.changes import (
    CHANGES,
    WINDOW,
    declare_customers,
    declare_resource,
    read_plans,
)
from analytics_ingest_tests.support.loads import day, declare, failure, load, table, utc
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

SEVERAL_DAYS = Window(utc(2026, 1, 5), utc(2026, 1, 10))


def from_changes() -> ApiDeclaration:
    return select_changes(declare_customers(), ["customers"])


def test_of_two_changes_at_the_same_moment_the_order_of_the_listing_tells_the_newer_one(
    api: ScriptedApi,
) -> None:
    before, after = (
        [change(day, "x", "b") | {"created": f"2026-01-{day:02}T{h:02}:00:00Z"} for h in range(12)]
        for day in (5, 9)
    )
    served = [*before, *(change(7, plan) for plan in ("basic", "gold", "none")), *after]
    api.always("/asc", {"data": served})
    api.always("/desc", {"data": served[::-1]})
    orders = {"asc": ("asc", {}), "desc": ("desc", {})}
    orders |= {f"declared_{order}": (order, {"row_order": order}) for order in ("asc", "desc")}
    copies: list[dict[str, Any]] = []
    for name, (order, declared) in orders.items():
        endpoint = {**CHANGES["endpoint"], "path": f"/{order}"}
        endpoint["incremental"] = {**WINDOW, **declared}
        changes = {**CHANGES, "endpoint": endpoint}
        copies.append({**declare_resource(changes=changes), "name": name})
    declaration = select_changes(declare(*copies), list(orders))
    for _ in range(2):
        load(declaration, window=SEVERAL_DAYS)
        plans = {name: dict(table(name, "id", "plan")) for name in orders}
        assert plans == {name: {"a": "none", "b": "x"} for name in orders}


@pytest.mark.parametrize(
    "days",
    [
        [(7, "gold"), (7, "basic"), (5, "free")],
        [(5, "x"), (7, "gold"), (7, "basic"), (6, "free")],
        [(8, "x"), (7, "gold"), (7, "basic"), (9, "free")],
        [(8, "x"), (7, "gold"), (7, "basic")],
    ],
    ids=str,
)
def test_two_changes_at_the_same_moment_fail_if_the_listing_proves_unsorted_after_them(
    api: ScriptedApi, days: list[tuple[int, str]]
) -> None:
    api.always("/events", {"data": [change(number, plan) for number, plan in days]})
    assert "row_order: desc if" in str(failure(from_changes(), window=SEVERAL_DAYS))


def test_two_changes_at_the_same_moment_fail_if_the_listing_contradicts_the_declared_order(
    api: ScriptedApi,
) -> None:
    api.always("/events", {"data": [change(5, "x", "b"), change(7, "basic"), change(7, "gold")]})
    declared = declare_window(row_order="desc")
    assert "row_order: desc if" in str(failure(declared, window=SEVERAL_DAYS))


def test_the_order_of_several_windows_does_not_tell_that_of_one(api: ScriptedApi) -> None:
    events = [change(8, "gold"), change(8, "basic"), change(5, "free", "b")]

    def answer(asked: Asked) -> Any:
        since, until = asked.query["since"], asked.query["until"]
        return {"data": [event for event in events if since <= event["created"] <= until]}

    api.on("/events", answer)
    undeclared = declare_window(max_window="2d")
    assert "row_order: desc if" in str(failure(undeclared, window=SEVERAL_DAYS))
    load(declare_window(max_window="2d", row_order="desc"), window=SEVERAL_DAYS)
    assert read_plans() == {"a": "gold", "b": "free"}


def test_two_changes_at_the_same_moment_in_two_listings_fail_whatever_is_declared(
    api: ScriptedApi,
) -> None:
    each = {"params": {"type": {"type": "each", "values": ["updated", "deleted"]}}}
    declared = declare_window(each, row_order="desc")
    api.on("/events", lambda asked: {"data": [change(7, "gold")]})
    load(declared, window=day(7))
    api.on("/events", lambda asked: {"data": [change(7, asked.query["type"])]})
    assert "come from several listings" in str(failure(declared, window=day(7)))


def test_two_equal_changes_at_the_same_moment_need_no_order(api: ScriptedApi) -> None:
    api.always("/events", {"data": [change(7, "gold"), change(7, "gold")]})
    load(from_changes(), window=day(7))
    assert read_plans() == {"a": "gold"}


def test_a_key_that_is_spelled_in_two_ways_is_one(api: ScriptedApi) -> None:
    api.always("/events", {"data": [change(7, "gold", "7"), change(7, "basic", 7)]})
    assert "row_order: desc if" in str(failure(from_changes(), window=day(7)))


def test_two_changes_at_the_same_moment_fail_the_resource_if_nothing_tells_their_order(
    api: ScriptedApi,
) -> None:
    api.always("/events", {"data": [change(7, "basic"), change(7, "gold")]})
    error = str(failure(from_changes(), window=day(7)))
    assert error.startswith("demo.customers: changes.endpoint")
    assert "row_order: desc if" in error
    load(declare_window(row_order="desc"), window=day(7))
    assert read_plans() == {"a": "basic"}


def change(number: int, plan: str, name: str | int = "a") -> dict[str, Any]:
    """An event of a day of January that holds a customer."""
    return {"created": f"2026-01-{number:02}T12:00:00Z", "object": {"id": name, "plan": plan}}


def declare_window(endpoint: dict[str, Any] | None = None, **window: Any) -> ApiDeclaration:
    """Customers that are read from events, whose listing has other keys for the window."""
    endpoint = {**CHANGES["endpoint"], "incremental": {**WINDOW, **window}, **(endpoint or {})}
    declared = declare_customers(changes={**CHANGES, "endpoint": endpoint})
    return select_changes(declared, ["customers"])

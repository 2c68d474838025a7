"""Children that are stored in parts: a load goes on after what is stored, or begins again."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.parts import listing_parts
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.parts.part_key import find_divisible
from analytics_ingest_tests.support.deployments import sql
from analytics_ingest_tests.support.loads import WAREHOUSE, declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.parts import (
    START,
    WINDOW,
    World,
    asked_orders,
    check_that_killed_loads_go_on,
    lines,
    load_parts,
    moment,
    orders_and_lines,
    refuse,
)
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 0)
    monkeypatch.setattr(listing_parts, "CHILDREN_A_PARENT", 0)


LEDGER = ("resource", "status", "rows_loaded", "requests")


def test_a_load_that_is_killed_anywhere_goes_on_to_exactly_the_right_rows(
    api: ScriptedApi,
) -> None:
    check_that_killed_loads_go_on(api)


def test_a_load_in_parts_counts_what_a_whole_one_counts(api: ScriptedApi) -> None:
    world = World(1)
    twice = world.lines[3] = [row(300, moment(world.rng)), row(None, moment(world.rng))]
    world.lines[17] = [dict(twice[1]), row(300, moment(world.rng))]
    world.serve(api)
    divided = load_parts(orders_and_lines(), "run", names=("lines", "orders", "others"))
    asked, rows = sorted(asked_orders(api)), lines()
    assert divided.parts.number > 2
    assert asked == [order["id"] for order in world.orders]
    assert len(table("lines__rejected", "row_key")) == 2
    ledger = {name: counts for name, *counts in table("_runs", *LEDGER)}
    assert ledger["orders"][0] == "loaded"
    _, loaded, requests = ledger["lines"]
    whole_stats = load(orders_and_lines(), "lines", window=WINDOW)["lines"]
    assert [line for line, _ in lines()] == [line for line, _ in rows]
    assert loaded == divided.stats.rows_loaded == whole_stats.rows_loaded
    assert divided.stats.rows_outside == whole_stats.rows_outside
    assert divided.stats.keys_shared == whole_stats.keys_shared == 1
    assert divided.stats.rows_rejected == 2
    assert requests == len(asked)


def change_declaration(api: ScriptedApi, world: World) -> dict[str, Any]:
    return {"declared": orders_and_lines(description="lines of orders")}


def change_window(api: ScriptedApi, world: World) -> dict[str, Any]:
    return {"window": Window(None, START + timedelta(days=4))}


def delete_a_row(api: ScriptedApi, world: World) -> dict[str, Any]:
    sql("DELETE FROM demo.lines WHERE id = (SELECT min(id) FROM demo.lines)")
    return {}


def drop_the_table(api: ScriptedApi, world: World) -> dict[str, Any]:
    sql("DROP TABLE demo.lines")
    return {}


def load_in_another_run(api: ScriptedApi, world: World) -> dict[str, Any]:
    load(orders_and_lines(), "lines", window=WINDOW, run_id="another")
    return {}


def resume_nothing(api: ScriptedApi, world: World) -> dict[str, Any]:
    return {"runs": ["a new run"]}


CHANGES = (
    change_declaration,
    change_window,
    delete_a_row,
    drop_the_table,
    load_in_another_run,
    resume_nothing,
)


def test_a_load_begins_again_where_what_is_stored_may_not_be_right(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(2)
    world.serve(api, refuse)
    assert "403" in load_parts(orders_and_lines(size=50), "first").error
    assert lines()
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 600)
    stored = WAREHOUSE.read_bytes()
    for change in CHANGES:
        WAREHOUSE.write_bytes(stored)
        world.serve(api)
        changed = change(api, world)
        world.serve(api)
        window, runs = changed.get("window", WINDOW), changed.get("runs", ["second", "first"])
        declared = changed.get("declared", orders_and_lines(size=50))
        again = load_parts(declared, *runs, window=window)
        asked = sorted(asked_orders(api))
        assert asked == [order["id"] for order in world.orders], change.__name__
        assert ("begins again" in str(again.log)) == (change is not resume_nothing)
        if change is not change_window:
            assert lines() == world.expected, change.__name__


def test_parents_that_moved_changed_appeared_or_are_gone_are_each_right(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(4)
    world.serve(api, refuse)
    assert load_parts(orders_and_lines(), "first").error
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 600)
    stored = world.orders_of([line for line, _ in lines()])
    gone, renamed, *_ = [order for order in world.orders if order["id"] in stored]
    world.orders.remove(gone)
    renamed["name"] = "another name"
    world.orders.append(row(99, moment(world.rng), name="a new order"))
    world.lines[99] = [row(9900, moment(world.rng))]
    world.orders.reverse()
    world.serve(api)
    second = load_parts(orders_and_lines(), "second", "first")
    assert not second.error
    assert stored & {*asked_orders(api)} == {renamed["id"]}
    assert second.stats.keys_shared == 0
    of_gone = [(n, name) for n, name in lines() if name == gone["name"]]
    assert of_gone  # as after any load: the window does not show that they are gone
    assert lines() == sorted([*world.expected, *of_gone])


def test_a_key_of_a_listing_that_an_earlier_attempt_stored_is_a_shared_one(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(5)
    world.lines[0] = [row(1, moment(world.rng))]
    world.lines[19] = [row(1, moment(world.rng))]
    world.serve(api, refuse)
    assert load_parts(orders_and_lines(), "first").error
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 600)
    world.serve(api)
    assert load_parts(orders_and_lines(), "second", "first").stats.keys_shared == 1
    assert 0 not in asked_orders(api)


def test_an_api_that_is_down_receives_no_further_part(api: ScriptedApi) -> None:
    world = World(6)
    world.serve(api, lambda: Reply({}, 503))
    once = {"error_handler": {"max_retries": 0}}
    assert load_parts(orders_and_lines(once), "first").error
    assert len(asked_orders(api)) <= world.ends_at + 5


def divisible(declared: ApiDeclaration, wanted: set[str], window: Window = WINDOW) -> list[str]:
    """The resources that can be stored in parts."""
    connection = connect(declared, frozenset(wanted), window)
    connection.client.close()
    scope = LoadScope(declared, frozenset(wanted), window)
    return find_divisible(scope, connection.templates, datetime.now(timezone.utc))


SCD2 = {"write_disposition": {"disposition": "merge", "strategy": "scd2"}}
UPSERT = {"write_disposition": {"disposition": "merge", "strategy": "upsert"}}
PIECES = {"start_param": "a", "end_param": "b", "max_window": "31d"}


@pytest.mark.parametrize(
    ("own", "endpoint", "is_divided"),
    [
        ({}, {}, True),
        (UPSERT, {}, True),
        ({"parents": "changed"}, {}, True),
        ({"write_disposition": "replace"}, {"incremental": None}, False),
        ({}, {"incremental": None}, False),
        ({"merge_key": "updated_at"}, {}, False),
        ({"deletes": {"every": "7d", "mark": "gone"}}, {}, False),
        (SCD2, {"incremental": None}, False),
        ({}, {"incremental": PIECES}, False),
        ({"mask": {"_orders_name": "redact"}}, {}, False),
    ],
)
@pytest.mark.usefixtures("api")
def test_only_children_that_can_go_on_are_divided(
    own: dict[str, Any], endpoint: dict[str, Any], *, is_divided: bool
) -> None:
    declared = orders_and_lines(endpoint, **own)
    assert divisible(declared, {"orders", "lines"}) == ["lines"] * is_divided


@pytest.mark.usefixtures("api")
def test_a_window_that_may_still_change_is_not_divided() -> None:
    declared = orders_and_lines()
    assert not divisible(declared, {"lines"}, Window(None, None))
    ahead = datetime.now(timezone.utc) + timedelta(minutes=1)
    assert not divisible(declared, {"lines"}, Window(None, ahead))
    recent = datetime.now(timezone.utc) - timedelta(minutes=1)
    moving = orders_and_lines({"incremental": {"end_margin": "1h"}})
    assert not divisible(moving, {"lines"}, Window(None, recent))


@pytest.mark.usefixtures("api")
def test_parents_and_children_of_masked_fields_or_of_changed_parents_are_not_divided() -> None:
    path = "/orders/{resources.orders.id}/lines"
    changed = resource("lines", path=path, own={"parents": "changed"})
    masked = resource("orders", own={"mask": {"name": "redact"}})
    inheriting = resource("lines", path=path, own={"include_from_parent": ["name"]})
    notes = resource("notes", path="/lines/{resources.lines.id}/notes")
    others = resource("others", path="/orders/{resources.orders.id}/others")
    wanted = {"orders", "lines", "notes"}
    assert divisible(declare(resource("orders"), inheriting, notes), wanted) == ["notes"]
    assert not divisible(declare(resource("orders"), changed, notes), wanted)
    assert not divisible(declare(masked, inheriting), {"lines"})
    both = declare(resource("orders"), inheriting, others)
    assert divisible(both, {"orders", "lines", "others"}) == ["lines", "others"]


@pytest.mark.usefixtures("api")
def test_the_key_holds_the_window_the_settings_and_the_mask_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    masked = orders_and_lines({"params": {"tenant": "{settings.tenant}"}}, mask={"email": "hash"})
    monkeypatch.setenv("SOURCES__DEMO__TENANT", "one")
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", "a key that is long enough for it 1234567")

    def key(declared: ApiDeclaration = masked, window: Window = WINDOW) -> str:
        connection = connect(declared, frozenset({"lines"}), window)
        connection.client.close()
        parts = ListingParts(["run"])
        scope = LoadScope(declared, frozenset({"lines"}), window, partition_starts=[START])
        parts.begin(scope, connection.templates)
        return parts.build_key("lines")

    first = key()
    keys = [first, key(window=replace(WINDOW, start=START))]
    monkeypatch.setenv("SOURCES__DEMO__TENANT", "two")
    keys.append(key())
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", "a key that is long enough for it 7654321")
    keys.append(key())
    assert len(set(keys)) == len(keys)
    assert key() == keys[-1]

"""With `parents: changed` a load asks parents that may have changed, and at times all of them."""

from typing import Any

import dagster as dg
import pytest

from analytics_ingest.extract.parents.changed_parents import UnchangedParents
from analytics_ingest_tests.support.deployments import Deployment, Outcome, at, deploy
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

EVERY = {"changed": True, "full_every": "3d"}


class Shop:
    """Orders and their lines: the day of January on which each was changed last."""

    def __init__(self, api: ScriptedApi) -> None:
        self.api = api
        self.orders = {1: 4, 2: 4, 3: 4}
        self.lines = {11: 4, 21: 4, 31: 4}
        self.broken = False
        api.on("/orders", self._orders)
        api.otherwise(self._below)

    def _orders(self, asked: Asked) -> Any:
        since = str(asked.query.get("since", ""))
        rows = [row(key, moment(day)) for key, day in self.orders.items()]
        return {"data": [one for one in rows if str(one["updated_at"]) >= since]}

    def _below(self, asked: Asked) -> Any:
        _, parent, key, _ = asked.path.split("/")
        if self.broken or parent not in ("orders", "lines"):
            return Reply({}, 403)
        if parent == "lines":
            return {"data": [row(int(key) * 10, moment(self.lines[int(key)]))]}
        lines = {line: day for line, day in self.lines.items() if line // 10 == int(key)}
        return {"data": [row(line, moment(day)) for line, day in lines.items()]}

    def take_asked(self, below: str = "orders") -> list[int]:
        """The parents that were asked since the last time."""
        paths = [path.split("/") for path in self.api.paths]
        if below == "orders":
            self.api.asked.clear()
        return sorted(int(path[2]) for path in paths if len(path) == 4 and path[1] == below)


def moment(day: int) -> str:
    return f"2026-01-{day:02}T10:00:00Z"


def lines(parents: Any, **own: Any) -> dict[str, Any]:
    return resource(
        "lines", path="/orders/{resources.orders.id}/lines", own={"parents": parents, **own}
    )


def load_day(deployment: Deployment, first: int, last: int | None = None) -> Outcome:
    """Load days of January, soon after the last one has ended."""
    with at(utc(2026, 1, (last or first) + 1, 1)):
        return deployment.load(f"2026-01-{first:02}", f"2026-01-{last or first:02}")


def recorded(instance: dg.DagsterInstance, name: str, asset: str = "lines") -> Any:
    event = instance.get_latest_materialization_event(dg.AssetKey([API, asset]))
    assert event
    assert event.asset_materialization
    value = event.asset_materialization.metadata.get(name)
    return value and value.value


@pytest.fixture
def shop(api: ScriptedApi) -> Shop:
    return Shop(api)


def test_changed_parents_are_asked_and_all_of_them_so_often(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource("orders"), lines(EVERY)), quick_instance)
    assert load_day(deployment, 4).success
    assert shop.take_asked() == [1, 2, 3]
    assert recorded(quick_instance, "parents_asked") == "all"

    shop.orders |= {1: 5, 3: 6}  # what changed after the window may have changed in it too
    shop.lines |= {11: 5, 21: 5, 31: 5}
    assert load_day(deployment, 5).success
    assert shop.take_asked() == [1, 3]
    assert recorded(quick_instance, "parents_asked") == "changed"
    assert recorded(quick_instance, "parents_unchanged") == 1
    assert table("lines", "id", "updated_at")[1][1].day == 4  # changed without its order

    assert load_day(deployment, 6).success
    assert shop.take_asked() == [3]
    assert load_day(deployment, 7).success
    assert shop.take_asked() == [1, 2, 3]
    assert recorded(quick_instance, "all_parents_asked_until") == "2026-01-08T00:00:00+00:00"
    assert [at.day for _, at in table("lines", "id", "updated_at")] == [5, 5, 5]


def test_a_load_that_goes_back_or_failed_asks_all_parents(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource("orders"), lines("changed")), quick_instance)
    shop.broken = True
    assert not load_day(deployment, 4).success
    shop.broken = False
    shop.take_asked()
    assert load_day(deployment, 5).success
    assert shop.take_asked() == [1, 2, 3]
    assert load_day(deployment, 2, 4).success
    assert shop.take_asked() == [1, 2, 3]
    assert recorded(quick_instance, "all_parents_asked_until") == "2026-01-06T00:00:00+00:00"
    shop.orders[2] = 6
    assert load_day(deployment, 6, 7).success
    assert shop.take_asked() == [2]
    # The day that goes on is loaded again and again.
    with at(utc(2026, 1, 8, 12)):
        assert deployment.load("2026-01-08").success
    assert shop.take_asked() == []


def test_windows_are_loaded_while_a_due_full_pass_fails(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    deployment = deploy(declare(resource("orders"), lines(EVERY)), quick_instance)
    assert load_day(deployment, 4).success
    shop.orders[1] = shop.lines[11] = 7
    shop.broken = True
    assert not load_day(deployment, 7).success
    assert set(shop.take_asked()) <= {1, 2, 3}
    shop.broken = False
    assert load_day(deployment, 7).success
    assert shop.take_asked() == [1]
    assert load_day(deployment, 8).success
    assert shop.take_asked() == [1, 2, 3]


def test_full_passes_that_succeed_follow_one_another_however_fast_days_are_loaded(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    keys = lines({"changed": True, "full_every": "2d"})
    deployment = deploy(declare(resource("orders"), keys), quick_instance)
    asked = {}
    with at(utc(2026, 1, 20, 1)):
        for day in range(4, 9):
            assert deployment.load(f"2026-01-{day:02}").success
            asked[day] = shop.take_asked()
    assert asked == {4: [1, 2, 3], 5: [], 6: [1, 2, 3], 7: [], 8: [1, 2, 3]}


def test_all_parts_of_a_first_backfill_ask_all_parents(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    pieces = {"max_window": "2d"}
    keys = lines({"changed": True, "full_every": "30d"})
    keys["endpoint"]["incremental"] = {"start_param": "since", "end_param": "until", **pieces}
    deployment = deploy(declare(resource("orders"), keys), quick_instance)
    shop.lines[31] = 9
    assert load_day(deployment, 2, 11).success
    assert [at.day for _, at in table("lines", "id", "updated_at")] == [4, 4, 9]
    assert recorded(quick_instance, "all_parents_asked_until") == "2026-01-12T00:00:00+00:00"
    shop.take_asked()
    shop.orders[2] = 12
    assert load_day(deployment, 12).success
    assert set(shop.take_asked()) == {2}


def test_a_parent_is_requested_since_the_window_unless_all_children_are_needed(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    orders = resource("orders", incremental={"start_param": "since", "lookback": "1d"})
    deployment = deploy(declare(orders, lines("changed")), quick_instance)
    assert load_day(deployment, 4).success
    assert shop.api.sent("/orders", "since") == [None]
    assert shop.take_asked() == [1, 2, 3]
    shop.orders[2] = 5
    assert load_day(deployment, 5).success
    assert shop.api.sent("/orders", "since") == ["2026-01-04T00:00:00Z"]
    assert shop.take_asked() == [1, 2, 3]  # of the lookback
    assert load_day(deployment, 6).success
    assert shop.take_asked() == [2]


@pytest.mark.parametrize("notes", ["all", "changed"])
def test_a_changed_child_is_asked_for_all_that_its_own_children_need(
    notes: str, shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    path = "/lines/{resources.lines.id}/notes"
    grandchildren = resource("notes", path=path, own={"parents": notes})
    deployment = deploy(
        declare(resource("orders"), lines("changed"), grandchildren), quick_instance
    )
    assert load_day(deployment, 4).success
    assert shop.take_asked("lines") == [11, 21, 31]
    shop.take_asked()
    shop.orders[1] = shop.lines[11] = 5
    assert load_day(deployment, 5).success
    assert shop.take_asked("lines") == ([11, 21, 31] if notes == "all" else [11])
    assert shop.take_asked() == ([1, 2, 3] if notes == "all" else [1])


def test_children_without_a_cursor_take_that_of_their_parent(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    child = lines("changed", include_from_parent=["updated_at"])
    child["endpoint"]["incremental"] = {"cursor_path": "_orders_updated_at"}
    deployment = deploy(declare(resource("orders"), child), quick_instance)
    load_day(deployment, 4)
    shop.take_asked()
    shop.orders[2] = 5
    shop.lines[22] = 1
    assert load_day(deployment, 5).success
    assert shop.take_asked() == [2]
    assert table("lines") == [11, 21, 22, 31]


def test_a_key_that_was_removed_for_a_while_leaves_no_gap(
    shop: Shop, quick_instance: dg.DagsterInstance
) -> None:
    changed = deploy(declare(resource("orders"), lines("changed")), quick_instance)
    load_day(changed, 4)
    shop.lines[21] = 5
    load_day(changed, 5)
    load_day(deploy(declare(resource("orders"), lines("all")), quick_instance), 6)
    assert recorded(quick_instance, "parents_asked") is None
    load_day(changed, 11)
    assert recorded(quick_instance, "parents_asked") == "all"
    assert table("lines", "id", "updated_at")[1][1].day == 5


def test_a_cursor_that_names_a_day_may_be_of_its_end() -> None:
    orders = declare(resource("orders"), partitions="hourly").resources["orders"]
    unchanged = UnchangedParents(orders, utc(2026, 1, 5, 13))
    cursors = ("2026-01-03", "2026-01-05", "2026-01-05T12:00:00Z", "2026-01-05T13:00:00Z", None)
    assert [unchanged.holds(row(1, at)) for at in cursors] == [True, False, True, False, False]

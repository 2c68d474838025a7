"""A run that reads the children of many parents, and fails or is killed, goes on after them.

The parents, their children and the request at which it ends are random. A part lasts no time, so
each holds the few listings that are requested at once.
"""

import signal
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract import listing_parts
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.part_key import find_divisible
from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest.orchestration.executor import configured_executor
from analytics_ingest.orchestration.schedules import build_job_and_schedule
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.deployments import at, partition_range, sql
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

START = utc(2026, 1, 1)
LINES = dg.AssetKey([API, "lines"])


class World:
    """Orders of three days and their lines; `notes` are children of lines."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self.orders = [row(n, moment(rng), name=f"order {n}") for n in range(rng.randrange(14, 22))]
        self.lines = {
            order["id"]: [
                row(100 * order["id"] + n, moment(rng, 5)) for n in range(rng.randrange(4))
            ]
            for order in self.orders
        }
        self.ends_at = rng.randrange(8, len(self.orders))
        """The listing of lines at which the run ends, counted from one."""

    @property
    def expected(self) -> list[tuple[int, str]]:
        """The lines of the three days, each with the name of its order."""
        end = (START + timedelta(days=3)).isoformat()
        return sorted(
            (line["id"], order["name"])
            for order in self.orders
            for line in self.lines[order["id"]]
            if line["updated_at"] < end
        )

    def serve(self, api: ScriptedApi, failing: Any = None) -> None:
        """Serve all rows; from the listing on at which the run ends, something else happens."""

        def lines(asked: Asked) -> Any:
            if failing and len(asked_orders(api)) >= self.ends_at:
                return failing()
            return {"data": self.lines[int(asked.path.split("/")[-2])]}

        def orders(asked: Asked) -> Any:
            offset = int(asked.query.get("offset", 0))
            return {"data": self.orders[offset : offset + 6]}

        api.otherwise(lines)
        api.on("/orders", orders)
        api.always("/others", {"data": [row(1, "2026-01-02T00:00:00Z")]})


def moment(rng: Random, days: int = 3) -> str:
    return (START + timedelta(minutes=rng.randrange(days * 1440))).isoformat()


def asked_orders(api: ScriptedApi) -> list[int]:
    """The orders whose lines were requested."""
    return [int(path.split("/")[-2]) for path in api.paths if path.endswith("/lines")]


def declaration(endpoint: Any = None, /, **own: Any) -> ApiDeclaration:
    orders = resource("orders", paginator={"type": "offset", "limit": 6})
    keys = {"include_from_parent": ["name"], **own}
    path = "/orders/{resources.orders.id}/lines"
    lines = resource("lines", path=path, own=keys, **(endpoint or {}))
    return declare(orders, lines, resource("others"), concurrency=3)


def resumable_job() -> dg.JobDefinition:
    """The job of the declaration."""
    return build_job(declaration())


def changed_job() -> dg.JobDefinition:
    """The job after its declaration was changed."""
    return build_job(declaration(description="lines of orders"))


def build_job(declared: ApiDeclaration) -> dg.JobDefinition:
    built = dg.Definitions(build_assets(declared, "duckdb"), executor=configured_executor())
    merged = dg.Definitions.merge(built, build_job_and_schedule(declared))
    return merged.resolve_job_def(f"{API}_job")


def run(
    instance: dg.DagsterInstance, parent: str | None = None, job: Any = resumable_job
) -> tuple[bool, str]:
    options = dg.ReexecutionOptions.from_failure(parent, instance) if parent else None
    with (
        at(START + timedelta(days=4)),
        dg.execute_job(
            dg.reconstructable(job),
            instance=instance,
            tags=partition_range("2026-01-01", "2026-01-03"),
            reexecution_options=options,
        ) as result,
    ):
        return result.success, result.run_id


def divisible(declared: ApiDeclaration, wanted: set[str], window: Window) -> list[str]:
    """The resources that can be stored in parts."""
    connection = connect(declared, frozenset(wanted), window)
    connection.client.close()
    now = datetime.now(timezone.utc)
    return find_divisible(declared, connection.templates, wanted, window, now)


def run_apart(home: str) -> None:
    listing_parts.SECONDS_A_PART = listing_parts.CHILDREN_A_PARENT = 0
    with dg.DagsterInstance.from_config(home) as instance:
        run(instance)


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_parts, "SECONDS_A_PART", 0)
    monkeypatch.setattr(listing_parts, "CHILDREN_A_PARENT", 0)


def check_all_is_loaded(world: World, instance: dg.DagsterInstance) -> None:
    assert table("lines", "id", "_orders_name") == world.expected
    assert table("orders") == sorted(order["id"] for order in world.orders)
    assert table("others") == [1]
    records = instance.fetch_materializations(LINES, limit=3).records
    events = [record.asset_materialization for record in records if record.asset_materialization]
    counted = sum(e.metadata["dagster/partition_row_count"].value for e in events)  # pyright: ignore
    assert counted == len(world.expected)
    assert events[0].metadata["run_rows_loaded"].value == len(world.expected)
    assert events[0].metadata["run_rows_outside"].value == sum(
        map(len, world.lines.values())
    ) - len(world.expected)


def check_that_it_goes_on(api: ScriptedApi, world: World, instance: dg.DagsterInstance) -> None:
    stored = set(table("lines"))
    first = asked_orders(api)
    (failed,) = instance.get_runs()
    api.asked.clear()
    world.serve(api)
    success, _ = run(instance, failed.run_id)
    assert success
    again = asked_orders(api)
    assert len(again) == len(set(again))
    assert set(first) | set(again) == {order["id"] for order in world.orders}
    # Twice is only asked what was under way when it ended.
    assert len(set(first) & set(again)) <= 6
    of_stored = {n for n, lines in world.lines.items() if stored & {line["id"] for line in lines}}
    assert of_stored
    assert not of_stored & set(again)
    assert not api.requests_of("/others")
    check_all_is_loaded(world, instance)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_that_failed_at_any_parent_goes_on(
    seed: int, api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    world = World(seed)
    world.serve(api, lambda: Reply({}, 403))
    assert not run(instance)[0]
    check_that_it_goes_on(api, world, instance)


def test_a_run_that_was_killed_among_parents_goes_on(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    world = World(3)

    def kill() -> Reply:
        process.kill()
        return Reply({}, 500)

    world.serve(api, kill)
    process = begin_apart(run_apart, instance.root_directory)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    (killed,) = instance.get_runs()
    instance.report_run_failed(killed, "its process died")  # as the daemon does
    check_that_it_goes_on(api, world, instance)


def test_only_parents_that_are_new_or_give_other_columns_are_requested_again(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    world = World(4)
    world.serve(api, lambda: Reply({}, 403))
    first = run(instance)[1]
    stored = {n for n, lines in world.lines.items() if {r["id"] for r in lines} & {*table("lines")}}
    gone, renamed, *_ = [order for order in world.orders if order["id"] in stored]
    world.orders.remove(gone)
    renamed["name"] = "another name"
    world.orders.append(row(99, moment(Random(1)), name="a new order"))
    world.lines[99] = [row(9900, moment(Random(2)))]
    world.orders.reverse()
    api.asked.clear()
    world.serve(api)
    assert run(instance, first)[0]
    assert stored & {*asked_orders(api)} == {renamed["id"]}
    lines = dict(table("lines", "id", "_orders_name"))
    of_gone = {line["id"]: gone["name"] for line in world.lines[gone["id"]]}
    assert lines == {**dict(world.expected), **{n: of_gone[n] for n in of_gone if n in lines}}


@pytest.mark.parametrize("cause", ["declared", "emptied"])
def test_a_run_begins_again_where_what_was_stored_is_not_valid(
    cause: str, api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    world = World(5)
    world.serve(api, lambda: Reply({}, 403))
    first = run(instance)[1]
    if cause == "emptied":
        sql("DELETE FROM demo.lines")
    api.asked.clear()
    world.serve(api)
    assert run(instance, first, changed_job if cause == "declared" else resumable_job)[0]
    assert sorted(asked_orders(api)) == [order["id"] for order in world.orders]
    check_all_is_loaded(world, instance)


@pytest.mark.parametrize(
    ("own", "endpoint", "days", "is_divided"),
    [
        ({}, {}, 3, True),
        ({"write_disposition": {"disposition": "merge", "strategy": "upsert"}}, {}, 3, True),
        ({}, {}, 5, False),  # the last day is going on
        ({"write_disposition": "replace"}, {"incremental": None}, 3, False),
        ({}, {"incremental": None}, 3, False),
        ({"merge_key": "updated_at"}, {}, 3, False),
        ({"deletes": {"every": "7d", "mark": "gone"}}, {}, 3, False),
        (
            {"write_disposition": {"disposition": "merge", "strategy": "scd2"}},
            {"incremental": None},
            3,
            False,
        ),
        (
            {},
            {"incremental": {"start_param": "a", "end_param": "b", "max_window": "31d"}},
            3,
            False,
        ),
        ({"mask": {"_orders_name": "redact"}}, {}, 3, False),
    ],
)
def test_only_children_that_can_go_on_are_stored_in_parts(
    own: dict[str, Any], endpoint: dict[str, Any], days: int, *, is_divided: bool, api: ScriptedApi
) -> None:
    declared = declaration(endpoint, **own)
    with at(START + timedelta(days=4)):
        window = Window(None, START + timedelta(days=days))
        assert divisible(declared, {"orders", "lines"}, window) == ["lines"] * is_divided


def test_children_of_masked_parents_and_parents_are_stored_at_once(api: ScriptedApi) -> None:
    masked = resource("orders", own={"mask": {"name": "redact"}})
    lines = resource(
        "lines",
        path="/orders/{resources.orders.id}/lines",
        own={"include_from_parent": ["name"]},
    )
    notes = resource("notes", path="/lines/{resources.lines.id}/notes")
    wanted = {"orders", "lines", "notes"}
    window = Window(None, START)
    assert divisible(declare(masked, lines, notes), wanted, window) == ["notes"]
    assert not divisible(declare(masked, lines), wanted - {"notes"}, window)

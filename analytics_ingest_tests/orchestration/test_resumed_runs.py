"""A run over a long range that fails or is killed anywhere goes on there, to the right rows.

The days, the rows, the pages and `max_window` are random, and so is the request at which it ends.
"""

import os
import signal
from datetime import datetime, timedelta
from random import Random
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.partitions import LoadedWindow, build_partitions
from analytics_ingest.orchestration.parts import split_run
from analytics_ingest.orchestration.schedules import select_partitions
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.deployments import at, build_job, execute, partition_range
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

START = utc(2026, 1, 1)
ITEMS = dg.AssetKey([API, "items"])
SEED = "ANALYTICS_INGEST_TEST_SEED"


class World:
    """A range of days, and the rows that an API has of them."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self.days = rng.randrange(12, 30)
        self.end = START + timedelta(days=self.days)
        self.length = rng.choice([1, 2, 5])
        self.size = rng.choice([2, 3])
        count = rng.randrange(20, 60)
        self.rows = [
            row(key, (START + timedelta(minutes=rng.randrange(self.days * 1440))).isoformat())
            for key in range(count)
        ]
        requests = count // self.size + self.days // self.length
        self.ends_at = int(requests * rng.uniform(0.5, 0.9))

    @property
    def declaration(self) -> ApiDeclaration:
        """The rows of the range, in pages of a few; and a resource that is loaded whole."""
        items = resource(
            paginator={"type": "offset", "limit": self.size},
            incremental={
                "start_param": "since",
                "end_param": "until",
                "initial_value": "2026-01-01",
                "max_window": f"{self.length}d",
            },
        )
        return declare(items, resource("others"))

    @property
    def keys(self) -> list[str]:
        """The partitions of the range."""
        return [f"{START + timedelta(days=n):%Y-%m-%d}" for n in range(self.days)]

    def serve(self, api: ScriptedApi, failing: Any = None) -> None:
        """Serve all rows; from the request on at which the run ends, something else happens."""

        def script(asked: Asked) -> Any:
            if failing and len(api.requests_of("/items")) >= self.ends_at:
                return failing()
            rows = self.rows
            if "since" in asked.query:  # Else it is probed why a window has no rows.
                since, until = window_of(asked)
                rows = [r for r in rows if since <= moment(r["updated_at"]) < until]
            offset = int(asked.query.get("offset", 0))
            return {"data": rows[offset : offset + self.size]}

        api.on("/items", script)
        api.always("/others", {"data": [row(1)]})


def moment(text: str | None) -> datetime:
    at = read_iso8601(text)
    assert at
    return at


def window_of(asked: Asked) -> tuple[datetime, datetime]:
    return moment(asked.query.get("since")), moment(asked.query.get("until"))


def resumable_job() -> dg.JobDefinition:
    """The job of the world whose seed is in the environment."""
    declaration = World(int(os.environ[SEED])).declaration
    return build_job(declaration)


def run(instance: dg.DagsterInstance, parent: str | None = None) -> tuple[bool, str]:
    world = World(int(os.environ[SEED]))
    moment, tags = world.end + timedelta(hours=1), partition_range(world.keys[0], world.keys[-1])
    with execute(resumable_job, instance, moment, tags, parent) as result:
        return result.success, result.run_id


def run_apart(home: str) -> None:
    with dg.DagsterInstance.from_config(home) as instance:
        run(instance)


def check_that_it_goes_on(api: ScriptedApi, world: World, instance: dg.DagsterInstance) -> None:
    """Execute the only run again, and compare what is asked and loaded with what was missing."""
    before = instance.get_materialized_partitions(ITEMS)
    assert before  # or nothing is resumed
    first_missing = next(key for key in world.keys if key not in before)
    world.serve(api)
    api.asked.clear()
    with at(world.end + timedelta(hours=1)):
        due = select_partitions(instance, world.declaration, "items", world.end)
    assert not before.intersection(due)
    (first,) = instance.get_runs()
    success, _ = run(instance, first.run_id)
    assert success
    assert table("items") == sorted(r["id"] for r in world.rows)
    assert table("others") == [1]
    windows = [window_of(asked) for asked in api.requests_of("/items") if "since" in asked.query]
    assert min(since for since, _ in windows) == moment(f"{first_missing}T00:00:00Z")
    assert len(api.requests_of("/others")) <= 1
    event = instance.get_latest_materialization_event(ITEMS)
    assert event
    assert event.asset_materialization
    facts = {name: v.value for name, v in event.asset_materialization.metadata.items()}
    assert facts["run_rows_loaded"] == len(world.rows)
    assert facts["partitions"] == world.days
    assert len(instance.get_materialized_partitions(ITEMS)) == world.days


@pytest.mark.parametrize("seed", [0, 2])
def test_a_run_that_failed_anywhere_goes_on(
    seed: int, api: ScriptedApi, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SEED, str(seed))
    world = World(seed)
    world.serve(api, lambda: Reply({}, 403))
    assert not run(instance)[0]
    check_that_it_goes_on(api, world, instance)


def test_a_run_that_was_killed_goes_on(
    api: ScriptedApi, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SEED, "3")
    world = World(3)

    def kill() -> Reply:
        os.kill(process.pid or 0, signal.SIGKILL)
        return Reply({}, 500)

    world.serve(api, kill)
    process = begin_apart(run_apart, instance.root_directory)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    (killed,) = instance.get_runs()
    instance.report_run_failed(killed, "its process died")  # as the daemon does
    check_that_it_goes_on(api, world, instance)


@pytest.mark.parametrize("seed", range(20))
def test_parts_hold_each_missing_partition_once(seed: int) -> None:
    world, rng = World(seed), Random(seed)
    keys = {
        "incremental": world.declaration.resources["items"].endpoint.dump_declared()["incremental"]
    }
    declaration = declare(resource(**keys), resource("events", **keys), resource("others"))
    partitions = build_partitions(declaration.declared.partitions)
    windows = {key: partitions.time_window_for_partition_key(key) for key in world.keys}
    loaded = LoadedWindow(Window(None, world.end), windows, "run", world.end)
    done = {name: set(world.keys[: rng.randrange(world.days)]) for name in ("items", "events")}
    of_assets = {dg.AssetKey([API, name]): keys for name, keys in done.items()}
    parts = list(split_run(declaration, ["items", "events", "others"], loaded, of_assets))
    assert [part.loaded for part in parts if "others" in part.names] == [loaded]
    for name, keys_done in done.items():
        own = [part for part in parts if name in part.names]
        asked = [key for part in own for key in part.loaded.partitions]
        assert asked == [key for key in world.keys if key not in keys_done]
        assert [part.is_last for part in own] == [False] * (len(own) - 1) + [True]
    for part in parts:
        first, *_, last = [*part.loaded.partitions, *part.loaded.partitions]
        start = None if first == world.keys[0] else windows[first].start
        assert part.loaded.window == Window(start, windows[last].end)

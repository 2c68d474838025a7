"""Loads of children in parts, without Dagster: what a step does with one run after another."""

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts import listing_parts
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.loads import declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

START = utc(2026, 1, 1)
WINDOW = Window(None, START + timedelta(days=3))


def shorten_parts() -> None:
    """Let each part hold only the listings that are requested at once."""
    listing_parts.SECONDS_A_PART = listing_parts.CHILDREN_A_PARENT = 0


def orders_and_lines(endpoint: Any = None, /, size: int = 6, **own: Any) -> ApiDeclaration:
    """Orders in pages of a few, and the lines of each."""
    orders = resource("orders", paginator={"type": "offset", "limit": size})
    keys = {"include_from_parent": ["name"], **own}
    path = "/orders/{resources.orders.id}/lines"
    lines = resource("lines", path=path, own=keys, **(endpoint or {}))
    return declare(orders, lines, resource("others"), concurrency=8)


@dataclass
class Attempt:
    """A run that has ended."""

    parts: ListingParts
    stats: Stats
    """Of all parts."""
    error: str = ""
    log: list[str] = field(default_factory=list)


def load_parts(
    declared: ApiDeclaration, *run_ids: str, window: Window = WINDOW, names: Any = ("lines",)
) -> Attempt:
    """Load resources in parts, as the run of the first id that resumes the others."""
    parts, wanted, log = ListingParts(run_ids), frozenset[str](names), list[str]()
    attempt = Attempt(parts, Stats(), log=log)
    while wanted:
        try:
            with open_load(
                LoadScope(
                    declared,
                    wanted,
                    window,
                    partition_starts=[START + timedelta(days=n) for n in range(3)],
                ),
                check_at=utc(2030, 1, 1),
                parts=parts,
                run_id=run_ids[0],
                log=log.append,
            ) as opened:
                before = dict(parts.earlier)
                opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
        except LoadError as error:
            attempt.error = str(error)
            break
        attempt.stats = opened.stats["lines"].combine(
            parts.earlier.get("lines") or before.get("lines")
        )
        wanted = frozenset(parts.cut)
    return attempt


class World:
    """Orders of three days and their lines, some of which lie after these."""

    def __init__(self, seed: int, orders: int = 20) -> None:
        rng = self.rng = Random(seed)
        self.orders = [row(n, moment(rng), name=f"order {n}") for n in range(orders)]
        self.lines = {
            order["id"]: [
                row(100 * order["id"] + n, moment(rng, 5)) for n in range(rng.randrange(4))
            ]
            for order in self.orders
        }
        self.ends_at = rng.randrange(11, orders)
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

    def orders_of(self, lines: list[int]) -> set[int]:
        """The orders of some lines."""
        return {number for number, own in self.lines.items() if {r["id"] for r in own} & {*lines}}

    def serve(self, api: ScriptedApi, failing: Callable[[], Any] | None = None) -> None:
        """Serve all rows; from the listing on at which the run ends, something else happens."""
        api.asked.clear()

        def lines(asked: Asked) -> Any:
            if failing and len(asked_orders(api)) >= self.ends_at:
                return failing()
            return {"data": self.lines[int(asked.path.split("/")[-2])]}

        def orders(asked: Asked) -> Any:
            offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 6))
            return {"data": self.orders[offset : offset + limit]}

        api.otherwise(lines)
        api.on("/orders", orders)
        api.always("/others", {"data": [row(1, "2026-01-02T00:00:00Z")]})


def moment(rng: Random, days: int = 3) -> str:
    """A moment in the first days."""
    return (START + timedelta(minutes=rng.randrange(days * 1440))).isoformat()


def asked_orders(api: ScriptedApi) -> list[int]:
    """The orders whose lines were requested."""
    return [int(path.split("/")[-2]) for path in api.paths if path.endswith("/lines")]


def refuse() -> Reply:
    """The answer that fails a resource."""
    return Reply({}, 403)


def _run_apart(*run_ids: str) -> None:
    shorten_parts()
    load_parts(orders_and_lines(), *run_ids)


def load_until_killed(api: ScriptedApi, world: World, *run_ids: str) -> None:
    """Load in a process that is killed at the listing at which the run ends."""

    def kill() -> Reply:
        process.kill()
        return Reply({}, 500)

    world.serve(api, kill)
    process = begin_apart(_run_apart, *run_ids)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def lines() -> list[Any]:
    """The lines in the warehouse, each with the name of its order."""
    return table("lines", "id", "_orders_name")


def check_that_killed_loads_go_on(api: ScriptedApi) -> None:
    """Kill loads of a random world at random requests until one ends."""
    seed = Random().randrange(10**6)
    world, runs, stored = World(seed, orders=30), list[str](), set[int]()
    world.ends_at = world.rng.randrange(9, 16)
    for number in range(3):
        runs.insert(0, f"run {number}")
        if number == 2:
            world.serve(api)
            assert not load_parts(orders_and_lines(), *runs).error
        else:
            load_until_killed(api, world, *runs)
            world.ends_at = world.rng.randrange(2, 8)
        asked = asked_orders(api)
        assert len(asked) == len(set(asked)), seed
        assert not stored & set(asked), seed
        stored = world.orders_of([line for line, _ in lines()])
    assert lines() == world.expected, seed

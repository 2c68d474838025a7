"""How time and memory grow with rows, resources and partitions: python -m benchmarks.growth.

Along each axis only one number changes; every point is a run of this project as a user has it, into
an empty warehouse. PostgreSQL is a server of its own, as the tests start it.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from analytics_ingest_tests.support.postgres import postgres_server
from benchmarks.__main__ import say
from benchmarks.peers import Peer
from benchmarks.report import line, machine
from benchmarks.running import Bench, Taken
from benchmarks.warehouses import into_duckdb, into_postgres
from benchmarks.workloads import named


@dataclass(frozen=True)
class Axis:
    """What grows.

    Args:
        each: The unit of the slope: so many.
        small: The points that are measured unless all are asked for.
        workload: The name of the workload of a point.
    """

    name: str
    title: str
    each: int
    points: tuple[int, ...]
    workload: str

    def of(self, point: int) -> tuple[str, int]:
        """The workload and the partitions of a point."""
        return self.workload.format(point), point if self.name == "partitions" else 1


AXES = {
    axis.name: axis
    for axis in (
        Axis("rows", "one resource, one partition", 1_000, (1_000, 10_000, 100_000), "1x{}"),
        Axis("resources", "20 rows each, one partition", 1, (10, 50, 100), "{}x20"),
        Axis("partitions", "one resource of 1,000 rows, one run", 1, (1, 10, 100), "1x1000"),
    )
}
LARGEST = {"rows": 1_000_000, "resources": 500, "partitions": 1_000}
DESTINATIONS = ("duckdb", "postgres")
Measurements = dict[tuple[str, str, int], Taken]
"""Axis, destination and point → what the run took."""


def main() -> None:
    """Measure what is asked for, and write the report."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="growth-"))
    bench = Bench(folder, datetime.now(timezone.utc).date(), say)
    with ExitStack() as opened:
        peers: dict[str, Callable[[int], Peer]] = {"duckdb": into_duckdb}
        if "postgres" in options.destinations:
            server = opened.enter_context(postgres_server())
            peers["postgres"] = partial(into_postgres, server=server)
        measurements = {
            (axis.name, name, point): _taken(bench, axis, point, peers[name])
            for axis in (AXES[name] for name in options.axes)
            for point in (*axis.points, *([LARGEST[axis.name]] if options.all else []))
            for name in options.destinations
        }
    shutil.rmtree(folder)
    text = "\n".join(report(measurements)) + "\n"
    if options.results:
        options.results.write_text(text)
    else:
        print(text)


def _taken(bench: Bench, axis: Axis, point: int, peer_of: Callable[[int], Peer]) -> Taken:
    workload, partitions = axis.of(point)
    peer = peer_of(partitions)
    (taken,) = bench.measure(named(workload), [peer], 1).runs[peer.name]
    return taken


def report(measurements: Measurements) -> Iterator[str]:
    """The lines of the report, in Markdown."""
    now = datetime.now(timezone.utc)
    yield from ("# How time and memory grow", "", f"- {now:%Y-%m-%d %H:%M} UTC, one run a point.")
    yield from machine()
    yield "- Processor time and peak memory are those of the run's process, without the servers'."
    yield "- Slopes are those from the first to the last point; seconds also tell what else ran."
    for axis in AXES.values():
        points = sorted({point for name, _, point in measurements if name == axis.name})
        if points:
            yield from ("", f"## {axis.name.capitalize()}: {axis.title}", "")
            yield from _table(measurements, axis, points)


def _table(measurements: Measurements, axis: Axis, points: Sequence[int]) -> Iterator[str]:
    destinations = [d for d in DESTINATIONS if (axis.name, d, points[0]) in measurements]
    heads = ("seconds", "of processor", "MB")
    yield line([axis.name, *(f"{d}: {head}" for d in destinations for head in heads)])
    yield line(["---"] * (1 + len(destinations) * len(heads)))
    for point in points:
        taken = [measurements[axis.name, destination, point] for destination in destinations]
        cells = [
            cell
            for t in taken
            for cell in (f"{t.wall:.1f}", f"{t.processor:.1f}", f"{t.memory / 1e6:.0f}")
        ]
        yield line([f"{point:,}", *cells])
    if len(points) > 1:
        slopes = [
            cell
            for destination in destinations
            for cell in _slopes(measurements, axis, destination, (points[0], points[-1]))
        ]
        yield line([f"**each {axis.each:,} more**", *slopes])


def _slopes(
    measurements: Measurements, axis: Axis, destination: str, between: tuple[int, int]
) -> tuple[str, str, str]:
    """What one more costs."""
    before, after = (measurements[axis.name, destination, point] for point in between)
    more = (between[1] - between[0]) / axis.each
    return (
        f"{(after.wall - before.wall) / more:.4f}",
        f"{(after.processor - before.processor) / more:.4f}",
        f"{(after.memory - before.memory) / 1e6 / more:.3f}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--axes", nargs="+", choices=AXES, default=list(AXES))
    parser.add_argument("--destinations", nargs="+", choices=DESTINATIONS, default=DESTINATIONS)
    parser.add_argument("--all", action="store_true", help="a million rows, 500 resources, … too")
    parser.add_argument("--results", type=Path, help="write the report there, not to the terminal")
    return parser.parse_args()


if __name__ == "__main__":
    main()

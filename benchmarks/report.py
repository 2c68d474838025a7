"""What is written about the results: ratios first, then what they are made of."""

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.peers import PEERS, REFERENCE
from benchmarks.running import Results, Taken

TARGETS = {"W1": 0.21, "W2": 0.35, "W3": 0.25, "W4": 2.6, "W5": 2.6, "W6": 0.35}
"""Ratios of wall time to the reference that this project is to reach."""
MEASURED = "ours"
"""The peer that they are meant for: a shipped API has its fields declared."""
MOST_MEMORY = 350e6
MOST_GROWTH = 1.3
"""Times the memory of W1 that ten times its rows may take."""
PACKAGES = ("dagster", "dagster-dlt", "dlt", "duckdb", "pyarrow", "requests", "orjson")

Figure = Callable[[Taken], float]


def report(results: Sequence[Results], large: Results | None) -> Iterator[str]:
    """The lines of a report, in Markdown."""
    yield from ("# Results of the benchmark", "", *_conditions(results), "")
    yield from ("## Wall time, ratio to plain dlt", "", *_ratios(results), "")
    yield from ("## Wall time in seconds: median (least to most)", "")
    yield from (*_table(results, _spread), "")
    yield from ("## Processor time in seconds, user and system: median", "")
    yield from (*_table(results, lambda runs, _: f"{_median(runs, _processor):.2f}"), "")
    yield from ("## Peak resident memory of one process, in MB: the most", "")
    yield from _table(results, lambda runs, _: f"{_peak(runs) / 1e6:.0f}")
    if large:
        yield from ("", *_growth(results, large))


def _conditions(results: Sequence[Results]) -> Iterator[str]:
    rounds = max(len(runs) for result in results for runs in result.runs.values())
    now = datetime.now(timezone.utc)
    yield f"- {now:%Y-%m-%d %H:%M} UTC, medians of {rounds} rounds, peers in turn within a round."
    yield from machine()
    for result in results:
        if result.pages_a_second:
            yield (
                f"- Server, on the same machine: {result.pages_a_second:,.0f} pages a second of "
                f"{result.workload.name}, requested over bare sockets."
            )


def machine() -> Iterator[str]:
    """Where it was measured, and with what."""
    cores = f"{os.cpu_count()} cores, {_memory()}"
    yield f"- Machine: {_processor_name()}, {cores}, {platform.system()} {platform.release()}."
    versions = (f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield f"- Python {platform.python_version()}, {', '.join(versions)}."


def _ratios(results: Sequence[Results]) -> Iterator[str]:
    def ratio(runs: Sequence[Taken], result: Results) -> str:
        reference = result.runs.get(REFERENCE)
        return f"{_median(runs, _wall) / _median(reference, _wall):.2f}" if reference else ""

    yield from _table(results, ratio)
    yield line(["**target for this project**", *(str(TARGETS[r.workload.name]) for r in results)])


def _growth(results: Sequence[Results], large: Results) -> Iterator[str]:
    yield from ("## Memory as rows grow, this project", "")
    runs = large.runs[MEASURED]
    yield f"- {large.workload.title}: {_peak(runs) / 1e6:.0f} MB, {_median(runs, _wall):.1f} s."
    for result in results:
        if result.workload.name == "W1" and MEASURED in result.runs:
            small = _peak(result.runs[MEASURED])
            yield (
                f"- {result.workload.title}: {small / 1e6:.0f} MB, so it grows "
                f"{_peak(runs) / small:.2f} times."
            )
    yield f"- Targets: {MOST_MEMORY / 1e6:.0f} MB, and {MOST_GROWTH} times."


def _table(
    results: Sequence[Results], cell: Callable[[Sequence[Taken], Results], str]
) -> Iterator[str]:
    """A line for each peer, a column for each workload."""
    yield line(["", *(f"{r.workload.name}: {r.workload.title}" for r in results)])
    yield line(["---"] * (len(results) + 1))
    for name, peer in PEERS.items():
        measured = [result.runs.get(name) for result in results]
        if any(measured):
            cells = (
                cell(runs, r) if runs else "" for runs, r in zip(measured, results, strict=True)
            )
            yield line([peer.title, *cells])


def line(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def _wall(taken: Taken) -> float:
    return taken.wall


def _processor(taken: Taken) -> float:
    return taken.processor


def _median(runs: Sequence[Taken], figure: Figure) -> float:
    return statistics.median(figure(taken) for taken in runs)


def _peak(runs: Sequence[Taken]) -> float:
    return max(taken.memory for taken in runs)


def _spread(runs: Sequence[Taken], _: Results) -> str:
    seconds = [taken.wall for taken in runs]
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _processor_name() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.0f} GiB"

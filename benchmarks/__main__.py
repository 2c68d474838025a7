"""The benchmark's command: python -m benchmarks --workloads W1,W5 --peers ours,plain-dlt."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.checking import WrongRowsError
from benchmarks.peers import PEERS
from benchmarks.report import MEASURED, report
from benchmarks.running import Bench, FailedRunError
from benchmarks.workloads import WORKLOADS

LARGE = 10
"""Times the rows of W1 that --large loads."""


def main() -> int:
    """Run what is asked for; a failed run or wrong rows are status 1."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    bench = Bench(folder, datetime.now(timezone.utc).date(), say)
    try:
        results = [
            bench.measure(WORKLOADS[name], [PEERS[p] for p in options.peers], options.rounds)
            for name in options.workloads
        ]
        large = (
            bench.measure(WORKLOADS["W1"], [PEERS[MEASURED]], 1, times=LARGE)
            if options.large
            else None
        )
    except (FailedRunError, WrongRowsError) as error:
        say(f"{error}; the run's files are in {folder}")
        return 1
    shutil.rmtree(folder)
    text = "\n".join(report(results, large)) + "\n"
    if options.results:
        options.results.write_text(text)
    else:
        print(text)
    return 0


def say(line: str) -> None:
    """Tell how it goes on."""
    print(line, file=sys.stderr, flush=True)


def _some_of(known: Collection[str]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        names = text.split(",")
        if unknown := sorted(set(names) - set(known)):
            raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(known)}")
        return names

    return names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--workloads", type=_some_of(WORKLOADS), default=list(WORKLOADS))
    parser.add_argument("--peers", type=_some_of(PEERS), default=list(PEERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="500,000 rows too, this project alone")
    parser.add_argument("--results", type=Path, help="write the report there instead of showing it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

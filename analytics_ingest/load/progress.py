"""Logs the progress of a long load, from a thread of its own, so also while an API is slow."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from analytics_ingest.common.log import LogLine
from analytics_ingest.extract.stats import Stats

SECONDS_BETWEEN_REPORTS = 10.0


@contextmanager
def log_progress(
    api: str,
    stats: Mapping[str, Stats],
    log: LogLine,
    seconds: float = SECONDS_BETWEEN_REPORTS,
) -> Iterator[Callable[[], None]]:
    """Log every `seconds` how many pages and rows each resource has read.

    Yields:
        A function that stops it before the block ends.
    """
    stopped = threading.Event()
    began = time.monotonic()

    def report() -> None:
        while not stopped.wait(seconds):
            log(_format_line(api, stats, time.monotonic() - began))

    thread = threading.Thread(target=report, name=f"progress of {api}", daemon=True)
    thread.start()
    try:
        yield stopped.set
    finally:
        stopped.set()
        thread.join()


def _format_line(api: str, stats: Mapping[str, Stats], elapsed: float) -> str:
    reading = [
        f"{name} {s.pages} pages {s.rows_read} rows {s.rows_read / elapsed:.0f} rows/s"
        for name, s in stats.items()
        if s.requests and not s.finished
    ]
    rows = sum(s.rows_read for s in stats.values())
    any_finished = any(s.finished for s in stats.values())
    idle = "all pages are read, the warehouse is loading" if any_finished else "no response yet"
    return f"{api}: {elapsed:.0f} s, {rows} rows read: {'; '.join(reading) or idle}"

"""Tells a long load's progress, from a thread of its own: also while an API keeps it waiting."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from analytics_ingest.common.log import LogLine
from analytics_ingest.extract.stats import Stats

SECONDS_BETWEEN_REPORTS = 10.0


@contextmanager
def reporting(
    api: str,
    stats: Mapping[str, Stats],
    log: LogLine,
    seconds: float = SECONDS_BETWEEN_REPORTS,
) -> Iterator[Callable[[], object]]:
    """Log every `seconds` how far the resources are; gives what ends it before its block does."""
    over = threading.Event()
    began = time.monotonic()

    def report() -> None:
        while not over.wait(seconds):
            log(_line(api, stats, time.monotonic() - began))

    thread = threading.Thread(target=report, name=f"progress of {api}", daemon=True)
    thread.start()
    try:
        yield over.set
    finally:
        over.set()
        thread.join()


def _line(api: str, stats: Mapping[str, Stats], elapsed: float) -> str:
    parts = [
        f"{name} {s.pages} pages {s.rows_read} rows {s.rows_read / elapsed:.0f} rows/s"
        for name, s in stats.items()
        if s.requests and not s.finished
    ]
    rows = sum(s.rows_read for s in stats.values())
    is_read = any(s.finished for s in stats.values())
    otherwise = "all pages are read, the warehouse is loading" if is_read else "no answer yet"
    state = "; ".join(parts) or otherwise
    return f"{api}: {elapsed:.0f} s, {rows} rows read: {state}"

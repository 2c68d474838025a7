"""A long load logs its progress until everything is loaded."""

import time

from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.progress import log_progress


def test_resources_that_are_being_read_are_logged_with_their_rows() -> None:
    lines: list[str] = []
    stats = {
        "items": Stats(requests=2, pages=2, rows_read=200),
        "done": Stats(requests=1, pages=1, rows_read=5, finished=True),
        "waiting": Stats(),
    }
    with log_progress("demo", stats, lines.append, seconds=0.05):
        time.sleep(0.3)
    assert lines
    assert lines[0].startswith("demo: 0 s, 205 rows read: items 2 pages 200 rows ")
    assert "done" not in lines[0]


def test_when_all_is_read_the_warehouse_is_loading_until_it_has_loaded() -> None:
    lines: list[str] = []
    stats = {"items": Stats(requests=1, rows_read=5, finished=True)}
    with log_progress("demo", stats, lines.append, seconds=0.05) as stop:
        time.sleep(0.2)
        stop()
        time.sleep(0.1)
        logged = len(lines)
        time.sleep(0.2)
    assert lines[0] == "demo: 0 s, 5 rows read: all pages are read, the warehouse is loading"
    assert len(lines) == logged

"""How all tests are collected, and where their files are; see also `support/fixtures.py`."""

import atexit
import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest

from analytics_ingest_tests.support.sampled_cases import sample_cases
from analytics_ingest_tests.support.slow_tests import find_slow, is_slow_alone

MEMORY = Path("/dev/shm")
"""Where the folders of tests are, if it has room: DuckDB, SQLite and dlt wait for disks."""

ALL_FILES = 4_000_000_000
"""Bytes; those of a run take less than half of it."""

# Images of containers set it. Each process of the tests, and each that those start, would compile
# all modules again: a third of what collecting the tests takes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make test-fast`."""
    parser.addoption(
        "--most-cases", type=int, help="of each test, run so many cases of its table (not with -k)"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skip the import of files that hold only slow tests, if those are not selected."""
    return True if config.option.markexpr == "not slow" and is_slow_alone(collection_path) else None


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow tests, and let them begin first, then those that wait for answers of APIs.

    The short ones fill the time at the end.
    """
    if (most := config.option.most_cases) and not config.option.keyword:
        sample = sample_cases(items, most)
        config.hook.pytest_deselected(items=list(set(items).difference(sample)))
        items[:] = sample
    for item in find_slow(items):
        item.add_marker("slow")
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, not _waits(item.path)))


def pytest_configure(config: pytest.Config) -> None:
    """Choose where files are; while tests are collected, almost nothing becomes garbage."""
    gc.disable()
    if hasattr(config, "workerinput"):
        # Registered first, it comes last. All that is left would be to take the modules apart: two
        # seconds of processor time, after which DuckDB's binding counts what outlived them.
        atexit.register(os._exit, 0)
    os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # the only one imports Trio
    # The process that only hands out tests, before it starts others, imports none of what they use.
    if config.option.dist == "no" or config.option.collectonly:
        config.pluginmanager.import_plugin("analytics_ingest_tests.support.fixtures")
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it took a tenth of the processor time."""
    gc.freeze()
    # Only when Python exits, after pytest's last collections: DuckDB prints what is left.
    atexit.register(gc.unfreeze)
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def _waits(path: Path) -> bool:
    return "extract" in path.parts


def _has_room(folder: Path) -> bool:
    """Whether the files of all tests fit, and what a test compiles can be executed there."""
    if not folder.is_dir():
        return False
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize > ALL_FILES and not status.f_flag & os.ST_NOEXEC

"""The folder of one load's working files: rows on their way, so it does not outlive the load.

A process that is killed leaves its folder, but not the lock in it: the next load removes it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from analytics_ingest.common.warehouse_settings import data_dir

_LOCK = "in-use.lock"


@contextmanager
def working_folder(run_id: str) -> Iterator[Path]:
    """An empty folder for a load.

    Args:
        run_id: Its name; another load that is going on may have it, of a step that was given to a
            second worker because the first was thought dead.
    """
    root = data_dir() / "pipelines"
    root.mkdir(parents=True, exist_ok=True)
    # Nobody may take a folder for abandoned between its creation and its lock.
    with FileLock(root.with_suffix(".lock")):
        for found in root.iterdir():
            if found.is_dir():
                _remove_if_abandoned(found)
        folder = _unused(root, run_id)
        folder.mkdir()
        in_use = FileLock(folder / _LOCK)
        in_use.acquire()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        in_use.release()


def _unused(root: Path, name: str) -> Path:
    names = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(root / name for name in names if not (root / name).exists())


def _remove_if_abandoned(folder: Path) -> None:
    try:
        with FileLock(folder / _LOCK, timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        return  # A load that is going on.

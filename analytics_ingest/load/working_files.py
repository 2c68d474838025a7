"""The folder of one load's working files, removed when the load ends: they hold rows.

A killed process leaves its folder but not the lock in it, so the next load removes the folder.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from analytics_ingest.common.project import make_private_folder
from analytics_ingest.common.warehouse_settings import get_data_dir

_LOCK = "in-use.lock"


@contextmanager
def open_working_folder(run_id: str) -> Iterator[Path]:
    """Create an empty folder for a load, and remove it at the end.

    Args:
        run_id: Its name, with a number if another load uses the name: Dagster may start a step a
            second time while a worker that it believes dead still runs the first.
    """
    root = get_data_dir() / "pipelines"
    make_private_folder(root)
    # Between its creation and its lock, a folder looks abandoned to other loads.
    with FileLock(root.with_suffix(".lock")):
        for path in root.iterdir():
            if path.is_dir():
                _remove_if_abandoned(path)
        folder = _choose_path(root, run_id)
        folder.mkdir()
        in_use = FileLock(folder / _LOCK)
        in_use.acquire()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        in_use.release()


def _choose_path(root: Path, name: str) -> Path:
    names = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(root / name for name in names if not (root / name).exists())


def _remove_if_abandoned(folder: Path) -> None:
    try:
        with FileLock(folder / _LOCK, timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        return  # Another load uses it.

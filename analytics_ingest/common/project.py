"""The project's folder holds `data` and `.dlt`, wherever a command is run from.

`in_project` lets dlt look there for settings, and resolve the paths in them against it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER_SETTING = "DLT_PROJECT_DIR"
CHECKOUT = Path(__file__).parents[2]
_MARKS = ("pyproject.toml", "dagster.yaml")


def locate_project(root: Path | None = None) -> Path:
    """Return the folder that `DLT_PROJECT_DIR` names, else that of the project, else the checkout.

    A package that is installed without its checkout belongs to `DAGSTER_HOME` or, where that is
    not set, to the current folder.

    Args:
        root: The folder of the Dagster project that uses the package, where it is known.
    """
    if folder := os.environ.get(FOLDER_SETTING):
        return Path(folder).absolute()
    if root:
        return root.absolute()
    if any((CHECKOUT / name).is_file() for name in _MARKS):
        return CHECKOUT
    return Path(os.environ.get("DAGSTER_HOME") or ".").expanduser().absolute()


def make_private_folder(folder: Path) -> None:
    """Create a folder, and those above it that are missing, for this user only: it holds rows."""
    for path in reversed((folder, *folder.parents)):
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)


def install_command(extra: str) -> str:
    """Return how to install an extra: from the checkout, in versions that were tested together."""
    return f"pip install -c constraints.txt -e '.[{extra}]' in the project's folder"


@contextmanager
def in_project(folder: Path | None) -> Iterator[None]:
    """Open a block in which dlt works in a folder; None for the one that it works in already."""
    # dlt takes a second to import, which the definitions must not cost.
    from dlt.common.runtime import run_context

    context = run_context.active()
    present = {Path(context.run_dir).resolve(), Path(context.local_dir).resolve()}
    if folder is None or present == {folder.resolve()}:
        yield
        return
    with run_context.switched_run_context(run_context.RunContext(str(folder))):
        yield

"""A project without declarations, in which the command `new` writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_ingest.convert import command
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.declaration.folder import DEFS_FILE
from analytics_ingest_tests.convert.writing import Desk
from analytics_ingest_tests.support.checkout import Checkout


@pytest.fixture(autouse=True, scope="session")
def checked_once() -> Iterator[None]:
    """Let the command load the definitions of a declaration that it has loaded before no more.

    Two of three documents become one that another test has written, but for its comments, and to
    load it takes as long as to convert it.
    """
    check, loaded = command._check, set[tuple[str, ...]]()  # pyright: ignore[reportPrivateUsage]

    def check_new(folder: Path, declaration: Declaration) -> None:
        lines = (folder / DEFS_FILE).read_text(encoding="utf-8").splitlines()
        written = [line for line in lines if not line.lstrip().startswith("#")]
        key = (folder.name, *written, repr(declaration.schema))
        if key not in loaded:
            check(folder, declaration)
            loaded.add(key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "_check", check_new)
        yield


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The project as it is committed, in a folder of its own."""
    return Checkout.create(tmp_path)


@pytest.fixture
def desk(project: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Runs the command in a project of its own, the working directory."""
    return Desk(capsys)

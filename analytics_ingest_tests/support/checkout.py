"""A copy of the project in which Dagster's commands run as a user runs them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import analytics_ingest
from analytics_ingest_tests.support.forked import ENDS_WITHIN, run_forked

ROOT = Path(analytics_ingest.__file__).parents[1]
_SCRIPTS = Path(sys.executable).parent
FILES = ("pyproject.toml", "workspace.yaml", "dagster.yaml")


@dataclass(frozen=True)
class Ran:
    """What a command left: its status and everything that it printed."""

    status: int
    output: str


def run_module(
    folder: Path,
    *command: str,
    code: Sequence[Path],
    home: Path,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Run a module's command in a folder; what it printed. It must succeed.

    Args:
        code: Where Python finds packages first, as after `pip install -e .`.
        home: The home directory.
        settings: Further variables; there are no others.
    """
    folder.mkdir(exist_ok=True)
    found_first = os.pathsep.join(map(str, code))
    environment = {"PATH": os.defpath, "HOME": str(home), "PYTHONPATH": found_first}
    variables = {**environment, "COLUMNS": "300", **(settings or {})}
    status, output = run_forked(["-m", *command], folder, variables)
    assert status == 0, output
    return output


@dataclass(frozen=True)
class Checkout:
    """A copy of the project, and a home directory with nothing in it."""

    root: Path
    home: Path

    @classmethod
    def create(cls, folder: Path) -> "Checkout":
        """Copy the package and the project's files; settings, data and history stay behind."""
        root, home = folder / "checkout", folder / "home"
        # With what Python has compiled, but for a file that another process is just writing.
        ignored = shutil.ignore_patterns("*.pyc.*")
        shutil.copytree(ROOT / "analytics_ingest", root / "analytics_ingest", ignore=ignored)
        for name in FILES:
            shutil.copy(ROOT / name, root / name)
        (root / ".dlt").mkdir()
        shutil.copy(ROOT / ".dlt" / "config.toml", root / ".dlt" / "config.toml")
        home.mkdir()
        return cls(root, home)

    def folder(self, api: str) -> Path:
        """The folder of an API's declaration."""
        return self.root / "analytics_ingest" / "defs" / api

    def declare(self, api: str, attributes: str) -> Path:
        """Write the declaration of a new API, or of an old one again, without a schema file."""
        folder = self.folder(api)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        path = folder / "defs.yaml"
        path.write_text(f"type: analytics_ingest.components.RestApi\nattributes:\n{attributes}")
        return path

    def edit(self, api: str, old: str, new: str) -> int:
        """Replace a text of a declaration where it first occurs; the line of the new one."""
        path = self.folder(api) / "defs.yaml"
        before, separator, after = path.read_text().partition(old)
        assert separator, f"{api} does not hold {old}"
        path.write_text(before + new + after)
        return before.count("\n") + 1

    def run(self, *command: str, settings: Mapping[str, str] | None = None) -> Ran:
        """Run a command of this Python's environment in the project's root, with no settings."""
        return Ran(*run_forked(_script(command), self.root, self._variables(settings)))

    def run_alone(self, *command: str, settings: Mapping[str, str] | None = None) -> Ran:
        """Run it in a process that imports everything: three times the processor time."""
        done = subprocess.run(
            _script(command),
            cwd=self.root,
            env=self._variables(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=ENDS_WITHIN,
            check=False,
        )
        return Ran(done.returncode, done.stdout)

    def _variables(self, settings: Mapping[str, str] | None) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(_SCRIPTS), os.defpath]),
            "HOME": str(self.home),
            # This is what `pip install -e .` does in the copy's place.
            "PYTHONPATH": str(self.root),
            "COLUMNS": "300",
            **(settings or {}),
        }


def _script(command: Sequence[str]) -> list[str]:
    name, *arguments = command
    return [str(_SCRIPTS / name), *arguments]

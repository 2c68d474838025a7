"""A team's own Dagster project that uses the component: `create-dagster` makes it."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from create_dagster.cli import cli

from analytics_ingest_tests.support.checkout import run_module


@dataclass(frozen=True)
class OwnProject:
    """The project's folder, and a home directory with nothing in it."""

    root: Path
    home: Path
    installed: Path | None = None
    """Where the package is installed, if not from the checkout of the tests."""

    @classmethod
    def create(cls, folder: Path, installed: Path | None = None) -> "OwnProject":
        """Write a project without any definition."""
        project = cls(folder / "shop", folder / "home", installed)
        shutil.copytree(Path(_created().name) / "shop", project.root)
        for path in (project.home, project.root / ".dlt"):
            path.mkdir()
        (project.home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        return project

    @property
    def package(self) -> Path:
        """The team's package."""
        return self.root / "src" / "shop"

    @property
    def defs(self) -> Path:
        """The folder of its definitions."""
        return self.package / "defs"

    def run(self, folder: Path, *command: str) -> str:
        """Run a module's command in a folder; what it printed. It must succeed."""
        settings = {"DAGSTER_HOME": str(self.home)}
        code = [self.root / "src", *([self.installed] if self.installed else [])]
        return run_module(folder, *command, code=code, home=self.home, settings=settings)


@cache
def _created() -> TemporaryDirectory[str]:
    """The folder in which `create-dagster` has written the project, once; Python removes it."""
    folder = TemporaryDirectory()
    cli(["project", f"{folder.name}/shop", "--no-uv-sync"], standalone_mode=False)
    return folder

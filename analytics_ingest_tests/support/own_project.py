"""A team's own Dagster project that uses the component: made as `create-dagster` lays it out."""

from dataclasses import dataclass
from pathlib import Path

from analytics_ingest_tests.support.checkout import run_module

_PYPROJECT = """[project]
name = "shop"
version = "0.1.0"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "shop"
"""

_DEFINITIONS = """from pathlib import Path

import dagster as dg


@dg.definitions
def defs():
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
"""


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
        project = cls(folder / "team", folder / "home", installed)
        for path in (project.defs, project.home, project.root / ".dlt"):
            path.mkdir(parents=True)
        (project.root / "pyproject.toml").write_text(_PYPROJECT)
        (project.package / "__init__.py").touch()
        (project.defs / "__init__.py").touch()
        (project.package / "definitions.py").write_text(_DEFINITIONS)
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

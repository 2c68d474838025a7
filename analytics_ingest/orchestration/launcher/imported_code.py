"""Imports what a run needs, and notices when files or settings no longer agree with it."""

import importlib
import os
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster._core.origin import RepositoryPythonOrigin
from dagster._core.snowflake_partner import set_snowflake_partner_env_var
from dagster._serdes import deserialize_value
from dagster._utils.hosted_user_process import recon_repository_from_origin
from dlt.common.runtime import run_context

from analytics_ingest.orchestration.launcher.protocol import CodeLocation
from analytics_ingest.project_discovery import find_folder_of_code

_IMPORTED_BY_RUNS = (
    "analytics_ingest.load.load",
    "analytics_ingest.orchestration.event_storage",
    "analytics_ingest.orchestration.step",
    "dagster._core.execution.plan.active",
    "dagster._core.executor.in_process",
    "dagster._core.instance.factory",
    "dagster._core.storage.local_compute_log_manager",
    "dagster._core.storage.root",
    "dagster._core.storage.runs.sqlite.sqlite_run_storage",
    "dagster._core.storage.schedules.sqlite.sqlite_schedule_storage",
    "dagster._core.system_config.composite_descent",
    "dlt._workspace._plugins",
    "dlt.common.libs.pyarrow",
    "dlt.destinations.impl.duckdb.duck",
    "dlt.sources.rest_api",
    "encodings.idna",
    "pendulum.locales.en.locale",
    "pyarrow.compute",
    "requests.adapters",
)
"""Imported in functions, so that definitions do without them."""

_INSTALLED = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
"""Installing or removing a package changes its folder; what is inside is not looked at."""

_State = frozenset[tuple[str, int, int]]
"""Path, time of the last change and size of files."""


@dataclass(frozen=True)
class ImportedCode:
    """The code, declarations and settings that workers begin with."""

    modules: tuple[str, ...]
    """Their files, but for installed packages."""
    package: Path | None
    """Where the declarations are."""
    project: Path
    """Where the settings are."""
    files: _State

    @classmethod
    def load(cls, location: CodeLocation) -> "ImportedCode":
        """Import a location's code and build its definitions."""
        # A run begins with this, and builds definitions again where the environment differs.
        set_snowflake_partner_env_var()
        origin = deserialize_value(location.repository_origin, RepositoryPythonOrigin)
        recon_repository_from_origin(origin).get_definition()
        import_for_runs()
        modules = tuple(_list_own_modules())
        module = sys.modules[location.module]
        # A module that is one file may lie beside anything.
        is_package = hasattr(module, "__path__") or "." in location.module
        package = Path(module.__file__ or "").parent if is_package else None
        during_import = range(location.requested_at, time.time_ns())
        project = find_folder_of_code(Path(module.__file__ or "").parent)
        files = frozenset(
            state
            for state in _list_files(modules, package, project)
            if state[1] not in during_import
        )
        return cls(modules, package, project, files)

    def is_current(self) -> bool:
        """Return whether a process that began now would import the same."""
        return frozenset(_list_files(self.modules, self.package, self.project)) == self.files


def import_for_runs() -> None:
    """Import what a run imports in functions, so that its forks begin with it."""
    for name in _IMPORTED_BY_RUNS:
        importlib.import_module(name)


def _list_own_modules() -> Iterator[str]:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and not file.startswith(_INSTALLED):
            yield file


def _list_files(
    modules: Iterable[str], package: Path | None, project: Path
) -> Iterator[tuple[str, int, int]]:
    settings = (project / ".dlt", Path(run_context.active().global_dir))
    paths = {str(path) for folder in settings for path in folder.glob("*.toml")} | set(modules)
    for folder, _, names in os.walk(package) if package else ():
        if "__pycache__" not in folder:
            paths |= {os.path.join(folder, name) for name in names}  # noqa: PTH118 - 10 times as fast
    for path in paths:
        if state := _look_up(path):
            yield path, state.st_mtime_ns, state.st_size
    for path in _INSTALLED:
        if state := _look_up(path):
            yield path, state.st_mtime_ns, 0


def _look_up(path: str) -> os.stat_result | None:
    """Return the state of a file, or of a link whose target does not exist."""
    for look in (os.stat, os.lstat):
        try:
            return look(path)
        except OSError:
            continue
    return None

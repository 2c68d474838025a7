"""Imports what a run needs, and notices when files or settings no longer agree with it."""

import importlib
import os
import stat
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster._core.instance import InstanceRef
from dagster._core.origin import RepositoryPythonOrigin
from dagster._core.snowflake_partner import set_snowflake_partner_env_var
from dagster._serdes import deserialize_value
from dagster._utils.hosted_user_process import recon_repository_from_origin

from analytics_ingest.common.project import project_folder
from analytics_ingest.orchestration.launcher.protocol import CodeLocation

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

    location: CodeLocation
    modules: tuple[str, ...]
    """Their files, but for installed packages."""
    folders: tuple[Path, ...]
    """Where declarations and settings are."""
    files: _State
    secrets: tuple[tuple[str, str], ...]

    @classmethod
    def load(cls, location: CodeLocation) -> "ImportedCode":
        """Import a location's code and build its definitions."""
        began = time.time_ns()
        secrets = _read_secrets(location)
        os.environ.update(secrets)
        # A run begins with this, and builds definitions again where the environment differs.
        set_snowflake_partner_env_var()
        origin = deserialize_value(location.repository_origin, RepositoryPythonOrigin)
        recon_repository_from_origin(origin).get_definition()
        for name in _IMPORTED_BY_RUNS:
            importlib.import_module(name)
        modules = tuple(_own_modules())
        package = Path(sys.modules[location.module].__file__ or "").parent
        folders = (package, project_folder() / ".dlt", Path.home() / ".dlt")
        # What was changed meanwhile may have been imported before or after.
        files = frozenset(state for state in _list_files(modules, folders) if state[1] < began)
        return cls(location, modules, folders, files, secrets)

    def is_current(self) -> bool:
        """Whether a process that began now would import the same."""
        files = frozenset(_list_files(self.modules, self.folders))
        return files == self.files and _read_secrets(self.location) == self.secrets


def _read_secrets(location: CodeLocation) -> tuple[tuple[str, str], ...]:
    # Dagster's code server applies the project's `.env` to its runs.
    loader = deserialize_value(location.instance_ref, InstanceRef).secrets_loader
    secrets = loader.get_secrets_for_environment(location.name) if loader else {}
    return tuple(sorted(secrets.items()))


def _own_modules() -> Iterator[str]:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and not file.startswith(_INSTALLED):
            yield file


def _list_files(modules: Iterable[str], folders: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    beside = {str(path) for folder in folders for path in folder.rglob("*")}
    for path in {*modules, *(path for path in beside if "__pycache__" not in path)}:
        try:
            state = os.lstat(path)
        except FileNotFoundError:
            continue
        if not stat.S_ISDIR(state.st_mode):
            yield path, state.st_mtime_ns, state.st_size
    for path in _INSTALLED:
        yield path, Path(path).stat().st_mtime_ns, 0

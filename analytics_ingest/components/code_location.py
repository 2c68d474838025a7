"""The `defs` folder, executor and sensors → Definitions.

One Dagster command loads the definitions half a dozen times, so they are cached.
"""

import os
from functools import lru_cache
from pathlib import Path

import dagster as dg

from analytics_ingest.orchestration.alerts.sensors import build_sensors
from analytics_ingest.orchestration.executor import create_executor
from analytics_ingest.orchestration.gc_freeze import freeze_imports
from analytics_ingest.project_discovery import find_folder_of_code

_State = tuple[frozenset[tuple[str, str]], str, frozenset[tuple[str, int]]]
"""Everything that definitions depend on: environment, working directory, and when files changed."""


def load_code_location(package: Path) -> dg.Definitions:
    """Load all declarations of a package's `defs` folder, the executor and the sensors.

    Raises:
        DagsterInvalidDefinitionError: There is no such folder.
    """
    if not package.joinpath("defs").is_dir():
        raise dg.DagsterInvalidDefinitionError(
            f"{package} has no folder defs: the APIs of this package come with its checkout; load "
            "the definitions of your own project"
        )
    # `lstat` does not follow links: editors leave broken ones.
    files = ((str(path), path.lstat().st_mtime_ns) for path in package.joinpath("defs").rglob("*"))
    return _load(package, (frozenset(os.environ.items()), str(Path.cwd()), frozenset(files)))


@lru_cache(maxsize=1)
def _load(package: Path, _: _State) -> dg.Definitions:
    project = find_folder_of_code(package)
    with freeze_imports():
        return dg.Definitions.merge(
            dg.load_from_defs_folder(path_within_project=package),
            dg.Definitions(executor=create_executor(), sensors=build_sensors(project)),
        )

"""Finds the Dagster project of a code location or a command, as `dg` finds it.

A code location belongs to the project that its files are in. A command works in the one that the
user is in; outside of any it is the checkout of this package, if there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_shared.utils.config import (
    detect_dg_config_file_format,
    discover_config_file,
    get_canonical_defs_module_name,
    load_toml_as_dict,
)

from analytics_ingest import DEFS
from analytics_ingest.common.project import locate_project


class NoProjectError(Exception):
    """Why a folder is not in a Dagster project, in one sentence."""


@dataclass(frozen=True)
class Project:
    """A Dagster project."""

    folder: Path
    """Holds `.dlt` and `data`."""
    defs: Path
    """Holds a folder for each API."""


def find_folder_of_code(path: Path) -> Path:
    """Find the project's folder of settings and data, from a file or folder of its code."""
    config = discover_config_file(path)
    return locate_project(config.parent if config else None)


def find_project(named: Path | None) -> Project:
    """Find the project of a folder that is named, else of the current one.

    Raises:
        NoProjectError: The folder is in no project, or has no folder of definitions.
    """
    config = discover_config_file(named or Path(), _is_project)
    if config is not None:
        return Project(locate_project(config.parent), _find_defs(config))
    if named is not None:
        raise NoProjectError(
            f"{named} is not in a Dagster project; name a folder whose pyproject.toml has a "
            "section tool.dg.project"
        )
    if not DEFS.is_dir():
        raise NoProjectError(
            f"{Path.cwd()} is not in a Dagster project; go to the folder of one, or name it with "
            "--project"
        )
    return Project(locate_project(), DEFS)


def _is_project(settings: Mapping[str, Any]) -> bool:
    return "project" in settings


def _find_defs(config: Path) -> Path:
    settings = load_toml_as_dict(config)
    if detect_dg_config_file_format(config) == "nested":
        settings = settings["tool"]["dg"]
    project = settings["project"]
    module = get_canonical_defs_module_name(project.get("defs_module"), project["root_module"])
    folders = [base.joinpath(*module.split(".")) for base in (config.parent / "src", config.parent)]
    for folder in folders:
        if folder.is_dir():
            return folder
    raise NoProjectError(
        f"{config} names {module} as the module of definitions, and there is no folder "
        f"{folders[-1]}; create it, or set tool.dg.project.defs_module"
    )

"""The command `status`: the declarations of a project and Dagster's history → lines or JSON."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg

from analytics_ingest.declaration.errors import DeclarationError, Place
from analytics_ingest.declaration.folder import (
    DEFS_FILE,
    find_folders,
    find_outdated,
    read_folder,
)
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.project_discovery import Project
from analytics_ingest.status.model import ApiStatus
from analytics_ingest.status.read import read_status
from analytics_ingest.status.report import write_json, write_table

_HOME = "DAGSTER_HOME"
_HISTORY = "dagster.yaml"


@dataclass(frozen=True)
class StatusReport:
    """What to print, and what could not be read."""

    text: str
    errors: Sequence[str]


def report_status(
    names: Sequence[str], project: Project, *, as_json: bool = False, with_resources: bool = False
) -> StatusReport:
    """Report the status of a project's APIs, all unless some are named.

    Args:
        with_resources: Whether each resource has a line; those of named APIs have one anyway.
    """
    errors: list[str] = []
    apis = _read_declarations(names, project, errors)
    if not os.environ.get(_HOME) and (project.folder / _HISTORY).is_file():
        os.environ[_HOME] = str(project.folder)  # as `make dev` has it
    statuses: list[ApiStatus] = []
    try:
        if apis:
            with dg.DagsterInstance.get() as instance:
                statuses = read_status(instance, apis, datetime.now(timezone.utc))
    except dg.DagsterError as error:
        errors.append(f"Dagster's history cannot be read: {' '.join(str(error).split())}")
    if as_json:
        text = write_json(statuses)
    else:
        text = (
            write_table(statuses, with_resources=with_resources or bool(names)) if statuses else ""
        )
    return StatusReport(text, errors)


def _read_declarations(
    names: Sequence[str], project: Project, errors: list[str]
) -> list[ApiDeclaration]:
    """Read the declarations that can be read; the mistakes of others are errors."""
    folders = {folder.name: folder for folder in find_folders(project.defs)}
    apis: list[ApiDeclaration] = []
    for name in names or folders:
        try:
            apis.append(_read_one(name, folders))
            if problem := find_outdated(folders[name]):
                errors.append(problem)
        except DeclarationError as error:
            errors.append(str(error))
    if not names and not folders:
        errors.append(f"no API is declared in {project.defs}; see analytics-ingest new")
    return [api for api in apis if api.tables]


def _read_one(name: str, folders: dict[str, Path]) -> ApiDeclaration:
    if name not in folders:
        declared = ", ".join(sorted(folders)) or "none"
        raise Place(name).build_error(
            "folder", f"there is no {DEFS_FILE} of it; declared are {declared}"
        )
    return read_folder(folders[name])

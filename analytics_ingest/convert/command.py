"""The commands `new` and `diff`: document → an API's folder, or what differs from it.

A folder is written only if its definitions load.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg

from analytics_ingest.common.project import locate_project
from analytics_ingest.components.rest_api import build_definitions
from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.differences import Differences, find_differences
from analytics_ingest.convert.documents import (
    STANDARD_INPUT,
    convert_text,
    limit,
    read_manifest,
    read_openapi,
    read_text,
)
from analytics_ingest.convert.manifest.listing import list_resources
from analytics_ingest.convert.manifest.manifest import convert_manifest
from analytics_ingest.convert.normalize.names import LONGEST_NAME, to_valid_name
from analytics_ingest.convert.openapi.convert_openapi import Selection, convert_openapi
from analytics_ingest.convert.report import format_settings_comment, report
from analytics_ingest.convert.write import find_component, format_declaration, format_schema
from analytics_ingest.declaration.entries.dynamic_resources import build_api
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import DEFS_FILE, read_folder
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.declaration.validation.names import is_reserved

_ALL = Selection()


@dataclass(frozen=True)
class Conversion:
    """A folder that was written."""

    report: str
    is_complete: bool
    """Whether every stream of a manifest, or every listing, has become a resource."""


def create_api(
    name: str, source: str, *, defs: Path, force: bool = False, selection: Selection = _ALL
) -> Conversion:
    """Write the folder of an API from a document.

    Args:
        source: Path of the document, or `-` for standard input.
        selection: Which listings of an OpenAPI document become resources.
        defs: The folder that holds the folders of all APIs.
        force: Whether to overwrite an existing folder.

    Raises:
        ConversionError: Nothing was written, with the reason.
    """
    target = defs / name
    _check_target(name, target, force=force)
    title = "standard input" if source == STANDARD_INPUT else source
    text = read_text(source, title)
    with TemporaryDirectory() as folder, limit(title, text):
        draft = Path(folder) / name
        declaration = convert_text(name, source, title, text, selection)
        _write(draft, name, title, declaration)
        _check(draft, declaration)
        _copy(draft, target)
    path = os.path.relpath(target / DEFS_FILE)
    text = report(name, path, declaration.log, declaration.schema)
    return Conversion(text, is_complete=not declaration.log.skipped)


def compare_api(name: str, source: str, *, defs: Path, before: str | None = None) -> Differences:
    """Compare the declaration of an API with a newer document.

    Args:
        source: Path of the document, or `-` for standard input.
        defs: The folder that holds the folders of all APIs.
        before: Path of an older document; what it says otherwise too is omitted.

    Raises:
        ConversionError: A document cannot be converted.
        DeclarationError: The declaration is missing, or has a mistake.
    """
    declared = read_folder(defs / name)
    differences = find_differences(declared, _read_declared(name, source))
    if before is None:
        return differences
    return differences.without(find_differences(declared, _read_declared(name, before)))


def _read_declared(name: str, source: str) -> ApiDeclaration:
    """Read the declaration that a document becomes."""
    title = "standard input" if source == STANDARD_INPUT else source
    text = read_text(source, title)
    with limit(title, text):
        converted = convert_text(name, source, title, text, _ALL)
        try:
            api = build_api(name, find_component(converted.attributes), converted.attributes)
            return resolve(name, api, converted.schema)
        except DeclarationError as error:
            raise ConversionError(f"{title} does not become a declaration: {error}") from None


def list_streams(source: str, selection: Selection = _ALL) -> str:
    """Describe what a manifest or an OpenAPI document holds: resources, login, settings, omissions.

    Args:
        source: Path of the document, or `-` for standard input.

    Raises:
        ConversionError: It is another document.
    """
    title = "standard input" if source == STANDARD_INPUT else source
    text = read_text(source, title)
    with limit(title, text):
        if document := read_openapi(source, text):
            return list_resources(
                title, lambda log: convert_openapi("api", document, selection, log)
            )
        manifest = read_manifest(title, text, selection)
        if manifest is None:
            raise ConversionError(
                f"{title} is not an OpenAPI document or an Airbyte low-code manifest"
            )
        today = datetime.now(timezone.utc).date()
        return list_resources(title, lambda log: convert_manifest("api", manifest, today, log))


def _check_target(name: str, target: Path, *, force: bool) -> None:
    if len(name) > LONGEST_NAME:
        raise ConversionError(f"the API's name has {len(name)} letters; use {LONGEST_NAME} at most")
    if not name or to_valid_name(name) != name:
        hint = to_valid_name(name)
        example = f", such as {hint}" if hint else ""
        raise ConversionError(f"'{name}' cannot name an API: use a-z, 0-9 and single _{example}")
    if is_reserved(name):
        raise ConversionError(
            f"'{name}' cannot name an API: it is a schema of the warehouse's own; choose another"
        )
    for path in (target, target / DEFS_FILE, target / SCHEMA_FILE):
        if path.is_symlink():
            raise ConversionError(f"{path} is a link to another place; remove it first")
    if not target.parent.is_dir():
        raise ConversionError(f"{target.parent} is not a folder; name that of the declarations")
    if target.exists() and not force:
        raise ConversionError(f"{target} exists; choose another name, or overwrite it with --force")


def _write(folder: Path, name: str, source: str, declaration: Declaration) -> None:
    head = [
        f"{name}, from {Path(source).name}.",
        declaration.origin,
        *format_settings_comment(name, declaration.log),
    ]
    text = format_declaration(head, declaration.attributes, declaration.log.comments)
    folder.mkdir()
    (folder / DEFS_FILE).write_text(text, encoding="utf-8")
    if declaration.schema:
        (folder / SCHEMA_FILE).write_text(format_schema(declaration.schema), encoding="utf-8")


def _copy(folder: Path, target: Path) -> None:
    """Copy the files of an API to its folder, and replace those that are there."""
    try:
        target.mkdir(exist_ok=True)
        (target / SCHEMA_FILE).unlink(missing_ok=True)
        for path in folder.iterdir():
            shutil.copyfile(path, target / path.name)
    except OSError as error:
        raise ConversionError(f"{target} cannot be written: {error.strerror}") from None


def _check(folder: Path, declaration: Declaration) -> None:
    """Load the definitions of a folder; its fields are those that were written."""
    try:
        definitions = build_definitions(read_folder(folder, declaration.schema), locate_project())
        dg.Definitions.validate_loadable(definitions)
    except (DeclarationError, dg.DagsterError) as error:
        raise ConversionError(f"the definitions do not load: {error}") from None

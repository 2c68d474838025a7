"""The command `new`: writes an API's folder from a document, if its definitions load.

A manifest of Airbyte's low-code language is one kind of document (see `manifest`), an OpenAPI
document another (see `openapi`).
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg

from analytics_ingest.common.project import project_folder
from analytics_ingest.components.rest_api import build_definitions
from analytics_ingest.convert.alarm import alarm
from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.convert import Declaration, convert
from analytics_ingest.convert.manifest.listing import list_manifest, list_resources
from analytics_ingest.convert.manifest.manifest import convert_manifest, parse_manifest
from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.normalize.names import LONGEST_NAME, valid_name
from analytics_ingest.convert.openapi.convert_openapi import Selection, convert_openapi
from analytics_ingest.convert.openapi.document import (
    LONGEST_OPENAPI,
    Document,
    is_openapi,
    parse_openapi,
)
from analytics_ingest.convert.report import report, settings_comment
from analytics_ingest.convert.write import declaration_text, schema_text
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import DEFS_FILE, read_folder
from analytics_ingest.declaration.names import is_reserved

STANDARD_INPUT = "-"

LONGEST_DOCUMENT = 500_000
"""Characters; those of the five APIs have up to 13,000."""

LONGEST_MANIFEST = 5_000_000
"""Characters; the longest of Airbyte's catalogue has 1,250,000."""

SECONDS = 30
"""What the limits of the passes do not end is ended by the clock."""

SECONDS_OF_OPENAPI = 120
"""A document of 10 MB takes a tenth of it on a quiet machine."""

_ALL = Selection()


@dataclass(frozen=True)
class Conversion:
    """A folder that was written."""

    report: str
    is_complete: bool
    """Whether every stream of a manifest, or every listing, has become a resource."""


def new_api(
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
    text = _text(source, title)
    with TemporaryDirectory() as folder, _limited(title, text):
        draft = Path(folder) / name
        declaration = _convert(name, source, title, text, selection)
        _write(draft, name, title, declaration)
        _check(draft)
        _copy(draft, target)
    text = report(name, os.path.relpath(target / DEFS_FILE), declaration.log)
    return Conversion(text, is_complete=not declaration.log.skipped)


def list_streams(source: str, selection: Selection = _ALL) -> str:
    """What a manifest or an OpenAPI document holds: resources, login, settings, what is skipped.

    Args:
        source: Path of the document, or `-` for standard input.

    Raises:
        ConversionError: It is another document.
    """
    title = "standard input" if source == STANDARD_INPUT else source
    text = _text(source, title)
    with _limited(title, text):
        if document := _openapi(source, text):
            return list_resources(
                title, lambda log: convert_openapi("api", document, selection, log)
            )
        manifest = _manifest(title, text, selection)
        if manifest is None:
            raise ConversionError(
                f"{title} is not an OpenAPI document or a manifest of Airbyte's low-code language"
            )
        return list_manifest(title, manifest, datetime.now(timezone.utc).date())


def _convert(name: str, source: str, title: str, text: str, selection: Selection) -> Declaration:
    today = datetime.now(timezone.utc).date()
    if document := _openapi(source, text):
        return convert_openapi(name, document, selection)
    if manifest := _manifest(title, text, selection):
        return convert_manifest(name, manifest, today)
    if len(text) > LONGEST_DOCUMENT:
        raise _too_long(title, LONGEST_DOCUMENT)
    return convert(name, parse_document(title, text), today)


def _openapi(source: str, text: str) -> Document | None:
    value = parse_openapi(text)
    path = None if source == STANDARD_INPUT else Path(source)
    return None if value is None else Document(value, path)


def _manifest(title: str, text: str, selection: Selection) -> dict[str, Any] | None:
    """Read a manifest; None where a text is another document."""
    if selection:
        raise ConversionError(f"--only and --tag select of an OpenAPI document; {title} is another")
    if len(text) > LONGEST_MANIFEST:
        raise _too_long(title, LONGEST_MANIFEST)
    return parse_manifest(text)


def _too_long(title: str, most: int) -> ConversionError:
    return ConversionError(
        f"{title} has more than {most} characters; leave out what does not configure the API"
    )


@contextmanager
def _limited(title: str, text: str) -> Iterator[None]:
    """A block that ends in an error where a document is too much for a pass."""
    try:
        with alarm(SECONDS_OF_OPENAPI if is_openapi(text) else SECONDS):
            yield
    except RecursionError:
        raise ConversionError(f"{title} is nested too deeply to be read") from None
    except (TimeoutError, MemoryError):
        raise ConversionError(
            f"{title} takes more time or memory than a document may; leave out what does not "
            "configure the API"
        ) from None


def _check_target(name: str, target: Path, *, force: bool) -> None:
    if len(name) > LONGEST_NAME:
        raise ConversionError(f"the API's name has {len(name)} letters; use {LONGEST_NAME} at most")
    if not name or valid_name(name) != name:
        hint = valid_name(name)
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


def _text(source: str, title: str) -> str:
    try:
        if source == STANDARD_INPUT:
            text = sys.stdin.read(LONGEST_OPENAPI + 1).removeprefix("\ufeff")
        else:
            with Path(source).open(encoding="utf-8-sig") as file:
                text = file.read(LONGEST_OPENAPI + 1)
    except OSError as error:
        raise ConversionError(f"{title} cannot be read: {error.strerror}") from None
    except ValueError:  # A path with NUL is one as well.
        raise ConversionError(f"{title} is not a text in UTF-8") from None
    if len(text) > LONGEST_OPENAPI:
        raise _too_long(title, LONGEST_OPENAPI if is_openapi(text) else LONGEST_MANIFEST)
    return text


def _write(folder: Path, name: str, source: str, declaration: Declaration) -> None:
    head = [
        f"{name}, from {Path(source).name}.",
        declaration.origin,
        *settings_comment(name, declaration.log),
    ]
    text = declaration_text(head, declaration.attributes, declaration.log.comments)
    folder.mkdir()
    (folder / DEFS_FILE).write_text(text, encoding="utf-8")
    if declaration.schema:
        (folder / SCHEMA_FILE).write_text(schema_text(declaration.schema), encoding="utf-8")


def _copy(folder: Path, target: Path) -> None:
    """Copy the files of an API to its folder, in the place of those that are there."""
    try:
        target.mkdir(exist_ok=True)
        (target / SCHEMA_FILE).unlink(missing_ok=True)
        for path in folder.iterdir():
            shutil.copyfile(path, target / path.name)
    except OSError as error:
        raise ConversionError(f"{target} cannot be written: {error.strerror}") from None


def _check(folder: Path) -> None:
    """Load the definitions of a folder."""
    try:
        definitions = build_definitions(read_folder(folder), project_folder())
        dg.Definitions.validate_loadable(definitions)
    except (DeclarationError, dg.DagsterError) as error:
        raise ConversionError(f"the definitions do not load: {error}") from None

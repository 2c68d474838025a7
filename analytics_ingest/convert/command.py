"""The command `new`: writes an API's folder from a document, if its definitions load."""

import os
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg

from analytics_ingest.common.project import project_folder
from analytics_ingest.components.rest_api import build_definitions
from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.convert import Declaration, convert
from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.normalize.names import valid_name
from analytics_ingest.convert.report import report
from analytics_ingest.convert.write import declaration_text, schema_text
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import DEFS_FILE, read_folder

STANDARD_INPUT = "-"


def new_api(name: str, source: str, *, defs: Path, force: bool = False) -> str:
    """Write the folder of an API from a document; returns the report.

    Args:
        source: Path of the document, or `-` for standard input.
        defs: The folder that holds the folders of all APIs.
        force: Whether to overwrite an existing folder.

    Raises:
        ConversionError: Nothing was written, with the reason.
    """
    target = defs / name
    _check_target(name, target, force=force)
    document = parse_document(
        "standard input" if source == STANDARD_INPUT else source, _text(source)
    )
    with TemporaryDirectory() as folder:
        draft = Path(folder) / name
        try:
            declaration = convert(name, document, datetime.now(timezone.utc).date())
            _write(draft, name, document.name, declaration)
            _check(draft)
        except RecursionError:
            raise ConversionError(f"{document.name} is nested too deeply to be read") from None
        _copy(draft, target)
    return report(name, os.path.relpath(target / DEFS_FILE), declaration.log)


def _check_target(name: str, target: Path, *, force: bool) -> None:
    if not name or valid_name(name) != name:
        hint = valid_name(name)
        example = f", such as {hint}" if hint else ""
        raise ConversionError(f"'{name}' cannot name an API: use a-z, 0-9 and single _{example}")
    if not target.parent.is_dir():
        raise ConversionError(f"{target.parent} is not a folder; name that of the declarations")
    if target.exists() and not force:
        raise ConversionError(f"{target} exists; choose another name, or overwrite it with --force")


def _text(source: str) -> str:
    try:
        if source == STANDARD_INPUT:
            return sys.stdin.read().removeprefix("\ufeff")
        return Path(source).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConversionError(f"{source} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConversionError(f"{source} is not a text in UTF-8") from None


def _write(folder: Path, name: str, source: str, declaration: Declaration) -> None:
    head = [
        f"{name}, from {Path(source).name}.",
        "Follows the document key by key; a comment marks what it does not say.",
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

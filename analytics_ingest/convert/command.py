"""The command `new`: a document → an API's folder, which is kept only if its definitions load."""

import os
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg

from analytics_ingest.components.rest_api import definitions_of
from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.convert import Declaration, turned
from analytics_ingest.convert.markdown import split
from analytics_ingest.convert.normalize.names import valid_name
from analytics_ingest.convert.report import report
from analytics_ingest.convert.write import declaration_text, schema_text
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.folder import DEFS_FILE, SCHEMA_FILE, read_folder

DEFS = Path(__file__).parents[1] / "defs"
STANDARD_INPUT = "-"


def new_api(name: str, source: str, *, defs: Path = DEFS, force: bool = False) -> str:
    """Write the folder of an API from a document; returns the report.

    Args:
        source: Path of the document, or `-` for standard input.
        defs: The folder that holds the folders of all APIs.
        force: Whether to overwrite what is there.

    Raises:
        ConversionError: Nothing was written, with the reason.
    """
    target = defs / name
    _check_target(name, target, force=force)
    document = split("standard input" if source == STANDARD_INPUT else source, _text(source))
    with TemporaryDirectory() as folder:
        written = Path(folder) / name
        try:
            declaration = turned(name, document, datetime.now(timezone.utc).date())
            _write(written, name, document.name, declaration)
            _check(written, defs.parent.parent)
        except RecursionError:
            raise ConversionError(f"{document.name} is nested too deeply to be read") from None
        _keep(written, target)
    return report(name, os.path.relpath(target / DEFS_FILE), declaration.notes)


def _check_target(name: str, target: Path, *, force: bool) -> None:
    if not name or valid_name(name) != name:
        hint = valid_name(name)
        told = f", such as {hint}" if hint else ""
        raise ConversionError(f"'{name}' is no name of an API: use a-z, 0-9 and single _{told}")
    if not target.parent.is_dir():
        raise ConversionError(f"{target.parent} is no folder; name that of the declarations")
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
        raise ConversionError(f"{source} is no text in UTF-8") from None


def _write(folder: Path, name: str, source: str, declaration: Declaration) -> None:
    head = [
        f"{name}, from {Path(source).name}.",
        "Follows the document key by key; a comment marks what it does not say.",
    ]
    text = declaration_text(head, declaration.attributes, declaration.notes.comments)
    folder.mkdir()
    (folder / DEFS_FILE).write_text(text, encoding="utf-8")
    if declaration.schema:
        (folder / SCHEMA_FILE).write_text(schema_text(declaration.schema), encoding="utf-8")


def _keep(written: Path, target: Path) -> None:
    """Copy the files of an API to its folder, in the place of those that are there."""
    try:
        target.mkdir(exist_ok=True)
        (target / SCHEMA_FILE).unlink(missing_ok=True)
        for path in written.iterdir():
            shutil.copyfile(path, target / path.name)
    except OSError as error:
        raise ConversionError(f"{target} cannot be written: {error.strerror}") from None


def _check(folder: Path, project_root: Path) -> None:
    """Load the definitions of a folder."""
    try:
        dg.Definitions.validate_loadable(definitions_of(read_folder(folder), project_root))
    except (DeclarationError, dg.DagsterError) as error:
        raise ConversionError(f"the definitions do not load: {error}") from None

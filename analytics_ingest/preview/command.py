"""The command `try`: declaration → preview → report, and on request corrections and schema file."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.printable import to_printable
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import read_folder
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.fields import FieldSamples
from analytics_ingest.preview.report import Report
from analytics_ingest.preview.schema_file import find_new_fields, write_schema
from analytics_ingest.preview.session import Session, preview_once

WIDTH = 120
UNPROVEN = 3
"""The exit status where nothing looks wrong, and an answer leaves something open."""


def run_preview(
    name: str,
    resources: Sequence[str],
    *,
    defs: Path,
    with_schema: bool = False,
    is_fixing: bool = False,
    as_json: bool = False,
) -> int:
    """Preview the resources of an API, all unless some are named; returns the exit status.

    That is 1 if anything looks wrong, and 3 if a correction leaves something unproven.

    Args:
        defs: The folder that holds the folders of all APIs.
        with_schema: Whether to add the fields of the rows to `schema.yaml`.
        is_fixing: Whether to correct the declaration by what the API answers.
        as_json: Whether to print one JSON object in place of text.
    """
    # Without colours and styles, which are control characters.
    console = Console(width=None if sys.stdout.isatty() else WIDTH, color_system=None)
    try:
        declaration = read_folder(defs / name)
        names = _names(declaration, resources)
        session = _preview(declaration, names, defs / name if is_fixing else None)
    except (DeclarationError, LoadError) as error:
        message = to_printable(str(error))
        text = json.dumps({"api": name, "error": message}) if as_json else message
        console.print(Text(text), soft_wrap=True)
        return 1
    report = Report.of(name, session)
    if as_json:
        sys.stdout.write(f"{report.to_json()}\n")
    else:
        report.print(console)
    if with_schema:
        # The object of --json is alone on the standard output.
        to = Console(stderr=True, width=WIDTH, color_system=None) if as_json else console
        _write_schema(to, defs / name, session.previews, report.samples)
    if report.wrong:
        return 1
    return UNPROVEN if session.unproven else 0


def _preview(declaration: ApiDeclaration, names: frozenset[str], to_fix: Path | None) -> Session:
    """Preview some resources; correct the folder if one is given."""
    if to_fix is None:
        return preview_once(declaration, names)
    from analytics_ingest.preview.fix import preview_and_fix  # which imports ruamel

    return preview_and_fix(to_fix, declaration, names)


def _names(declaration: ApiDeclaration, resources: Sequence[str]) -> frozenset[str]:
    known = declaration.resources
    if unknown := [name for name in resources if name not in known]:
        problem = f"'{unknown[0]}' is not declared; allowed are {', '.join(known)}"
        raise DeclarationError(declaration.name, None, "resources", problem)
    return frozenset(resources or known)


def _write_schema(
    console: Console,
    folder: Path,
    previews: Mapping[str, ResourcePreview],
    samples: Mapping[str, FieldSamples],
) -> None:
    """Add new fields to the schema file, or print them where `defs.yaml` declares the fields."""
    added = {n: find_new_fields(previews[n].resource, fields) for n, fields in samples.items()}
    for name in [n for n in added if previews[n].resource.declared.fields]:
        if fields := added.pop(name):
            text = ", ".join(f"{field}: {data_type}" for field, data_type in fields.items())
            sentence = f"{name}: defs.yaml declares its fields; add {text}"
            console.print(Text(to_printable(sentence)))
    is_changed = write_schema(folder, added)
    result = f"wrote {folder / SCHEMA_FILE}" if is_changed else f"{SCHEMA_FILE} has all fields"
    console.print(Text(result), soft_wrap=True)

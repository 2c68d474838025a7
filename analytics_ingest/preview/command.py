"""The command `try`: declaration → preview → report, and the schema file on request."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.log import redact_logs
from analytics_ingest.common.printable import printable
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import read_folder
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.preview import preview_resources
from analytics_ingest.extract.resource_preview import ResourcePreview
from analytics_ingest.preview.fields import FieldSamples, sample_fields
from analytics_ingest.preview.findings import findings, notes
from analytics_ingest.preview.report import print_sentences, print_summary
from analytics_ingest.preview.schema_file import new_fields, write_schema

WIDTH = 120


def run_preview(
    name: str, resources: Sequence[str], *, defs: Path, with_schema: bool = False
) -> int:
    """Preview the resources of an API, all unless some are named; 1 if anything looks wrong.

    Args:
        defs: The folder that holds the folders of all APIs.
        with_schema: Whether to add the fields of the rows to `schema.yaml`.
    """
    # Without colours and styles, which are control characters.
    console = Console(width=None if sys.stdout.isatty() else WIDTH, color_system=None)
    try:
        declaration = read_folder(defs / name)
        names = _names(declaration, resources)
        context = connect(declaration, names, EVERYTHING, is_retried=False)
        with redact_logs(context.redact):
            previews = preview_resources(context)
    except (DeclarationError, LoadError) as error:
        console.print(Text(printable(str(error))), soft_wrap=True)
        return 1
    samples = {n: sample_fields(preview) for n, preview in previews.items() if preview.rows}
    borrowed = [
        (name, f"{key} is sent to this API, though it is not a setting of its own")
        for key in context.settings.borrowed
    ]
    known = [(n, sentence) for n, preview in previews.items() for sentence in notes(preview)]
    wrong = [(n, sentence) for n, preview in previews.items() for sentence in findings(preview)]
    print_summary(console, name, previews.values(), samples, context.redact)
    print_sentences(console, "Worth knowing", borrowed + known, context.redact)
    print_sentences(console, "Looks wrong", wrong, context.redact)
    if not wrong:
        console.print(Text("\nNothing looks wrong."))
    if with_schema:
        _write_schema(console, defs / name, previews, samples)
    return 1 if wrong else 0


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
    added = {n: new_fields(previews[n].resource, fields) for n, fields in samples.items()}
    for name in [n for n in added if previews[n].resource.declared.fields]:
        if fields := added.pop(name):
            text = ", ".join(f"{field}: {data_type}" for field, data_type in fields.items())
            sentence = f"{name}: defs.yaml declares its fields; add {text}"
            console.print(Text(printable(sentence)))
    is_changed = write_schema(folder, added)
    result = f"wrote {folder / SCHEMA_FILE}" if is_changed else f"{SCHEMA_FILE} has all fields"
    console.print(Text(result), soft_wrap=True)

"""The command `try`: reads the declaration, asks the API, shows the answers, writes the schema."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.log import redact_logs
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.folder import SCHEMA_FILE, read_folder
from analytics_ingest.declaration.resolve import ApiDeclaration
from analytics_ingest.extract.api_context import ApiContext, connect
from analytics_ingest.extract.http.retry import without_retries
from analytics_ingest.preview.fields import Seen, seen_fields
from analytics_ingest.preview.findings import notes, problems
from analytics_ingest.preview.first_pages import ResourcePreview, preview_resources
from analytics_ingest.preview.report import show_answers, show_sentences
from analytics_ingest.preview.schema_file import new_fields, write_schema

DEFS = Path(__file__).parents[1] / "defs"
WIDTH = 120


def run_preview(
    name: str, resources: Sequence[str], *, defs: Path = DEFS, with_schema: bool = False
) -> int:
    """Try the resources of an API, all unless some are named; 0 where nothing looks wrong, else 1.

    Args:
        defs: The folder that holds the folders of all APIs.
        with_schema: Whether to write the fields that were seen into `schema.yaml`.
    """
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    try:
        declaration = read_folder(defs / name)
        connection = connect(_once(declaration), _names(declaration, resources), EVERYTHING)
    except (DeclarationError, LoadError) as error:
        console.print(Text(str(error)), soft_wrap=True)
        return 1
    with redact_logs(connection.redact):
        tried = preview_resources(connection)
    fields = {n: seen_fields(one.resource, one.rows) for n, one in tried.items() if one.rows}
    is_well = _show(console, declaration, connection, tried, fields)
    if with_schema:
        _write(console, defs / name, tried, fields)
    return 0 if is_well else 1


def _names(declaration: ApiDeclaration, resources: Sequence[str]) -> frozenset[str]:
    known = declaration.resources
    if unknown := [name for name in resources if name not in known]:
        problem = f"'{unknown[0]}' is not declared; allowed are {', '.join(known)}"
        raise DeclarationError(declaration.name, None, "resources", problem)
    return frozenset(resources or known)


def _once(declaration: ApiDeclaration) -> ApiDeclaration:
    """The same declaration without retries: what is refused is told at once."""
    resources = {name: without_retries(r) for name, r in declaration.resources.items()}
    return replace(declaration, resources=resources)


def _show(
    console: Console,
    declaration: ApiDeclaration,
    connection: ApiContext,
    tried: Mapping[str, ResourcePreview],
    fields: Mapping[str, Mapping[str, Seen]],
) -> bool:
    """Print everything; whether nothing looks wrong."""
    show_answers(console, declaration.name, tried.values(), fields, connection.redact)
    wrong = [(name, told) for name, one in tried.items() for told in problems(one)]
    known = [(name, told) for name, one in tried.items() for told in notes(one)]
    show_sentences(console, "Worth knowing", known, connection.redact)
    show_sentences(console, "Looks wrong", wrong, connection.redact)
    if not wrong:
        console.print(Text("\nNothing looks wrong."))
    return not wrong


def _write(
    console: Console,
    folder: Path,
    tried: Mapping[str, ResourcePreview],
    fields: Mapping[str, Mapping[str, Seen]],
) -> None:
    added = {name: new_fields(tried[name].resource, seen) for name, seen in fields.items()}
    inline = {name for name in added if tried[name].resource.declared.fields}
    for name in inline:
        if added[name]:
            written = ", ".join(f"{field}: {kind}" for field, kind in added[name].items())
            console.print(Text(f"{name}: its fields stand in defs.yaml; add {written}"))
    is_changed = write_schema(folder, {n: f for n, f in added.items() if n not in inline})
    told = f"written: {folder / SCHEMA_FILE}" if is_changed else f"{SCHEMA_FILE} has all fields"
    console.print(Text(told), soft_wrap=True)

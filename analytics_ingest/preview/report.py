"""Prints a preview: a table of the resources, their fields, and sentences about them.

No value of a row is printed but the newest cursor.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from analytics_ingest.extract.resource_preview import ResourcePreview
from analytics_ingest.preview.fields import FieldSamples
from analytics_ingest.preview.listing_findings import next_step

COLUMNS = ("resource", "status", "rows", "requests", "newest cursor", "next page")
NUMBERS = ("status", "rows", "requests")


def print_summary(
    console: Console,
    api: str,
    previews: Iterable[ResourcePreview],
    samples: Mapping[str, FieldSamples],
    redact: Callable[[str], str],
) -> None:
    """Print a line of the table for each resource, and its fields below."""
    table = Table(title=f"{api}: the first pages of each resource; nothing is loaded")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left", overflow="fold")
    for preview in previews:
        table.add_row(*(Text(redact(cell)) for cell in _cells(preview)))
    console.print(table)
    for name, fields in samples.items():
        text = ", ".join(f"{field} {sample}" for field, sample in fields.items())
        console.print(Text(redact(f"{name}: {text}")))


def print_sentences(
    console: Console, title: str, sentences: Sequence[tuple[str, str]], redact: Callable[[str], str]
) -> None:
    """Print sentences, each with its resource, below a title; nothing where there are none."""
    if sentences:
        console.print()
        console.print(Text(title))
    for name, sentence in sentences:
        console.print(Text(redact(f"  {name}: {sentence}")), soft_wrap=True)


def _cells(preview: ResourcePreview) -> list[str]:
    return [
        preview.resource.name,
        "" if preview.status is None else str(preview.status),
        str(len(preview.pages[0])) if preview.pages else "",
        str(preview.requests),
        _newest_cursor(preview),
        _next_page(preview),
    ]


def _newest_cursor(preview: ResourcePreview) -> str:
    if not preview.moments:
        return ""
    return max(preview.moments).isoformat(sep=" ").replace("+00:00", "Z")


def _next_page(preview: ResourcePreview) -> str:
    step = next_step(preview)
    if preview.next_request is None or preview.is_repeated or preview.error:
        return step
    rows = len(preview.pages[1]) if len(preview.pages) > 1 else 0
    return f"{step} ({rows} rows)" if rows else f"{step} (no rows: the end)"

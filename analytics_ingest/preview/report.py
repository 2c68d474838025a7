"""Shows what was tried: a table, the fields of each resource, and what looks wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from analytics_ingest.preview.cursors import readable_cursors
from analytics_ingest.preview.fields import Seen
from analytics_ingest.preview.first_pages import ResourcePreview
from analytics_ingest.preview.paging import next_step

COLUMNS = ("resource", "status", "rows", "requests", "newest cursor", "next page")
NUMBERS = ("status", "rows", "requests")


def show_answers(
    console: Console,
    api: str,
    tried: Iterable[ResourcePreview],
    fields: Mapping[str, Mapping[str, Seen]],
    redact: Callable[[str], str],
) -> None:
    """Print the table and the fields; nothing in them is a value of a row but the cursor."""
    table = Table(title=f"{api}: the first pages of each resource; nothing is loaded")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left", overflow="fold")
    for one in tried:
        table.add_row(*(Text(redact(cell)) for cell in _cells(one)))
    console.print(table)
    for name, seen in fields.items():
        written = ", ".join(f"{field} {kind}" for field, kind in seen.items())
        console.print(Text(redact(f"{name}: {written}")))


def show_sentences(
    console: Console, title: str, found: Sequence[tuple[str, str]], redact: Callable[[str], str]
) -> None:
    """Print sentences about resources below a title, if there are any."""
    if found:
        console.print()
        console.print(Text(title, style="bold"))
    for name, sentence in found:
        console.print(Text(redact(f"  {name}: {sentence}")), soft_wrap=True)


def _cells(tried: ResourcePreview) -> list[str]:
    first = tried.pages[0] if tried.pages else []
    return [
        tried.resource.name,
        "" if tried.status is None else str(tried.status),
        str(len(first)) if tried.pages else "",
        str(tried.requests),
        _newest(tried),
        _next(tried),
    ]


def _newest(tried: ResourcePreview) -> str:
    incremental = tried.resource.incremental
    moments = readable_cursors(incremental, tried.rows) if incremental else []
    return max(moments).isoformat(sep=" ").replace("+00:00", "Z") if moments else ""


def _next(tried: ResourcePreview) -> str:
    step = next_step(tried)
    if tried.following is None or tried.is_repeated or tried.problem:
        return step
    rows = len(tried.pages[1]) if len(tried.pages) > 1 else 0
    return f"{step} ({rows} rows)" if rows else f"{step} (no rows: the end)"

"""A preview in words, as text or as JSON: its resources, their fields, sentences about them.

No value of a row is printed but the newest cursor.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from analytics_ingest.declaration.schema_text import format_scalar
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import REMOVED
from analytics_ingest.preview.fields import FieldSamples, sample_fields
from analytics_ingest.preview.findings import list_findings, list_notes
from analytics_ingest.preview.listing_findings import describe_next_step
from analytics_ingest.preview.session import Session

COLUMNS = ("resource", "status", "rows", "requests", "newest cursor", "next page")
NUMBERS = ("status", "rows", "requests")


Sentences = list[tuple[str, str]]
"""Resource → a sentence about it."""


@dataclass(frozen=True)
class Report:
    """A preview in words."""

    api: str
    session: Session
    samples: Mapping[str, FieldSamples]
    known: Sentences
    """What is worth knowing."""
    wrong: Sentences
    """What looks wrong."""

    @classmethod
    def of(cls, api: str, session: Session) -> "Report":
        """Describe what was learned of an API."""
        previews = session.previews.items()
        borrowed = [
            (
                api,
                f"{key} is sent to this API, though it is not a setting of its own; check "
                "that this is intended",
            )
            for key in session.context.settings.borrowed
        ]
        return cls(
            api,
            session,
            {name: sample_fields(preview) for name, preview in previews if preview.rows},
            borrowed + [(name, text) for name, preview in previews for text in list_notes(preview)],
            [(name, text) for name, preview in previews for text in list_findings(preview)],
        )

    @property
    def corrected(self) -> Sentences:
        """The corrections, each with its evidence."""
        return [
            (c.resource, f"{c.name}: {_show(c.value)} ({c.evidence})")
            for c in self.session.corrections
        ]

    def print(self, console: Console) -> None:
        """Print a table of the resources, their fields, and the sentences about them."""
        redact, previews = self.session.context.redact, self.session.previews
        table = Table(title=f"{self.api}: the first pages of each resource; nothing is loaded")
        for column in COLUMNS:
            justify = "right" if column in NUMBERS else "left"
            table.add_column(column, justify=justify, overflow="fold")
        for preview in previews.values():
            table.add_row(*(Text(redact(cell)) for cell in _list_cells(preview)))
        console.print(table)
        for name, fields in self.samples.items():
            text = ", ".join(f"{field} {sample}" for field, sample in fields.items())
            console.print(Text(redact(f"{name}: {text}")))
        for title, sentences in (
            ("Corrected", self.corrected),
            ("Not proven", self.session.unproven),
            ("Worth knowing", self.known),
            ("Looks wrong", self.wrong),
        ):
            _print_sentences(console, title, sentences, redact)
        if not self.wrong:
            console.print(Text("\nNothing looks wrong."))

    def to_json(self) -> str:
        """Return the same as a JSON object, for programs."""
        redact = self.session.context.redact

        def select_sentences(sentences: Sentences, resource: str) -> list[str]:
            return [redact(text) for name, text in sentences if name == resource]

        resources = [
            {
                "name": name,
                "status": preview.status,
                "rows": len(preview.pages[0]) if preview.pages else None,
                "requests": preview.requests,
                "newest_cursor": _format_newest_cursor(preview) or None,
                "next_page": redact(_describe_next_page(preview)) or None,
                "fields": {redact(n): str(s) for n, s in self.samples.get(name, {}).items()},
                "corrected": [
                    {"key": c.name, "value": _to_plain(c.value), "evidence": redact(c.evidence)}
                    for c in self.session.corrections
                    if c.resource == name
                ],
                "not_proven": select_sentences(self.session.unproven, name),
                "worth_knowing": select_sentences(self.known, name),
                "looks_wrong": select_sentences(self.wrong, name),
            }
            for name, preview in self.session.previews.items()
        ]
        document = {
            "api": self.api,
            "worth_knowing": select_sentences(self.known, self.api),
            "resources": resources,
        }
        return json.dumps(document, indent=2, ensure_ascii=False)


def _print_sentences(
    console: Console, title: str, sentences: Sentences, redact: Callable[[str], str]
) -> None:
    """Print sentences, each with its resource, below a title; nothing if there are none."""
    if sentences:
        console.print()
        console.print(Text(title))
    for name, sentence in sentences:
        console.print(Text(redact(f"  {name}: {sentence}")), soft_wrap=True)


def _to_plain(value: Any) -> Any:
    return None if value is REMOVED else value


def _show(value: Any) -> str:
    return "removed" if value is REMOVED else format_scalar(value)


def _list_cells(preview: ResourcePreview) -> list[str]:
    return [
        preview.resource.name,
        "" if preview.status is None else str(preview.status),
        str(len(preview.pages[0])) if preview.pages else "",
        str(preview.requests),
        _format_newest_cursor(preview),
        _describe_next_page(preview),
    ]


def _format_newest_cursor(preview: ResourcePreview) -> str:
    if not preview.moments:
        return ""
    return max(preview.moments).isoformat(sep=" ").replace("+00:00", "Z")


def _describe_next_page(preview: ResourcePreview) -> str:
    step = describe_next_step(preview)
    if preview.next_request is None or preview.is_repeated or preview.error:
        return step
    rows = len(preview.pages[1]) if len(preview.pages) > 1 else 0
    return f"{step} ({rows} rows)" if rows else f"{step} (no rows: the end)"

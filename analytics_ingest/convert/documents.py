"""The kinds of documents that `new`, `new --list` and `diff` take, and what one may cost.

An Airbyte low-code manifest is one kind (see `manifest`), an OpenAPI document another
(see `openapi`); all else is text with a configuration, or a whole manifest, in it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from analytics_ingest.common.collector import pause_collection
from analytics_ingest.convert.alarm import alarm
from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.convert import convert
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.manifest.manifest import convert_manifest, parse_manifest
from analytics_ingest.convert.markdown import Document as TextDocument
from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.openapi.convert_openapi import Selection, convert_openapi
from analytics_ingest.convert.openapi.document import (
    LONGEST_OPENAPI,
    Document,
    is_openapi,
    parse_openapi,
)
from analytics_ingest.convert.python.find import holds_configuration

STANDARD_INPUT = "-"

LONGEST_DOCUMENT = 500_000
"""Characters; those of the five APIs have up to 13,000."""

LONGEST_MANIFEST = 5_000_000
"""Characters; the longest of Airbyte's catalogue has 1,250,000."""

SECONDS = 30
"""What the limits of the passes do not end is ended by the clock."""

SECONDS_OF_OPENAPI = 120
"""A document of 10 MB takes a tenth of it on a quiet machine."""


def read_text(source: str, title: str) -> str:
    """Read a document.

    Raises:
        ConversionError: It cannot be read, or is too long.
    """
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
        raise _build_error(title, LONGEST_OPENAPI if is_openapi(text) else LONGEST_MANIFEST)
    return text


def convert_text(
    name: str, source: str, title: str, text: str, selection: Selection
) -> Declaration:
    """Convert the text of a document, whichever kind it is.

    Raises:
        ConversionError: It cannot be converted.
    """
    today = datetime.now(timezone.utc).date()
    if document := read_openapi(source, text):
        return convert_openapi(name, document, selection)
    if manifest := read_manifest(title, text, selection):
        return convert_manifest(name, manifest, today)
    if len(text) > LONGEST_DOCUMENT:
        raise _build_error(title, LONGEST_DOCUMENT)
    return _convert_document(name, parse_document(title, text), today)


def _convert_document(name: str, document: TextDocument, today: date) -> Declaration:
    """Convert a text with a configuration in it, or with a manifest if it has no other."""
    manifests = _list_embedded_manifests(document)
    if chosen := _choose_manifest(document, manifests):
        declaration = convert_manifest(name, chosen.content, today)
        reason = f"the manifest on line {chosen.line} is converted; the text around it is not read"
        declaration.log.assume(None, reason)
        return declaration
    declaration = convert(name, document, today)
    for manifest in manifests:
        reason = "the document has a configuration of its own"
        declaration.log.assume(None, f"the manifest on line {manifest.line} is not read: {reason}")
    return declaration


@dataclass(frozen=True)
class _EmbeddedManifest:
    """A manifest, and the line of the document on which it begins."""

    content: dict[str, Any]
    line: int


def _list_embedded_manifests(document: TextDocument) -> list[_EmbeddedManifest]:
    """List the blocks of a document that are whole manifests."""
    parsed = [(parse_manifest(block.text), block.line) for block in document.blocks]
    return [_EmbeddedManifest(content, line) for content, line in parsed if content]


def _choose_manifest(
    document: TextDocument, manifests: list[_EmbeddedManifest]
) -> _EmbeddedManifest | None:
    """Return the only manifest of a document; None where it has a configuration of its own.

    Raises:
        ConversionError: There are several.
    """
    lines = [manifest.line for manifest in manifests]
    others = [block for block in document.blocks if block.line not in lines]
    if not manifests or holds_configuration(document.name, others):
        return None
    if len(manifests) > 1:
        raise ConversionError(
            f"{document.name}: holds {len(manifests)} Airbyte manifests, on lines "
            f"{', '.join(map(str, lines))}; save the one to convert as a .yaml file"
        )
    return manifests[0]


def read_openapi(source: str, text: str) -> Document | None:
    """Read an OpenAPI document; None where a text is another document."""
    value = parse_openapi(text)
    path = None if source == STANDARD_INPUT else Path(source)
    return None if value is None else Document(value, path)


def read_manifest(title: str, text: str, selection: Selection) -> dict[str, Any] | None:
    """Read a manifest; None where a text is another document."""
    if selection:
        raise ConversionError(f"--only and --tag need an OpenAPI document, which {title} is not")
    if len(text) > LONGEST_MANIFEST:
        raise _build_error(title, LONGEST_MANIFEST)
    return parse_manifest(text)


def _build_error(title: str, most: int) -> ConversionError:
    return ConversionError(
        f"{title} has more than {most} characters; leave out what does not configure the API"
    )


@contextmanager
def limit(title: str, text: str) -> Iterator[None]:
    """Open a block that ends in an error where a document is too much for a pass."""
    try:
        with alarm(SECONDS_OF_OPENAPI if is_openapi(text) else SECONDS), pause_collection():
            yield
    except RecursionError:
        raise ConversionError(f"{title} is nested too deeply to be read") from None
    except (TimeoutError, MemoryError):
        raise ConversionError(
            f"{title} takes more time or memory than a document may; leave out what does not "
            "configure the API"
        ) from None

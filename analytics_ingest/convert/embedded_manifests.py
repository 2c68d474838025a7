"""Finds the manifests that a document holds as blocks of code, and whether one is converted."""

from dataclasses import dataclass
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.manifest.manifest import parse_manifest
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.python.find import holds_configuration


@dataclass(frozen=True)
class EmbeddedManifest:
    """A manifest, and the line of the document on which it begins."""

    content: dict[str, Any]
    line: int


def list_embedded_manifests(document: Document) -> list[EmbeddedManifest]:
    """List the blocks of a document that are whole manifests."""
    parsed = [(parse_manifest(block.text), block.line) for block in document.blocks]
    return [EmbeddedManifest(content, line) for content, line in parsed if content]


def choose_manifest(
    document: Document, manifests: list[EmbeddedManifest]
) -> EmbeddedManifest | None:
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

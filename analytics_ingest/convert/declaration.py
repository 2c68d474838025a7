"""What a document, a manifest or an OpenAPI document is converted into."""

from dataclasses import dataclass

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json


@dataclass(frozen=True)
class Declaration:
    """What a document was converted into."""

    attributes: Json
    schema: dict[str, Json]
    """`{resource: {required, fields}}` of the resources whose fields the prose names."""
    log: ConversionLog
    origin: str = "Follows the document key by key; a comment marks what it does not say."
    """How the file follows the document, as its comment says."""

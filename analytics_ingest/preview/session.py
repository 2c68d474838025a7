"""What was learned of an API, from one preview or several."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics_ingest.common.log import redact_logs
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import ApiContext, connect
from analytics_ingest.extract.previews.preview import preview_resources
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import Correction


@dataclass
class Session:
    """What was learned of an API, from one preview or several."""

    context: ApiContext
    previews: Mapping[str, ResourcePreview]
    corrections: list[Correction] = field(default_factory=list)
    unproven: list[tuple[str, str]] = field(default_factory=list)
    """Resource → what the answers do not prove."""


def preview_once(
    declaration: ApiDeclaration, names: frozenset[str], *, most_requests: float = math.inf
) -> Session:
    """Preview some resources, as they are declared.

    Args:
        most_requests: How many requests a resource may take.
    """
    context = connect(declaration, names, EVERYTHING, is_retried=False)
    with redact_logs(context.redact):
        return Session(context, preview_resources(context, most_requests=most_requests))

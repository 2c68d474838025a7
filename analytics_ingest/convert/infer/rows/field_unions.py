"""Logs the fields that may be of several types: which become texts, and which are undeclared."""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields.fields import Fields

_SHOWN = 12
"""Names of a line of the report."""


def log_unions(draft: Draft, fields: Mapping[str, Fields], schema: Mapping[str, Json]) -> None:
    """Log which columns hold the fields of a resource that may be of several types."""
    for name in draft.by_name:
        known = fields.get(name, Fields())
        declared: Json = schema.get(name, {}).get("fields", {})
        texts = [f for f, kinds in known.unions.items() if f in declared and "string" in kinds]
        others = [f for f in known.unions if f not in known.types]
        become = "its column is a text" if len(texts) == 1 else "their columns are texts"
        for listed, what in ((texts, become), (others, "not declared in schema.yaml")):
            if listed:
                reason = f"{abbreviate(listed, most=_SHOWN)} may be of several types: {what}"
                draft.log.assume(name, reason)

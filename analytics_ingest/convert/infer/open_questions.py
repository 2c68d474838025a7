"""Tells what a document leaves open and no default can stand for: where a cursor is found."""

from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.normalize.structure import paginator_of

_PLACES = ("cursor_path", "cursor_value")

Json = dict[str, Any]


def tell_gaps(api: Json, notes: ConversionLog) -> None:
    """Note the resources of which only the first page would be loaded."""
    for resource in api["resources"]:
        paginator = paginator_of(api, resource)
        is_cursor = isinstance(paginator, dict) and paginator.get("type") == "cursor"
        if is_cursor and not any(key in paginator for key in _PLACES):
            told = (
                "the document does not say where an answer holds the cursor: declare "
                "paginator.cursor_path, or no more than the first page may be loaded"
            )
            notes.assume(resource["name"], told)

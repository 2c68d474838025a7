"""What `new --list` tells of a manifest or an OpenAPI document, without writing anything."""

from collections.abc import Callable, Mapping
from typing import Any

from analytics_ingest.common.printable import to_printable
from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.report import list_omitted, list_skipped


def list_resources(title: str, convert: Callable[[ConversionLog], Declaration]) -> str:
    """List the resources that a conversion gives, their login and settings, and what it omits."""
    log = ConversionLog()
    lines: list[str] = []
    try:
        declaration = convert(log)
    except ConversionError as error:
        lines = [] if log.skipped else [str(error)]
    else:
        lines = [*log.stated, *map(_describe, declaration.attributes["resources"])]
        lines += ["", "Settings:", *(f"  {n}  {text}" for n, text in log.settings.items())]
    if log.skipped:
        lines += ["", "Would be skipped:", *(f"  {line}" for line in list_skipped(log))]
    if log.omitted:
        lines += ["", "Not listings:", *(f"  {line}" for line in list_omitted(log))]
    return "\n".join(map(to_printable, [title, *lines]))


def _describe(resource: Mapping[str, Any]) -> str:
    endpoint = resource["endpoint"]
    incremental = endpoint.get("incremental")
    notes = [
        f"by {incremental['cursor_path']}" if incremental else "whole",
        "for its children only" if resource.get("selected") is False else "",
    ]
    request = endpoint["job"]["create"] if "job" in endpoint else endpoint
    return f"  {resource['name']}  {request['path']}  ({', '.join(filter(None, notes))})"

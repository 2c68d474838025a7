"""What the user reads after a document was turned: three short lists."""

from collections import Counter
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog

Json = dict[str, Any]


def taken_from(api: Json) -> list[str]:
    """What a configuration says itself, before anything is assumed: a line for each part."""
    client, resources = api["client"], api["resources"]
    defaults = api.get("resource_defaults", {})
    names = [resource["name"] for resource in resources]
    lines = [f"{len(names)} resources: {', '.join(names)}" if names[1:] else f"resource {names[0]}"]
    lines.append(f"client.base_url {client['base_url']}")
    auth = client.get("auth")
    if isinstance(auth, dict):
        where = f", {auth.get('location')} {auth['name']}" if "name" in auth else ""
        lines.append(f"auth {auth.get('type')}{where}")
    endpoints = [{**defaults.get("endpoint", {}), **r["endpoint"]} for r in resources]
    for key, told in (("paginator", "paginators"), ("error_handler", "error handlers")):
        blocks = [e.get(key, client.get(key)) for e in endpoints]
        kinds = Counter(_kind(block) for block in blocks if block)
        if kinds:
            lines.append(f"{told}: {', '.join(f'{kind} {n}' for kind, n in kinds.items())}")
    cursors = Counter(
        e["incremental"]["cursor_path"]
        for e in endpoints
        if (e.get("incremental") or {}).get("cursor_path")
    )
    if cursors:
        lines.append(f"cursors: {', '.join(f'{name} {n}' for name, n in cursors.items())}")
    return lines


def report(api_name: str, path: str, notes: ConversionLog) -> str:
    """The text that the command prints."""
    lines = [f"{path} is written."]
    for title, items in (
        ("As written in the document", notes.taken),
        ("Assumed", notes.grouped()),
        ("To be set", _settings(api_name, notes)),
    ):
        lines += ["", f"{title}:" if items else f"{title}: nothing"]
        lines += [f"  {line}" for line in items]
    return "\n".join(lines)


def _kind(block: Any) -> str:
    if not isinstance(block, dict):
        return str(block)
    if "retry_on_status_codes" in block:
        return "/".join(map(str, block["retry_on_status_codes"]))
    return str(block.get("type", "given"))


def _settings(api_name: str, notes: ConversionLog) -> list[str]:
    variables = {
        f"SOURCES__{api_name}__{name}".upper(): told for name, told in notes.settings.items()
    }
    width = max(map(len, variables), default=0)
    return [f"{variable:<{width}}  {told}".rstrip() for variable, told in variables.items()]

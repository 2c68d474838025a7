"""What the user reads after a conversion: three short lists."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from analytics_ingest.common.printable import to_printable
from analytics_ingest.convert.conversion_log import (
    NO_STATUSES,
    ConversionLog,
    abbreviate,
    group_by_reason,
)
from analytics_ingest.convert.draft import Draft
from analytics_ingest.declaration.fields import SCHEMA_FILE

_SHOWN = 12


def summarize(draft: Draft) -> list[str]:
    """Return what a configuration says itself, before anything is assumed: a line for each part."""
    unselected = [r["name"] for r in draft.resources if r.get("selected") is False]
    names = [name for name in draft.by_name if name not in unselected] or unselected
    lines = [f"{len(names)} resources: {', '.join(names)}" if names[1:] else f"resource {names[0]}"]
    if unselected and names is not unselected:
        lines.append(f"read for their children only: {', '.join(unselected)}")
    lines.append(f"client.base_url {draft.client['base_url']}")
    auth = draft.client.get("auth")
    if isinstance(auth, dict):
        where = f", {auth.get('location', 'header')} {auth['name']}" if "name" in auth else ""
        lines.append(f"auth {auth.get('type')}{where}")
    if key := draft.body_keys.get(None):
        lines.append(f"auth api_key, body {key.name}")
    ends = (text.partition(f": {NO_STATUSES}") for _, text in draft.log.assumptions)
    assumed = {text.rpartition(" on ")[2].replace(", ", "/") for text, end, _ in ends if end}
    endpoints = [draft.merge_endpoint(resource) for resource in draft.resources]
    for key, title in (("paginator", "paginators"), ("error_handler", "error handlers")):
        blocks = [endpoint.get(key, draft.client.get(key)) for endpoint in endpoints]
        kinds = [_read_kind(block) for block in blocks if block]
        lines += _format_count(title, [kind for kind in kinds if kind not in assumed])
    incrementals = [endpoint.get("incremental") or {} for endpoint in endpoints]
    cursors = [cursor for block in incrementals if (cursor := block.get("cursor_path"))]
    changes = [draft.find_path_of_changes(r) for r in draft.resources if "changes" in r]
    return lines + _format_count("cursors", cursors) + _format_count("changes", changes)


def report(api_name: str, path: str, log: ConversionLog, schema: Collection[str] = ()) -> str:
    """Return the text that the command prints.

    Args:
        path: Where the declaration is.
        schema: The resources whose fields are in a file beside it.
    """
    lines = [f"{path} is written."]
    if schema:
        lines.append(f"{SCHEMA_FILE} beside it holds the fields of {abbreviate([*schema])}.")
    for title, items in (
        ("As written in the document", log.stated),
        ("Assumed", log.group_assumptions()),
        ("To be set", _format_settings(api_name, log)),
    ):
        lines += ["", f"{title}:" if items else f"{title}: nothing"]
        lines += [f"  {line}" for line in items]
    if log.skipped:
        lines += ["", "Skipped:", *(f"  {line}" for line in list_skipped(log))]
    if log.omitted:
        lines += ["", "Not listings:", *(f"  {line}" for line in list_omitted(log, _SHOWN))]
        lines.append("  (new --list names all)")
    return "\n".join(map(to_printable, lines))


def list_skipped(log: ConversionLog) -> list[str]:
    """List the streams that have no resource, by reason."""
    return [f"{', '.join(names)}: {text}" for text, names in group_by_reason(log.skipped).items()]


def list_omitted(log: ConversionLog, most: int = 10_000) -> list[str]:
    """List the operations of an OpenAPI document that are not listings, by reason."""
    reasons = group_by_reason(log.omitted).items()
    return [f"{abbreviate(names, most)}: {text}" for text, names in reasons]


def format_settings_comment(api_name: str, log: ConversionLog) -> list[str]:
    """Return the settings as lines of a comment; nothing where a purpose is unknown."""
    if not log.has_connection:
        return []
    lines = [f"  {name}  {text}".rstrip() for name, text in log.settings.items()]
    return ["", f"Settings, read as sources.{api_name}.<name>:", *lines] if lines else []


def _format_count(title: str, kinds: list[str]) -> list[str]:
    counts = [f"{kind} {count}" for kind, count in Counter(kinds).items()]
    return [f"{title}: {', '.join(counts)}"] if counts else []


def _read_kind(block: Any) -> str:
    if not isinstance(block, dict):
        return str(block)
    if "retry_on_status_codes" in block:
        return "/".join(map(str, block["retry_on_status_codes"]))
    return str(block.get("type", "given"))


def _format_settings(api_name: str, log: ConversionLog) -> list[str]:
    variables = {
        f"SOURCES__{api_name}__{name}".upper(): purpose for name, purpose in log.settings.items()
    }
    width = max(map(len, variables), default=0)
    return [f"{variable:<{width}}  {text}".rstrip() for variable, text in variables.items()]

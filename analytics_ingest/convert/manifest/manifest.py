"""Converts a manifest into a declaration: its streams, what they share, its settings.

    text → manifest → references resolved → a resource for each stream → shared keys → declaration

A stream that cannot be converted is skipped with its children, and the others are kept.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog, group_by_reason
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.manifest.addresses import keep_one_host
from analytics_ingest.convert.manifest.budget import read_budget
from analytics_ingest.convert.manifest.catalog import Catalog
from analytics_ingest.convert.manifest.components.references import resolve_references
from analytics_ingest.convert.manifest.connection import Connection, find_specification
from analytics_ingest.convert.manifest.describe import (
    describe_changed_settings,
    describe_settings,
    describe_start,
)
from analytics_ingest.convert.manifest.dynamic_streams import Template, TemplateError
from analytics_ingest.convert.manifest.parent_names import fill_named_parents
from analytics_ingest.convert.manifest.resolvable import keep_resolvable
from analytics_ingest.convert.manifest.sharing import (
    OF_ENDPOINTS,
    find_commonest,
    share_entries,
    share_keys,
    share_primary_key,
)
from analytics_ingest.convert.manifest.stream import Stream
from analytics_ingest.convert.normalize.partition_start import limit_partitions
from analytics_ingest.convert.report import summarize
from analytics_ingest.convert.yaml_loader import LimitedLoader

_MARKS = ("type: DeclarativeSource", '"DeclarativeSource"', "streams:", '"streams"')


def parse_manifest(text: str) -> dict[str, Any] | None:
    """Read a manifest; None where a text is another document.

    Documents shorten one to its streams, which are then known by their retrievers.
    """
    if not any(mark in text for mark in _MARKS):
        return None
    try:
        value = json.loads(text) if text.lstrip()[:1] == "{" else yaml.load(text, LimitedLoader)
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(value, dict):
        return None
    streams = value.get("streams", value.get("dynamic_streams"))
    if not isinstance(streams, list):
        return None
    is_source = value.get("type") == "DeclarativeSource" or "definitions" in value
    has_retrievers = any(isinstance(item, dict) and "retriever" in item for item in streams)
    return value if is_source or has_retrievers else None


def convert_manifest(
    name: str, manifest: Mapping[str, Any], today: date, log: ConversionLog | None = None
) -> Declaration:
    """Convert a manifest into the declaration of an API.

    Args:
        log: Takes what is reported.

    Raises:
        ConversionError: None of its streams can be converted.
    """
    log = log or ConversionLog()
    without: dict[int, str] = {}
    while True:
        attempt = ConversionLog()
        attempt.has_connection = True
        try:
            return _convert(name, manifest, today, attempt, without)
        except TemplateError as error:
            without[error.number] = str(error)
        finally:
            vars(log).update(vars(attempt))


def _convert(
    name: str,
    manifest: Mapping[str, Any],
    today: date,
    log: ConversionLog,
    without: Mapping[int, str],
) -> Declaration:
    """Convert a manifest without some of its dynamic streams.

    Raises:
        TemplateError: Another one cannot be converted.
    """
    resolved = fill_named_parents(resolve_references(manifest))
    connection = Connection(find_specification(resolved))
    catalog = Catalog(name, resolved, connection, log, without)
    streams = catalog.read()
    for name_of_template, template in catalog.templates.items():
        if name_of_template in streams:
            template.refuse_marks(streams[name_of_template].base_url)
    if streams:
        keep_one_host(catalog, streams)
    if not streams:
        raise ConversionError(_explain_nothing(log))
    schema = _build_schema(streams)
    draft = _build_draft(name, resolved, streams, log)
    keep_resolvable(draft, schema)
    if not draft.resources:
        raise ConversionError(_explain_nothing(log))
    describe_start(draft, streams)
    limit_partitions(draft, today)
    log.stated = summarize(draft)
    describe_settings(draft, connection)
    describe_changed_settings(resolved.get("spec"), log)
    _move_templates(draft, catalog.templates)
    return Declaration(draft.attributes, schema, log)


def _move_templates(draft: Draft, templates: Mapping[str, Template]) -> None:
    """Make `dynamic_resources` of the resources that are templates.

    Raises:
        TemplateError: An expression of one has no place.
    """
    filled = [t.fill(draft.by_name[name]) for name, t in templates.items() if name in draft.by_name]
    draft.resources = [r for r in draft.resources if r["name"] not in templates]
    for template in templates.values():
        template.refuse_marks(draft.attributes)
    if filled:
        draft.others["dynamic_resources"] = filled
        entries = ", ".join(block["entries"] for block in filled)
        draft.log.assume(
            None,
            f"dg utils refresh-defs-state lists the resources of {entries}; a value in a path "
            "stays one segment, and a text stays a text",
        )


def _build_draft(
    name: str, manifest: Mapping[str, Any], streams: dict[str, Stream], log: ConversionLog
) -> Draft:
    kept = list(streams.values())
    endpoints = [endpoint for stream in kept for endpoint in stream.endpoints]
    client: Json = {"base_url": kept[0].base_url}
    signings = [stream.signing.auth for stream in kept for _ in stream.endpoints]
    if signings[0] and all(auth == signings[0] for auth in signings):
        client["auth"] = signings[0]
    elif all(signings):
        client["auth"], _ = find_commonest(signings)
    for endpoint, auth in zip(endpoints, signings, strict=True):
        if auth and auth != client.get("auth"):
            endpoint["auth"] = auth
    if headers := share_entries(endpoints, "headers"):
        client["headers"] = headers
    others: Json = {}
    if text := " ".join(str(manifest.get("description") or "").split()):
        others["description"] = text.split(". ")[0].rstrip(". ")[:200]
    if rates := read_budget(manifest, kept[0].base_url, log):
        others["rate"] = rates
    resources = [stream.resource for stream in kept]
    defaults = share_primary_key(resources)
    # Changes have the cursor of their resource, and only say how they are asked for.
    shared = share_keys(endpoints, [key for key in OF_ENDPOINTS if key != "incremental"])
    shared |= share_keys([resource["endpoint"] for resource in resources], ["incremental"])
    defaults |= {**share_keys(resources, ["processing_steps"]), **_share_changes(resources)}
    if len(endpoints) > 1 and (params := share_entries(endpoints, "params")):
        shared["params"] = params
    return Draft(name, client, defaults, shared, resources, others, log)


def _share_changes(resources: list[Json]) -> Json:
    """Take what the changes of several resources have in common out of them."""
    blocks = [resource["changes"] for resource in resources if "changes" in resource]
    if len(blocks) < 2:
        return {}
    endpoints = [block["endpoint"] for block in blocks]
    shared = share_keys(blocks, ["kept_for", "processing_steps"])
    if of_endpoints := share_keys(endpoints, ["path", "incremental"]):
        shared["endpoint"] = of_endpoints
    for block in blocks:
        if not block["endpoint"]:
            del block["endpoint"]
    return {"changes": shared} if shared else {}


def _build_schema(streams: Mapping[str, Stream]) -> dict[str, Json]:
    schema: dict[str, Json] = {}
    for name, stream in streams.items():
        if not stream.fields or stream.resource.get("selected") is False:
            continue
        key = stream.resource.get("primary_key") or []
        required = [k for k in ([key] if isinstance(key, str) else key) if k in stream.fields]
        certain = {field: stream.fields[field].rstrip("?") for field in required}
        fields: Json = {**stream.fields, **certain}
        for field, text in stream.descriptions.items():
            if text and field in fields:
                fields[field] = {"type": fields[field], "description": text}
        schema[name] = {"required": required, "fields": fields}
    return schema


def _explain_nothing(log: ConversionLog) -> str:
    skipped = group_by_reason(log.skipped).items()
    reasons = "; ".join(f"{', '.join(names)}: {text}" for text, names in skipped)
    return f"no stream of the manifest can be converted ({reasons or 'it has none'})"

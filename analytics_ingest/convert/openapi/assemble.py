"""Writes a listing down as a resource, and once what most resources share."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.convert.conversion_log import ConversionLog, abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.manifest.sharing import (
    OF_ENDPOINTS,
    find_commonest,
    share_entries,
    share_keys,
)
from analytics_ingest.convert.openapi.document import Node, ReferenceProblemError
from analytics_ingest.convert.openapi.keys import is_of_others, is_strong
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.parents import find_binding, include
from analytics_ingest.convert.openapi.schemas import describe_field, find_field_type
from analytics_ingest.convert.openapi.settings import shorten
from analytics_ingest.convert.openapi.words import to_singular


def add_selector(listing: Listing, log: ConversionLog) -> None:
    """Declare where the rows are; left open where the document describes a single row."""
    if listing.place is None:
        is_row = bool(listing.row.properties)
        says = (
            "describes one row, though it lists pages" if is_row else "does not describe its rows"
        )
        text = f"the document {says}: the answer shows its rows"
        log.assume(listing.name, text)
        return
    if listing.others:
        text = f"rows are in {'.'.join(listing.place)}; the answer also has the lists "
        comment = f"the answer also has {abbreviate(listing.others)}"
        place = "endpoint.data_selector"
        log.assume(listing.name, text + abbreviate(listing.others), key=place, comment=comment)
    is_plain = all(part.replace("_", "").isalnum() for part in listing.place)
    dotted = ".".join(listing.place) or "$"
    listing.endpoint["data_selector"] = dotted if is_plain else list(listing.place)


def add_key(listing: Listing, *, is_shared: bool) -> None:
    """Declare the primary key, with the parent's id where rows of several parents may share it.

    Rows that do not name their parent carry its id.
    """
    listing.resource["primary_key"] = listing.key or []
    binding = find_binding(listing)
    if not listing.is_selected or binding is None or listing.parent is None:
        return
    own = list(listing.endpoint.get("params", {}))
    own.append(f"{to_singular(listing.parent.name)}_{binding[1]}")
    if listing.key and (is_shared or not is_strong(listing.key) or is_of_others(listing)):
        listing.resource["primary_key"] = [include(listing, *binding), listing.key]
    elif not any(listing.row.find_name(name) for name in own):
        include(listing, *binding)


def read_fields(listing: Listing) -> Json | None:
    """Build the entry of `schema.yaml`: fields with one column each, required as documented."""
    fields: Json = {}
    columns: set[str] = set()
    key = listing.resource.get("primary_key")
    keys = key if isinstance(key, list) else [key]
    required = [name for name in keys if name in listing.row.properties]
    for name, nodes in listing.row.properties.items():
        try:
            shape = listing.row.get_field(name)
        except ReferenceProblemError:
            continue  # A field that is not declared is loaded too.
        kind, column = find_field_type(shape), to_snake_case(name)
        if any(node.get_raw("writeOnly") is True for node in nodes) or kind is None:
            continue
        if column in columns or column.startswith("_dlt"):
            continue
        columns.add(column)
        if name in listing.row.required and not shape.is_nullable and name not in required:
            required.append(name)
        kind += "" if name in required else "?"
        text = describe_field(shape)
        fields[name] = {"type": kind, "description": text} if text else kind
    required = [name for name in required if name in fields]
    return {"required": required, "fields": fields} if fields else None


def share(draft: Draft, listings: list[Listing], settings: Json) -> None:
    """Write once what most resources share."""
    endpoints = [each.endpoint for each in listings]
    draft.resources = [each.resource for each in listings]
    if headers := share_entries(endpoints, "headers"):
        draft.client["headers"] = {**draft.client.get("headers", {}), **headers}
    draft.defaults = share_keys(
        draft.resources, _list_shared_keys(draft.resources, ["primary_key"])
    )
    if not draft.defaults.get("primary_key"):
        draft.defaults = {}
        for resource in draft.resources:
            if not resource.get("primary_key"):
                resource.pop("primary_key", None)
    draft.shared = share_keys(endpoints, _list_shared_keys(endpoints, OF_ENDPOINTS))
    if settings:
        draft.others["settings"] = settings


def _list_shared_keys(blocks: list[Json], keys: Iterable[str]) -> list[str]:
    """List the keys that have the same value in most blocks."""
    return [k for k in keys if find_commonest(b.get(k) for b in blocks)[1] * 2 > len(blocks)]


def describe(draft: Draft, root: Node) -> None:
    if title := root.get("info").get_text("title"):
        draft.others["description"] = shorten(title, 200)
    url = root.get("externalDocs").get_text("url")
    if urlsplit(url).scheme in ("http", "https"):
        draft.others["docs_url"] = url

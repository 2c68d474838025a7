"""Takes from the prose which field decides in what window a row of a merged resource is loaded."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT, ConversionLog
from analytics_ingest.convert.normalize.structure import with_resources
from analytics_ingest.convert.prose.fields import Fields

DEFAULT_CURSOR = "updated_at"

_UPDATED = re.compile(
    r"(date_?|time_?)?(last_?)?(updated|modified|changed|edited|update|modification)"
    r"(_?(at|on|date|time|timestamp|utc|ts))?",
    re.IGNORECASE,
)

Json = dict[str, Any]


def with_cursors(
    api: Json,
    cursors: Mapping[str | None, str],
    fields: Mapping[str, Fields],
    notes: ConversionLog,
    *,
    is_told: bool,
) -> Json:
    """The configuration with the cursors that its prose names.

    Args:
        cursors: Cursors that the prose names: of all resources under None.
        fields: The fields of the prose.
        is_told: Whether the document speaks of `updated_at` at all.
    """
    defaults = api.get("resource_defaults", {})
    resources: list[Json] = []
    for resource in api["resources"]:
        name, endpoint = resource["name"], resource["endpoint"]
        if _is_open(resource, defaults):
            named = cursors.get(name) or cursors.get(None)
            found = _incremental(name, named, fields.get(name, Fields()), notes, is_told=is_told)
            own = {**defaults.get("endpoint", {}), **endpoint}.get("incremental", {})
            if found != {}:
                endpoint = {**endpoint, "incremental": found and {**found, **own}}
        resources.append({**resource, "endpoint": endpoint})
    return with_resources(api, defaults, resources)


def _is_open(resource: Json, defaults: Json) -> bool:
    """Whether a resource is merged and does not name its cursor itself."""
    if not (resource.get("primary_key") or defaults.get("primary_key")):
        return False
    shared = defaults.get("endpoint", {})
    endpoint = {**shared, **resource["endpoint"]}
    params = {**(shared.get("params") or {}), **(endpoint.get("params") or {})}
    written = endpoint.get("incremental", {})
    kinds = [value.get("type") for value in params.values() if isinstance(value, dict)]
    return written is not None and not written.get("cursor_path") and "incremental" not in kinds


def _incremental(
    name: str, named: str | None, fields: Fields, notes: ConversionLog, *, is_told: bool
) -> Json | None:
    """What to write of a cursor: nothing for the default, None for a snapshot."""
    key = "endpoint.incremental.cursor_path"
    if named is None and fields.types and DEFAULT_CURSOR not in fields.types:
        like = next((field for field in fields.types if _UPDATED.fullmatch(field)), None)
        if like:
            told = f"its cursor is {like}, by its name among the fields"
            notes.assume(name, told, key=key, comment=FROM_TEXT)
            return {"cursor_path": like}
        if fields.is_complete:
            told = "its fields hold no cursor, so it is loaded whole, without partitions"
            key = "endpoint.incremental"
            notes.assume(name, told, key=key, comment="rows have no cursor")
            return None
        told = "updated_at is the cursor, though it is not among the fields of the document"
        notes.assume(name, told)
    elif named not in (None, DEFAULT_CURSOR):
        notes.assume(name, f"its cursor is {named}, as the prose says", key=key, comment=FROM_TEXT)
        return {"cursor_path": named}
    elif named is None and not is_told:
        notes.assume(name, "updated_at is the cursor: the document names none")
    return {}

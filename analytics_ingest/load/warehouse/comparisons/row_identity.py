"""Finds tables whose stored rows a load would not replace, because it distinguishes rows otherwise.

dlt's schema keeps of each table what distinguishes its rows: a key and the steps that make it,
or the windows of their cursors. Where a declaration changes that, each row would be stored
twice, or rows of other windows removed. A changed key is kept too, until the table is started over;
the stored rows are looked at only where there is a change.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from analytics_ingest.common.cursor import FORMATS, names_zone, writes_dates
from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.key_steps import list_key_steps
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.comparisons.locked_tables import has_rows, open_locked_tables
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.tables.changed_tables import describe_changed_key
from analytics_ingest.load.warehouse.tables.stored_hints import note_removal

HINT = "x-row-identity"
"""The hint of a table: what distinguishes its rows."""

_NAMES_OF_UTC = ("Etc/UTC", "Etc/GMT", "GMT", "UCT", "Zulu", "Universal")
_ZONE = re.compile(r"(\S+)=(\S+)")
_CHANGE = "x-row-identity-change"
"""The hint of how its key has changed since its first rows."""


@dataclass(frozen=True)
class IdentityChanges:
    """Resources that distinguish rows otherwise than their stored tables."""

    warnings: dict[str, str] = field(default_factory=dict[str, str])
    """Resource → what is doubled, and what to do."""
    errors: dict[str, WarehouseError] = field(default_factory=dict[str, WarehouseError])
    """Resource → why it is not loaded: stored rows would be removed."""


def describe_identity(resource: ResourceDeclaration) -> str:
    """Return the hint of the table of a resource; empty where a load replaces all of it."""
    if not resource.is_merged or resource.has_history:
        return ""
    if resource.replaces_window:
        return f"windows {_describe_zones(resource)}"
    steps = list_key_steps(resource)
    text = json.dumps(steps, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"key by steps {digest}" if steps else "key as it is sent"


def find_identity_changes(
    pipeline: WarehousePipeline, resources: Sequence[ResourceDeclaration]
) -> IdentityChanges:
    """Find the resources whose stored rows a load would double or remove, and keep the changes."""
    changes = IdentityChanges()
    if pipeline.default_schema_name is None:
        return changes
    tables: dict[str, dict[str, Any]] = cast("Any", pipeline.default_schema.tables)
    described = [
        (resource, _describe_change(resource, tables.get(resource.table, {}), pipeline))
        for resource in resources
    ]
    changed = [(resource, change) for resource, change in described if change]
    filled = _list_filled(pipeline, [resource.table for resource, _ in changed])
    for resource, change in changed:
        name = resource.name
        if resource.table not in filled:
            forget_identity(tables[resource.table])
        elif resource.replaces_window:
            removed = "so rows of other windows would be removed; restore that, or"
            changes.errors[name] = WarehouseError(_advise(resource, f"{change}, {removed}"))
        else:
            tables[resource.table][_CHANGE] = change
            kept = "so rows that were loaded before are not replaced;"
            changes.warnings[name] = _advise(resource, f"{change}, {kept}")
    return changes


def forget_identity(table: dict[str, Any]) -> None:
    """Remove what a stored table says of its rows, of which none are left."""
    removed = [table.pop(hint, None) for hint in (HINT, _CHANGE)]
    if any(removed):
        note_removal(table)


def _describe_zones(resource: ResourceDeclaration) -> str:
    """Return the zones that decide which moments the cursors of rows are."""
    cursor_format = resource.incremental.cursor_format if resource.incremental else FORMATS[0]
    if names_zone(cursor_format):
        return ""
    path = resource.incremental.cursor_path if resource.incremental else ""
    is_moment = path in resource.fields and resource.fields[path].data_type == "timestamp"
    are_days = writes_dates(cursor_format)
    zones = [] if are_days else [f"incremental.timezone={resource.cursor_zone}"]
    if are_days or (cursor_format == FORMATS[0] and not is_moment):
        zones.append(f"partitions.timezone={resource.day_zone}")
    return " ".join(zones)


def _compare_zones(stored: str, own: str) -> str:
    """Say which zones differ; empty if none that both have does."""
    before, now = (dict(_ZONE.findall(text)) for text in (stored, own))
    return " and ".join(
        f"{key} was {before[key]} and is {zone}"
        for key, zone in now.items()
        if _name_zone(before.get(key, zone)) != _name_zone(zone)
    )


def _name_zone(zone: str) -> str:
    return "UTC" if zone in _NAMES_OF_UTC else zone


def _describe_change(
    resource: ResourceDeclaration, table: Mapping[str, Any], pipeline: WarehousePipeline
) -> str:
    """Say how a resource and its stored table distinguish rows otherwise; empty if they do not."""
    stored, own = str(table.get(HINT, "")), describe_identity(resource)
    if not own or table.get("write_disposition") != "merge":
        return ""
    if resource.replaces_window:
        return _compare_zones(stored, own)
    if change := describe_changed_key(resource, table, pipeline.plan.column_name):
        return change
    if stored.startswith("key") and stored != own:
        key = ", ".join(resource.primary_key)
        return f"the processing_steps that make {key} of its primary key have changed"
    return str(table.get(_CHANGE, ""))


def _list_filled(pipeline: WarehousePipeline, names: Sequence[str]) -> set[str]:
    """List those of some tables that have rows in the warehouse."""
    if not names:
        return set()
    with open_locked_tables(pipeline, "changed keys") as tables:
        columns = tables.list_columns(names)
        return {name for name in names if columns[name] and has_rows(tables, name)}


def _advise(resource: ResourceDeclaration, problem: str) -> str:
    table = f"{resource.api}.{resource.table}"
    return (
        f"{table}: {problem} start the table over: DROP TABLE {table}, then load all partitions "
        "again"
    )

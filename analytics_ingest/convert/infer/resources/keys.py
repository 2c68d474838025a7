"""Decides how each resource is loaded: merged by its key, or replaced whole.

The key comes from the configuration, else from the prose. A write disposition that would lose or
double rows is dropped later, with all else that cannot work (`fit_to_model`).
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT, NO_KEY
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.manifest.cursors import OF_CHANGES
from analytics_ingest.convert.manifest.rows.keys import is_of_clock
from analytics_ingest.convert.normalize.placeholders import list_names
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.fields.primary_keys import KeyStatement
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds


def infer_keys(
    draft: Draft, stated: Mapping[str | None, KeyStatement], fields: Mapping[str, Fields]
) -> None:
    """Give every resource a key, or make it a snapshot.

    Args:
        stated: Primary keys that the prose names: of all resources under None.
        fields: The fields of the prose, some of them keys.
    """
    holders = [draft.defaults, *draft.resources]
    for holder in holders:
        if not holder.get("write_disposition"):
            holder.pop("write_disposition", None)
        if not holder.get("primary_key"):
            _settle_empty_key(draft, holder)
    if (
        set(stated) == {None}
        and stated[None].fields
        and not any("primary_key" in holder for holder in holders)
    ):
        draft.defaults["primary_key"] = _unpack(stated[None].fields)
        reason = f"primary_key is {', '.join(stated[None].fields)}, as the prose says"
        key = "resource_defaults.primary_key"
        draft.log.assume(None, reason, key=key, comment=FROM_TEXT)
    _compare_shared_keys(draft, stated)
    for resource in draft.resources:
        if "primary_key" in resource and resource["primary_key"] is None:
            continue  # It has none, as the document says.
        of_fields = fields.get(resource["name"], Fields())
        for statement in _list_statements(draft, resource["name"], stated, of_fields):
            if _take_key(draft, resource, statement, of_fields):
                break
    for resource in draft.resources:
        _compare_with_fields(draft, resource, fields.get(resource["name"], Fields()))
        _settle_disposition(draft, resource)


def _settle_empty_key(draft: Draft, holder: Json) -> None:
    """Keep that a resource has no key where the document says so: it has not that of all either."""
    if "primary_key" in holder and holder is not draft.defaults:
        holder["primary_key"] = None
    else:
        holder.pop("primary_key", None)


def _compare_shared_keys(draft: Draft, stated: Mapping[str | None, KeyStatement]) -> None:
    statement, configured = stated.get(None), draft.defaults.get("primary_key")
    if not (statement and statement.is_certain and configured):
        return
    if _unpack(statement.fields) != configured:
        draft.log.assume(None, _describe_difference(configured, statement))


def _describe_difference(configured: str | list[str] | None, statement: KeyStatement) -> str:
    named = ", ".join(statement.fields)
    return f"primary_key is {_join(configured)}, as configured; the prose names {named}"


def _join(key: str | list[str] | None) -> str:
    return key if isinstance(key, str) else ", ".join(key or ["not declared"])


def _are_of_several(draft: Draft, fields: tuple[str, ...]) -> bool:
    """Return whether fields are the keys of several resources, listed one after the other."""
    keys = [resource.get("primary_key") for resource in draft.resources]
    return len(fields) > 1 and len(set(fields) & {k for k in keys if isinstance(k, str)}) > 1


def _list_statements(
    draft: Draft, name: str, stated: Mapping[str | None, KeyStatement], fields: Fields
) -> list[KeyStatement]:
    """List what the prose says of the key of a resource, the most certain first."""
    own = [stated[name]] if name in stated else []
    marked = [KeyStatement(tuple(fields.keys), is_certain=True)] if fields.keys else []
    certain = [statement for statement in own if statement.is_certain]
    others = [statement for statement in own if not statement.is_certain]
    of_all = stated[None].fields if None in stated else ()
    shared = [of_all] if of_all and not _are_of_several(draft, of_all) else []
    unique = [tuple(fields.identifiers)] if len(fields.identifiers) == 1 else []
    weak = [KeyStatement(named, is_certain=False) for named in (*shared, *unique)]
    return [*certain, *marked, *others, *weak]


def _take_key(draft: Draft, resource: Json, statement: KeyStatement, fields: Fields) -> bool:
    """Take the key that the prose names, unless the configuration has one of the resource.

    Returns whether the resource has a key that the statement agrees with or gives, or has none.
    """
    configured = draft.find_key(resource)
    if statement.denies_key and not configured:
        return True  # It has none, as both say.
    if not statement.fields:
        reason = f"its primary_key is {_join(configured)}; the prose says something else of it"
        draft.log.assume(resource["name"], reason)
        return bool(configured)
    key = _unpack(statement.fields)
    if configured == key:
        return True
    is_known = not fields.names or set(statement.fields) <= fields.names | _list_inherited(resource)
    # A single field may be that of other rows, which the sentence before is on.
    is_composite = statement.is_plain and len(statement.fields) > 1
    is_sure = statement.is_certain or is_composite or not configured
    if "primary_key" in resource or not (is_known and is_sure):
        if statement.is_certain or statement.is_plain:
            draft.log.assume(resource["name"], _describe_difference(configured, statement))
        return bool(configured)
    resource["primary_key"] = key
    reason = f"its primary_key is {', '.join(statement.fields)}, as the prose says"
    draft.log.assume(resource["name"], reason, key="primary_key", comment=FROM_TEXT)
    return True


def _list_inherited(resource: Json) -> set[str]:
    """List the fields that rows may have from their parents: what fills the path."""
    return {*list_names(str(resource["endpoint"].get("path")))}


def _compare_with_fields(draft: Draft, resource: Json, fields: Fields) -> None:
    """Log a key that the fields of the document lack: rows without it are rejected."""
    names = draft.list_key_fields(resource)
    known = fields.names | fields.mentioned
    lacking = [name for name in names if name.partition(".")[0] not in known]
    is_list = fields.names and not fields.is_partial
    if is_list and lacking and "primary_key" not in resource:
        reason = f"{', '.join(lacking)} of its primary_key is not among its fields in the document"
        draft.log.assume(resource["name"], reason)


def _unpack(fields: tuple[str, ...]) -> str | list[str]:
    return fields[0] if len(fields) == 1 else list(fields)


def drop_generated_keys(draft: Draft) -> None:
    """Drop the keys that steps make up, as those of a manifest: the next load has others."""
    for resource in draft.resources:
        holders = (draft.defaults, resource)
        steps = [step for holder in holders for step in holder.get("processing_steps") or []]
        keys = draft.list_key_fields(resource)
        is_replaced = _read_disposition(draft, resource) == "replace"
        made_up = [key for key in keys if is_of_clock(key, steps) and not is_replaced]
        if made_up and made_up == keys:
            reason = f"its key {', '.join(keys)} is made up at each load, so there is none"
            draft.log.assume(resource["name"], reason)
            resource["primary_key"] = None
            if _read_disposition(draft, resource):
                resource["write_disposition"] = "replace"
            _settle_disposition(draft, resource)
            _log_moving_cursor(draft, resource)
        elif made_up:
            reason = f"its key holds what is made up at each load ({', '.join(made_up)})"
            draft.log.assume(resource["name"], f"{reason}, so each adds rows")


def _log_moving_cursor(draft: Draft, resource: Json) -> None:
    """Log that a changed row is stored twice where its cursor moves out of a replaced window."""
    cursor = str((draft.find_incremental(resource) or {}).get("cursor_path", ""))
    if resource.get("write_disposition") == "merge" and OF_CHANGES.search(cursor.lower()):
        reason = f"both versions of a row whose {cursor} moves are kept"
        draft.log.assume(resource["name"], f"{reason}: declare a key, or incremental: null")


def _settle_disposition(draft: Draft, resource: Json) -> None:
    """Make a resource a snapshot if it has no key or is replaced."""
    name, endpoint = resource["name"], resource["endpoint"]
    if not draft.find_key(resource):
        if _keep_windows(draft, resource):
            return
        draft.log.assume(name, NO_KEY)
        # A snapshot gets no cursor that is only inferred.
        endpoint.pop("incremental", None)
        endpoint |= {"incremental": None} if "incremental" in draft.shared else {}
    elif _read_disposition(draft, resource) == "replace":
        draft.log.assume(name, "it is replaced, so it is loaded whole, without partitions")
        endpoint["incremental"] = None


def _read_disposition(draft: Draft, resource: Json) -> Any:
    raw = resource.get("write_disposition", draft.defaults.get("write_disposition"))
    return raw.get("disposition") if isinstance(raw, Mapping) else raw


def _keep_windows(draft: Draft, resource: Json) -> bool:
    """Keep the windows of a resource without a key whose requests send their bounds.

    Returns whether it has some: a load replaces the rows of its window.
    """
    merged = draft.merge_endpoint(resource)
    incremental = merged.get("incremental")
    has_cursor = isinstance(incremental, dict) and bool(incremental.get("cursor_path"))
    if not has_cursor or not find_sent_bounds(merged):
        return False
    resource["write_disposition"] = "merge"
    reason = "no primary key is stated: a load replaces the rows of its window"
    draft.log.assume(resource["name"], reason)
    return True

"""Fills what steps read of a parent's row or of the window; adds the fields of keys."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    adds_field,
    bind_field,
    bind_parent,
    changes_field,
    list_bindings,
    read_binding,
)
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_SLICE = re.compile(
    r"""\bstream_(?:partition|slice)(?:\.(?!get\b)|\[['"]|\.get\(['"])(\w+)(?:['"]\]|['"]\))?"""
)
_PLACEHOLDER = re.compile(
    r"(?<!\{)\{(?:resources\.)?(?:(?P<parent>[A-Za-z_]\w*)\.)?(?P<field>[A-Za-z_]\w*)\}(?!\})"
)
_BOUND = re.compile(
    r"""\bstream_(?:partition|slice|interval)(?:\.|\[['"]|\.get\(['"])(start|end)_(?:time|date)\b"""
    r"""(?:['"]\]|['"]\))?"""
)
_OF_WINDOW = re.compile(r"(?:start|end)_(?:time|date)|parent_slice|extra_fields")
"""What a partition has besides fields of parents."""


def bind_steps(draft: Draft, resource: Json, fields: Mapping[str, Fields]) -> None:
    """Fill what the steps of a resource read of others, and add the fields of its key.

    Args:
        fields: The fields of the prose.
    """
    _bind_placeholders(draft, resource)
    _add_key_fields(draft, resource)
    _bind_slices(draft, resource, fields)


def _add_key_fields(draft: Draft, resource: Json) -> None:
    """Add the fields of a composite key that are named like a binding, such as `order_id`.

    A bare `id` is that of the rows themselves.
    """
    fields = draft.list_key_fields(resource)
    for field in fields if len(fields) > 1 else []:
        if not read_stem(field) or changes_field(resource, field):
            continue
        name = find_param(resource, field)
        if name and (expression := bind_field(resource, name)):
            add_step(resource, {"add": {field: expression}})
            reason = f"{field} of its primary_key is added to its rows, from its parent"
            draft.log.assume(resource["name"], reason)


def find_param(resource: Json, field: str) -> str | None:
    """Find the parameter of a field: of its name, or of its parent's, as `order_id` of orders."""
    params = resource["endpoint"].get("params") or {}
    if field in params:
        return field
    for name, value in params.items():
        parent, source = read_binding(value)
        if field in {f"{word}_{source}" for word in list_singulars(parent)}:
            return name
    return None


def _bind_placeholders(draft: Draft, resource: Json) -> None:
    """Fill what added fields hold of a parent's row: `{orders.id}`; leave out the others."""
    steps = resource.get("processing_steps")
    if not isinstance(steps, list):
        return
    for step in steps:
        added = step.get("add") if isinstance(step, dict) else None
        for field, value in list(added.items()) if isinstance(added, dict) else ():
            text = value.get("value") if isinstance(value, dict) else value
            if isinstance(text, str) and (match := _PLACEHOLDER.search(text)):
                _bind_placeholder(draft, resource, step["add"], field, match)
    kept = [step for step in steps if step != {"add": {}}]
    resource["processing_steps"] = kept
    if not kept:
        del resource["processing_steps"]


def _bind_placeholder(
    draft: Draft, resource: Json, added: Json, field: str, match: re.Match[str]
) -> None:
    """Fill an added field by the parent's field that it names, or leave it out."""
    value = added.pop(field)
    kept = value if isinstance(value, dict) else {"type": "any"}
    if bound := _find_bound(draft, resource, match):
        added[field] = {**kept, "value": bound}
    else:
        key = f"processing_steps.add.{field}"
        draft.log.leave_out(resource["name"], key, f"nothing fills {match[0]}")


def _find_bound(draft: Draft, resource: Json, match: re.Match[str]) -> str | None:
    """Find what fills a placeholder: `{orders.id}`, `{parent.id}`, or the name of a parameter."""
    parent, field = match["parent"], match["field"]
    if match[0] != match.string:
        return None
    if parent is None:
        is_sent = field in (resource["endpoint"].get("params") or {})
        return bind_field(resource, field) if is_sent else None
    if parent == "parent" and parent not in draft.by_name:
        (parent, *others) = list_parents(draft, resource["name"]) or [""]
        parent = "" if others else parent
    return bind_parent(resource, parent, field) if parent in draft.by_name else None


def _bind_slices(draft: Draft, resource: Json, fields: Mapping[str, Fields]) -> None:
    """Name what steps read of the partition as the parameters do; drop what nothing fills."""
    steps = resource.get("processing_steps")
    if not isinstance(steps, list):
        return
    if find_sent_bounds(draft.merge_endpoint(resource)):
        steps = map_strings(steps, lambda text: _BOUND.sub(r"stream_interval.\1_time", text))
    bound: dict[str, str] = {}
    for name in dict.fromkeys(_SLICE.findall(str(steps))):
        if binding := _bind_slice(draft, resource, fields, name):
            bound[name] = binding.strip("{} ")
    kept = [part for step in steps if (part := _keep_filled(draft, resource, step, bound))]
    resource["processing_steps"] = [
        map_strings(step, lambda text: _rename_slices(text, bound)) for step in kept
    ]
    if not kept:
        del resource["processing_steps"]


def _keep_filled(draft: Draft, resource: Json, step: Any, bound: Mapping[str, str]) -> Any:
    """Return a step without the fields that nothing fills; None where nothing of it remains."""
    added = step.get("add") if isinstance(step, dict) else None
    if isinstance(added, dict) and not _find_unbound({**step, "add": {}}, bound):
        unfilled = {field: _find_unbound(value, bound) for field, value in added.items()}
        for field, name in unfilled.items():
            if name:
                key = f"processing_steps.add.{field}"
                draft.log.leave_out(resource["name"], key, f"nothing fills stream_partition.{name}")
        filled = {field: value for field, value in added.items() if not unfilled[field]}
        return {**step, "add": filled} if filled else None
    if name := _find_unbound(step, bound):
        fields = ", ".join(added) if isinstance(added, dict) else ""
        _leave_out(draft, resource, f".add.{fields}" if fields else "", name)
        return None
    return step


def _leave_out(draft: Draft, resource: Json, key: str, name: str) -> None:
    reason = f"nothing fills stream_partition.{name}"
    draft.log.leave_out(resource["name"], f"processing_steps{key}", reason)


def _find_unbound(part: Any, bound: Mapping[str, str]) -> str | None:
    """Find a name of the partition that a part of a step reads and nothing fills."""
    return next((name for name in _SLICE.findall(str(part)) if name not in bound), None)


def _bind_slice(
    draft: Draft, resource: Json, fields: Mapping[str, Fields], name: str
) -> str | None:
    """Bind what fills a name of the partition.

    Where a parent fills one value only, `payout_id` is the `id` of `payouts`, in whichever
    parameter it is sent.
    """
    if bound := bind_field(resource, name):
        return bound
    bindings = list_bindings(resource)
    (parent, field) = bindings.pop() if len(bindings) == 1 else ("", "")
    fitting = {f"{to_valid_name(word)}_{field}" for word in list_singulars(parent)}
    if to_valid_name(name) in fitting:
        return bind_parent(resource, parent, field)
    return _bind_field_of_parent(draft, resource, fields, name)


def _bind_field_of_parent(
    draft: Draft, resource: Json, fields: Mapping[str, Fields], name: str
) -> str | None:
    """Bind a field that the rows of the only parent are known to have."""
    parents = list_parents(draft, resource["name"])
    if len(parents) != 1 or _OF_WINDOW.fullmatch(name):
        return None
    (parent,) = parents
    row, known = draft.by_name[parent], fields.get(parent, Fields())
    has_own = name in {*draft.list_key_fields(row), *(known.names - known.holders.keys())}
    if not (adds_field(row, name) or (has_own and not changes_field(row, name))):
        return None
    bound = bind_parent(resource, parent, name)
    if bound:
        reason = f"stream_partition.{name} is the field {name} of {parent}"
        draft.log.assume(resource["name"], f"{reason}: no parameter is called so")
    return bound


def _rename_slices(text: str, bound: Mapping[str, str]) -> str:
    return _SLICE.sub(lambda match: bound[match[1]], text)

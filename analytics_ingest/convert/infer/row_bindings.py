"""Fills what steps read of a parent's row or of the window; adds the fields of keys."""

import re
from typing import Any

from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    bind_field,
    bind_parent,
    changes_field,
    list_bindings,
    read_binding,
)
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.plurals import list_singulars
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


def bind_steps(draft: Draft, resource: Json) -> None:
    """Fill what the steps of a resource read of others, and add the fields of its key."""
    _bind_placeholders(draft, resource)
    _add_key_fields(draft, resource)
    _bind_slices(draft, resource)


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


def _bind_slices(draft: Draft, resource: Json) -> None:
    """Name what steps read of the partition as the parameters do; drop steps that nothing fills."""
    steps = resource.get("processing_steps")
    if not isinstance(steps, list):
        return
    if find_sent_bounds(draft.merge_endpoint(resource)):
        steps = map_strings(steps, lambda text: _BOUND.sub(r"stream_interval.\1_time", text))
    kept: list[Any] = []
    for step in steps:
        names = {name: _bind_slice(resource, name) for name in _SLICE.findall(str(step))}
        if unbound := [name for name, binding in names.items() if binding is None]:
            reason = f"nothing fills stream_partition.{unbound[0]}"
            draft.log.leave_out(resource["name"], "processing_steps", reason)
            continue
        bound = {name: str(binding).strip("{} ") for name, binding in names.items()}
        kept.append(map_strings(step, lambda text, bound=bound: _rename_slices(text, bound)))
    resource["processing_steps"] = kept
    if not kept:
        del resource["processing_steps"]


def _bind_slice(resource: Json, name: str) -> str | None:
    """Bind what fills a name of the partition.

    Where a parent fills one value only, `payout_id` is the `id` of `payouts`, in whichever
    parameter it is sent.
    """
    if bound := bind_field(resource, name):
        return bound
    bindings = list_bindings(resource)
    (parent, field) = bindings.pop() if len(bindings) == 1 else ("", "")
    fitting = {f"{to_valid_name(word)}_{field}" for word in list_singulars(parent)}
    return bind_parent(resource, parent, field) if to_valid_name(name) in fitting else None


def _rename_slices(text: str, bound: dict[str, str]) -> str:
    return _SLICE.sub(lambda match: bound[match[1]], text)

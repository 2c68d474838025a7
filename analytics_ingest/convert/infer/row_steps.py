"""Steps of a resource in the making, and what fills a field of them: a parent's row, a window."""

import re
from collections.abc import Collection
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.draft import Json, build_parent_param, is_resolved

_PLACED = re.compile(r"\{resources\.(\w+)\.([\w.]+)\}")
_ROOT = re.compile(r"\brecord\['(\w+)'\]")


def changes_field(resource: Json, field: str) -> bool:
    """Return whether a step of a resource adds or removes a field."""
    steps = resource.get("processing_steps") or []
    return any(field in _list_changed(step) for step in steps)


def adds_field(resource: Json, field: str) -> bool:
    """Return whether a step of a resource adds a field, or gives another one its name."""
    steps = resource.get("processing_steps") or []
    return any(
        isinstance(names, dict) and field in (names if key == "add" else names.values())
        for step in steps
        for key, names in step.items()
        if key in ("add", "rename")
    )


def _list_lost(step: Json) -> list[str]:
    """List the fields that a step removes or renames, with those that hold them."""
    if not isinstance(step, dict) or "add" in step:
        return []
    lost = [str(path) for path in _list_changed(step)]
    return [root for path in lost for root in (path, path.partition(".")[0])]


def _list_changed(step: Json) -> Collection[str]:
    lifted = step.get("flatten_path") or {}
    is_removed = isinstance(lifted, dict) and lifted.get("delete_origin")
    if is_removed:
        return lifted.get("path") or ()
    renamed = step.get("rename") or {}
    names = [*renamed, *renamed.values()] if isinstance(renamed, dict) else []
    return names or step.get("add") or step.get("remove") or ()


def add_step(resource: Json, step: Json) -> None:
    """Add a step to a resource: a filter before the others, anything else behind them.

    A field is read before a step removes or renames it, in whichever order a text says so.
    """
    steps = resource.setdefault("processing_steps", [])
    read = set(_ROOT.findall(str(step.get("add", {}))))
    losing = (n for n, other in enumerate(steps) if read & {*_list_lost(other)})
    steps.insert(0 if "filter" in step else next(losing, len(steps)), step)


def bind_field(resource: Json, name: str) -> str | None:
    """Return an expression for what fills a placeholder or parameter of a resource.

    None where no field of a parent and no listed value does.
    """
    params = resource["endpoint"].get("params") or {}
    value = params.get(name)
    if isinstance(value, dict) and value.get("type") in ("resolve", "each"):
        return f"{{{{ stream_partition.{name} }}}}"
    sources = [param for param, sent in params.items() if read_binding(sent)[1] == name]
    if name not in params and len(sources) == 1:
        return bind_field(resource, sources[0])
    parent, field = read_binding(value) if name in params else _find_binding(resource, name)
    if not parent:
        return None
    return _add_binding(resource, f"parent_{name.removeprefix('parent_')}", parent, field)


def bind_parent(resource: Json, parent: str, field: str) -> str | None:
    """Return an expression for a field of a parent's row; None where that is not a parent."""
    params = resource["endpoint"].get("params") or {}
    fields = {
        source: name
        for name, value in params.items()
        for of, source in [read_binding(value)]
        if of == parent
    }
    if field in fields:
        return bind_field(resource, fields[field])
    if not fields and f"{{resources.{parent}." not in str(resource["endpoint"]):
        return None
    bound = f"parent_{field}"
    while bound in params:
        bound = f"parent_{bound}"
    return _add_binding(resource, bound, parent, field)


def _add_binding(resource: Json, name: str, parent: str, field: str) -> str:
    """Add a parameter that a field of the parent fills; return the expression that reads it."""
    params = resource["endpoint"].get("params") or {}
    resource["endpoint"]["params"] = {**params, name: build_parent_param(parent, field)}
    return f"{{{{ stream_partition.{name} }}}}"


def _find_binding(resource: Json, field: str) -> tuple[str, str]:
    """Find the parent of which a request holds a field; empty texts where several or none do."""
    texts = [text for text in walk(resource["endpoint"]) if isinstance(text, str)]
    named = rf"\{{resources\.(\w+)\.{re.escape(field)}\}}"
    parents = {parent for text in texts for parent in re.findall(named, text)}
    return (parents.pop(), field) if len(parents) == 1 else ("", "")


def list_bindings(resource: Json) -> set[tuple[str, str]]:
    """List the parents and their fields that fill parts of the requests of a resource."""
    parts = list(walk(resource["endpoint"]))
    resolved = {read_binding(part) for part in parts if is_resolved(part)}
    texts = [part for part in parts if isinstance(part, str)]
    return resolved | {pair for text in texts for pair in _PLACED.findall(text)}


def read_binding(value: Any) -> tuple[str, str]:
    """Read the parent and the field that fill a parameter; empty texts where none do."""
    if is_resolved(value):
        return str(value.get("resource")), str(value.get("field"))
    match = re.fullmatch(r"\{resources\.(\w+)\.([\w.]+)\}", str(value))
    return (match[1], match[2]) if match else ("", "")

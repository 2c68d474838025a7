"""Takes from the prose how rows change: a filter, fields that are removed, fields of the parent.

Only a sentence that says it clearly is taken. Another one about filters or transformations is
logged if the configuration has none of the resource.
"""

import re
from typing import Any

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.infer.matching import list_singulars, read_stem
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    bind_field,
    bind_parent,
    changes_field,
    read_binding,
)
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.lines import find_subject, iterate_lines_with_resource
from analytics_ingest.convert.prose.row_changes import (
    RowChange,
    is_on_changes,
    may_change_rows,
    read_row_change,
)
from analytics_ingest.convert.prose.sentences import split_clauses
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


def infer_row_changes(draft: Draft, document: Document) -> None:
    """Add the steps that sentences describe, and the fields of keys that only a parent has."""
    configured = {name: _has_steps(draft, name) for name in (None, *draft.by_name)}
    for line, named in iterate_lines_with_resource(document, draft.by_name):
        is_labelled = is_on_changes(line)
        name = named or draft.only_name or find_subject(line.text, draft.by_name)
        for sentence in [] if line.is_heading else split_clauses(line.text):
            change = read_row_change(line, sentence, is_labelled=is_labelled) if name else None
            if change and name and _take_change(draft, draft.by_name[name], change):
                continue
            is_change = may_change_rows(sentence, is_labelled=is_labelled)
            if is_change and not configured[name]:
                reason = "the prose speaks of rows that are filtered or changed"
                draft.log.assume(name, f"{reason}: declare processing_steps")
    for resource in draft.resources:
        _bind_placeholders(draft, resource)
        _add_key_fields(draft, resource)
        _bind_slices(draft, resource)


def _has_steps(draft: Draft, name: str | None) -> bool:
    """Return whether a resource, or any of them, has steps."""
    holders = [draft.by_name[name]] if name else draft.resources
    return any("processing_steps" in holder for holder in (draft.defaults, *holders))


def _take_change(draft: Draft, resource: Json, change: RowChange) -> bool:
    """Add what a sentence says to the steps of a resource; what they do already stays.

    Returns whether all of it is done.
    """
    own = {*draft.list_key_fields(resource), _find_cursor(draft, resource)}
    if own & {*change.removed, *change.renamed, *change.renamed.values()}:
        return False
    if change.filter:
        _take_filter(draft, resource, change.filter)
    removed = [name for name in change.removed if not changes_field(resource, name)]
    if removed:
        add_step(resource, {"remove": removed})
        draft.log.assume(resource["name"], f"{_join(removed)} removed, as the prose says")
    renamed = {k: v for k, v in change.renamed.items() if not changes_field(resource, k)}
    for old, new in renamed.items():
        add_step(resource, {"rename": {old: new}})
        draft.log.assume(resource["name"], f"{old} is renamed to {new}, as the prose says")
    copied = {k: v for k, v in change.copied.items() if not changes_field(resource, k)}
    if copied:
        add_step(resource, {"add": {k: {"value": v, "type": "any"} for k, v in copied.items()}})
        draft.log.assume(resource["name"], f"{_join(list(copied))} added, as the prose says")
    are_added = [_add_field(draft, resource, *item) for item in change.added.items()]
    return all(are_added)


def _find_cursor(draft: Draft, resource: Json) -> Any:
    incremental = draft.find_incremental(resource)
    return incremental.get("cursor_path") if isinstance(incremental, dict) else None


def _take_filter(draft: Draft, resource: Json, expression: str) -> None:
    if not _has_steps(draft, resource["name"]):
        add_step(resource, {"filter": expression})
        draft.log.assume(resource["name"], "its rows are filtered, as the prose says")
    elif not _holds_filter(draft, resource, expression):
        reason = "its processing_steps are as configured; the prose names another filter"
        draft.log.assume(resource["name"], reason)


def _holds_filter(draft: Draft, resource: Json, expression: str) -> bool:
    """Return whether the steps of a resource, or of all, hold a filter; blanks do not count."""
    holders = (draft.defaults, resource)
    steps = [step for holder in holders for step in holder.get("processing_steps") or []]
    filters = [str(step.get("filter")) for step in steps if isinstance(step, dict)]
    return _squeeze(expression) in map(_squeeze, filters)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text).replace('"', "'")


def _join(names: list[str]) -> str:
    return f"{', '.join(names)} {'are' if len(names) > 1 else 'is'}"


def _add_field(draft: Draft, resource: Json, field: str, value: str | None) -> bool:
    """Add a field whose value an expression gives, or a binding of its name."""
    if changes_field(resource, field):
        return True
    expression = value if value and strip_braces(value) else bind_field(resource, field)
    if expression is None:
        return False
    add_step(resource, {"add": {field: expression}})
    draft.log.assume(resource["name"], f"{field} is added to its rows, as the prose says")
    return True


def _add_key_fields(draft: Draft, resource: Json) -> None:
    """Add the fields of a composite key that are named like a binding, such as `order_id`.

    A bare `id` is that of the rows themselves.
    """
    fields = draft.list_key_fields(resource)
    for field in fields if len(fields) > 1 else []:
        if not read_stem(field) or changes_field(resource, field):
            continue
        name = _find_param(resource, field)
        if name and (expression := bind_field(resource, name)):
            add_step(resource, {"add": {field: expression}})
            reason = f"{field} of its primary_key is added to its rows, from its parent"
            draft.log.assume(resource["name"], reason)


def _find_param(resource: Json, field: str) -> str | None:
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
        names = {name: bind_field(resource, name) for name in _SLICE.findall(str(step))}
        if unbound := [name for name, binding in names.items() if binding is None]:
            reason = f"nothing fills stream_partition.{unbound[0]}"
            draft.log.leave_out(resource["name"], "processing_steps", reason)
            continue
        bound = {name: str(binding).strip("{} ") for name, binding in names.items()}
        kept.append(map_strings(step, lambda text, bound=bound: _rename_slices(text, bound)))
    resource["processing_steps"] = kept
    if not kept:
        del resource["processing_steps"]


def _rename_slices(text: str, bound: dict[str, str]) -> str:
    return _SLICE.sub(lambda match: bound[match[1]], text)

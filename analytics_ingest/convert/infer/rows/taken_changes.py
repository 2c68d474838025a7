"""Adds what the prose says of the rows of a resource to its steps."""

import re

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.common.json_tree import walk
from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json, is_resolved
from analytics_ingest.convert.infer.declared_parents import include_field, list_parents
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    adds_field,
    bind_field,
    bind_parent,
    changes_field,
    read_binding,
)
from analytics_ingest.convert.infer.rows.row_bindings import find_param
from analytics_ingest.convert.infer.rows.sent_values import find_sent_value
from analytics_ingest.convert.prose.rows.row_changes import RowChange, RowStatement

_STEP = re.compile(r"\['(\w+)'\]")


def has_steps(draft: Draft, name: str | None) -> bool:
    """Return whether a resource, or any of them, has steps."""
    holders = [draft.by_name[name]] if name else draft.resources
    return any("processing_steps" in holder for holder in (draft.defaults, *holders))


def is_done_by_children(
    draft: Draft, name: str | None, statement: RowStatement, known: set[str]
) -> bool:
    """Return whether all children of a resource add what a statement names: the id of their parent.

    Each child record receives the `budget_id` of its budget     not of a field of `budgets`

    Args:
        known: The fields of the resource.
    """
    children = [r for r in draft.resources if name and name in list_parents(draft, r["name"])]
    added, stems = statement.list_fields(), list_singulars(name or "")
    are_of_it = all(
        field not in known and not list_singulars(read_stem(field)).isdisjoint(stems)
        for field in added
    )
    is_open = statement.change is None and not statement.is_on_unloaded and bool(children)
    are_added = all(adds_field(child, field) for child in children for field in added)
    return bool(added) and is_open and are_of_it and are_added


def take_change(draft: Draft, resource: Json, change: RowChange, *, is_filtered: bool) -> bool:
    """Add what a sentence says to the steps of a resource; what they do already stays.

    Args:
        is_filtered: Whether the configuration filters the rows.

    Returns:
        Whether all of it is done.
    """
    needed = _list_needed(draft, resource)
    lost = {path for path, is_lost in change.flattened.items() if is_lost}
    lost |= {*change.removed, *change.renamed, *change.renamed.values(), *change.constants}
    read = tuple(".".join(_STEP.findall(value)) for value in change.copied.values())
    if _is_needed(lost, needed) or _is_around_rows(draft, resource, (*change.removed, *read)):
        return False
    if not _take_filter(draft, resource, change, is_filtered=is_filtered):
        return False
    _change_fields(draft, resource, change)
    are_added = [_add_field(draft, resource, *item) for item in change.added.items()]
    are_added += [_add_from_parent(draft, resource, *i) for i in change.from_parents.items()]
    are_added += [_include(draft, resource, *pair) for pair in change.included]
    return all(are_added)


def _change_fields(draft: Draft, resource: Json, change: RowChange) -> None:
    """Add the steps on fields of the row itself."""
    copied = {k: v for k, v in change.copied.items() if not changes_field(resource, k)}
    if change.may_be_own:
        copied = {name: _prefer(value, name) for name, value in copied.items()}
    if copied:
        step = {"add": {k: {"value": v, "type": "any"} for k, v in copied.items()}}
        add_stated_step(draft, resource, step, f"{_join(list(copied))} added")
    _flatten(draft, resource, change.flattened)
    removed = [name for name in change.removed if not changes_field(resource, name)]
    if removed:
        add_stated_step(draft, resource, {"remove": removed}, f"{_join(removed)} removed")
    for old, new in change.renamed.items():
        if not changes_field(resource, old):
            add_stated_step(draft, resource, {"rename": {old: new}}, f"{old} is renamed to {new}")
    for name, text in change.constants.items():
        if not changes_field(resource, name):
            add_stated_step(draft, resource, {"add": {name: text}}, f"{name} is set to {text}")


def _prefer(expression: str, field: str) -> str:
    """Return an expression that gives the row's own field where the row lacks the object."""
    return f"{{{{ {strip_braces(expression)} | default(record['{field}']) }}}}"


def add_stated_step(draft: Draft, resource: Json, step: Json, what: str) -> None:
    """Add a step that the prose states, and log what it does."""
    comment = "" if has_steps(draft, resource["name"]) else FROM_TEXT
    add_step(resource, step)
    reason = f"{what}, as the prose says"
    draft.log.assume(resource["name"], reason, key="processing_steps", comment=comment)


def _list_needed(draft: Draft, resource: Json) -> set[str]:
    """List the fields that the key, the cursor and the children of a resource read."""
    incremental = draft.find_incremental(resource)
    cursor = incremental.get("cursor_path") if isinstance(incremental, dict) else None
    texts = [str(r["endpoint"]) for r in draft.resources]
    placed = {f for text in texts for f in _find_placed(text, resource["name"])}
    params = [part for r in draft.resources for part in walk(r["endpoint"]) if is_resolved(part)]
    sent = {str(p.get("field")) for p in params if p.get("resource") == resource["name"]}
    return {*draft.list_key_fields(resource), str(cursor), *sent, *placed}


def _find_placed(text: str, name: str) -> list[str]:
    return re.findall(rf"\{{resources\.{re.escape(name)}\.([\w.]+)\}}", text)


def _is_needed(lost: set[str], needed: set[str]) -> bool:
    """Return whether one of the fields, or what is in it, is needed."""
    return any(f"{field}.".startswith(f"{path}.") for path in lost for field in needed)


def _is_around_rows(draft: Draft, resource: Json, paths: tuple[str, ...]) -> bool:
    """Return whether the object that one of the paths begins with may be what holds the rows."""
    selector = str(draft.merge_endpoint(resource).get("data_selector") or "")
    holders = {path.partition(".")[0] for path in paths if "." in path}
    return not holders.isdisjoint(re.findall(r"\w+", selector))


def _take_filter(draft: Draft, resource: Json, change: RowChange, *, is_filtered: bool) -> bool:
    """Add a filter, unless the configuration has one; return whether it holds, or is logged."""
    field, expression = change.of_field, change.filter
    if expression is None:
        return True
    if field and adds_field(resource, field.partition(".")[0]):
        return False  # A filter comes first: it does not see what the other steps add.
    filters = list_filters(draft, resource)
    reads_field = field and re.compile(rf"\b{re.escape(field.rpartition('.')[2])}\b")
    if _squeeze(expression) in map(_squeeze, filters):
        return True
    if is_filtered and not (reads_field and any(map(reads_field.search, filters))):
        reason = "its processing_steps are as configured; the prose names another filter"
        draft.log.assume(resource["name"], reason)
    elif not is_filtered:
        add_stated_step(draft, resource, {"filter": expression}, "its rows are filtered")
    return True


def _flatten(draft: Draft, resource: Json, flattened: dict[str, bool]) -> None:
    for path, is_removed in flattened.items():
        if not changes_field(resource, path):
            step: Json = {
                "path": path.split("."),
                **({"delete_origin": True} if is_removed else {}),
            }
            what = f"the fields of {path} are moved to the top level"
            add_stated_step(draft, resource, {"flatten_path": step}, what)


def list_filters(draft: Draft, resource: Json) -> list[str]:
    """List the filters among the steps of a resource, or of all."""
    holders = (draft.defaults, resource)
    steps = [step for holder in holders for step in holder.get("processing_steps") or []]
    return [str(step["filter"]) for step in steps if isinstance(step, dict) and "filter" in step]


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text).replace('"', "'")


def _join(names: list[str]) -> str:
    return f"{', '.join(names)} {'are' if len(names) > 1 else 'is'}"


def _add_field(draft: Draft, resource: Json, field: str, value: str | None) -> bool:
    """Add a field whose value an expression gives, or a binding of its name."""
    if changes_field(resource, field):
        return True
    if value and strip_braces(value):
        add_stated_step(draft, resource, {"add": {field: value}}, f"{field} is added to its rows")
        return True
    if _is_own_key(draft, resource, field):
        return False
    bound = _bind(resource, field) or find_sent_value(draft, resource, field)
    return _add_bound(draft, resource, field, bound)


def _is_own_key(draft: Draft, resource: Json, field: str) -> bool:
    """Return whether a field is a key `id` of the rows, which is not that of the parent."""
    return not read_stem(field) and field in draft.list_key_fields(resource)


def _bind(resource: Json, field: str) -> str | None:
    """Bind what fills the parameter of a field's name, or of its parent's: `order_id`."""
    name = find_param(resource, field) if read_stem(field) else None
    return bind_field(resource, name or field)


def _add_bound(draft: Draft, resource: Json, field: str, expression: str | None) -> bool:
    """Add what fills a parameter, of whichever type it is; return whether something does."""
    if expression:
        step = {"add": {field: {"value": expression, "type": "any"}}}
        add_stated_step(draft, resource, step, f"{field} is added to its rows")
    return expression is not None


def _add_from_parent(draft: Draft, resource: Json, field: str, source: tuple[str, str]) -> bool:
    """Add a field of the parent's row, or its key; return whether that is a parent."""
    parents = [source[0]] if source[0] else list_parents(draft, resource["name"])
    if len(parents) != 1:
        return False
    (parent,), named = parents, source[1]
    key = draft.find_key(draft.by_name[parent])
    of = named or (key if isinstance(key, str) else "")
    if changes_field(resource, field):
        return True
    if not of or _is_own_key(draft, resource, field):
        return False
    return _add_bound(draft, resource, field, bind_parent(resource, parent, of))


def _include(draft: Draft, resource: Json, parent: str, field: str) -> bool:
    """Store a field of the parent's row with each row, under dlt's name; return whether it is."""
    name = resource["name"]
    if list_parents(draft, name) != [parent]:
        return False
    resource = draft.by_name[name]
    bound, source = read_binding((resource["endpoint"].get("params") or {}).get(field))
    if bound == parent and source != field and read_stem(field):
        # The parent's rows have it by another name, the placeholder of the child by this one.
        return _add_field(draft, resource, field, None)
    if field in resource.get("include_from_parent", []):
        return True
    brought = include_field(draft, name, parent, field)
    reason = f"its rows hold {field} of {parent} as {brought}, as the prose says"
    draft.log.assume(name, reason, key="include_from_parent", comment=FROM_TEXT)
    return True

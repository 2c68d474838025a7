"""Adds what fills a placeholder to rows where a clause in any words adds a field of its name.

The `order_id` of the parent is added to each record      Rows of `lines` inherit the `order_id`
For `lines` a field `order_id` is added from the order, and for `visits` a field `user_id`

The fields of the document show which rows have it; what fills `/orders/{order_id}/lines` is known.
"""

import re
from collections.abc import Collection, Mapping

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.infer.row_steps import bind_field, changes_field, read_binding
from analytics_ingest.convert.infer.rows.row_bindings import find_param
from analytics_ingest.convert.infer.rows.taken_changes import add_stated_step
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.rows.row_changes import RowStatement
from analytics_ingest.convert.prose.rows.untaken_changes import UnreadStatement

_CHILDREN = re.compile(
    r"\b(?:child(?:ren)?|sub-?resources?|(?:child|dependent) (?:resources?|records?|rows?))\b"
)
"""What names the children of a resource as a group."""
_BY_CONDITION = re.compile(r"\b(?:some|most|several|certain|except|but|other than)\b")


def take_placeholders(
    draft: Draft, statement: RowStatement, fields: Mapping[str, Fields]
) -> Collection[str | None]:
    """Add the placeholders that an unread statement names to the rows of its resources.

    Of several resources, each takes those of its own path. Nothing is added unless each resource
    has one, and nothing else is named but the fields of the parents that fill them: any other may
    be what fills them, too.

    Returns the resources of the statement, None among them, if it is done; else nothing.
    """
    if not isinstance(statement, UnreadStatement) or statement.is_sensitive or not statement.adds:
        return ()
    if _CHILDREN.search(statement.text) and (done := _take_of_children(draft, statement, fields)):
        return done
    names = _list_resources(draft, statement, fields)
    meant = {name: _list_meant(draft.by_name[name], statement, fields) for name in names}
    known = {field for listed in meant.values() for pair in listed.items() for field in pair}
    if not names or not all(meant.values()) or not {*statement.fields} <= {*names, *known}:
        return ()
    if not _are_in_order(meant, statement):
        return ()
    for name, listed in meant.items():
        for field in listed:
            _add(draft, draft.by_name[name], field)
    return {None, *statement.resources}


def _take_of_children(
    draft: Draft, statement: UnreadStatement, fields: Mapping[str, Fields]
) -> Collection[str | None]:
    """Add the placeholder that a statement names to the rows of all children of its parent.

    A statement that names a resource besides the parent is not on all of them, and that on a field
    which the parent lists may be on the parent itself.
    """
    if len(statement.fields) != 1 or _BY_CONDITION.search(statement.text):
        return ()
    (field,) = statement.fields
    params = {name: find_param(row, field) for name, row in draft.by_name.items()}
    bound = {
        name: read_binding(draft.by_name[name]["endpoint"]["params"][param])
        for name, param in params.items()
        if param
    }
    parents = {parent for parent, source in bound.values() if source}
    children = [name for name in draft.by_name if not parents.isdisjoint(list_parents(draft, name))]
    is_of_other = not {*statement.resources} <= parents
    is_of_other |= any(field in fields.get(name, Fields()).names for name in parents)
    if len(parents) != 1 or is_of_other or not {*children} <= bound.keys():
        return ()
    for name in children:
        _add(draft, draft.by_name[name], field)
    return {None, *statement.resources}


def _list_resources(
    draft: Draft, statement: UnreadStatement, fields: Mapping[str, Fields]
) -> list[str]:
    """List the resources of a statement, with those that it marks among its fields."""
    own = [name for name in statement.resources if name in draft.by_name]
    known = {field for name in own for field in fields.get(name, Fields()).names}
    marked = [name for name in statement.fields if name in draft.by_name and name not in known]
    return list(dict.fromkeys([*own, *marked]))


def _list_meant(
    resource: Json, statement: UnreadStatement, fields: Mapping[str, Fields]
) -> dict[str, str]:
    """Map the named fields that fill a request of a resource to the fields of its parents.

    Only those that are columns too, or that a clause takes from the parent.
    """
    known = fields.get(resource["name"], Fields()).names
    is_of_parent = "parent" in statement.text
    params = resource["endpoint"].get("params") or {}
    bound = {field: find_param(resource, field) for field in statement.fields if read_stem(field)}
    sources = {field: read_binding(params.get(param))[1] for field, param in bound.items()}
    return {
        field: source
        for field, source in sources.items()
        if source and (field in known or (is_of_parent and not known))
    }


def _are_in_order(meant: Mapping[str, Mapping[str, str]], statement: UnreadStatement) -> bool:
    """Return whether a clause names resources in the order of their fields, as it pairs them."""
    marks = [to_valid_name(mark) for mark in statement.marks]
    named = sorted((marks.index(name), name) for name in meant if name in marks)
    places = [statement.fields.index(next(iter(meant[name]))) for _, name in named]
    return places == sorted(places)


def _add(draft: Draft, resource: Json, field: str) -> None:
    param = None if changes_field(resource, field) else find_param(resource, field)
    if param and (expression := bind_field(resource, param)):
        step = {"add": {field: {"value": expression, "type": "any"}}}
        what = f"the {field} of its request is added to its rows, in place of any of their own"
        add_stated_step(draft, resource, step, what)

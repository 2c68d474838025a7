"""Adds what fills a placeholder to rows where a clause in any words adds a field of its name.

The `order_id` of the parent is added to each record      Rows of `lines` inherit the `order_id`

The fields of the document show that rows have it; what fills `/orders/{order_id}/lines` is known.
"""

from collections.abc import Mapping

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.infer.row_steps import bind_field, changes_field, read_binding
from analytics_ingest.convert.infer.taken_changes import add_stated_step
from analytics_ingest.convert.prose.fields import Fields
from analytics_ingest.convert.prose.row_changes import RowStatement
from analytics_ingest.convert.prose.untaken_changes import UnreadStatement


def take_placeholders(
    draft: Draft, name: str | None, statement: RowStatement, fields: Mapping[str, Fields]
) -> bool:
    """Add the placeholders that an unread statement names to the rows of a resource.

    Returns whether it names nothing else, but for the fields of the parent that fill them: any
    other may be what fills them, too.
    """
    is_addition = isinstance(statement, UnreadStatement) and statement.adds
    resource = draft.by_name.get(name or "")
    if resource is None or statement.change or statement.is_sensitive or not is_addition:
        return False
    meant = _list_meant(resource, statement, fields)
    sources = {read_binding(resource["endpoint"]["params"][field])[1] for field in meant}
    if not meant or not {*statement.fields} <= {*meant, *sources}:
        return False
    for field in meant:
        _add(draft, resource, field)
    return True


def _list_meant(resource: Json, statement: RowStatement, fields: Mapping[str, Fields]) -> list[str]:
    """List the placeholders that are columns too, or that a clause takes from the parent."""
    known = fields.get(resource["name"], Fields()).names
    is_of_parent = isinstance(statement, UnreadStatement) and "parent" in statement.text
    params = resource["endpoint"].get("params") or {}
    return [
        field
        for field in statement.fields
        if read_binding(params.get(field))[0]
        and read_stem(field)
        and (field in known or (is_of_parent and not known))
    ]


def _add(draft: Draft, resource: Json, field: str) -> None:
    expression = None if changes_field(resource, field) else bind_field(resource, field)
    if expression:
        step = {"add": {field: {"value": expression, "type": "any"}}}
        what = f"the {field} of its request is added to its rows, in place of any of their own"
        add_stated_step(draft, resource, step, what)

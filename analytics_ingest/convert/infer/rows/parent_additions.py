"""Finds the rows to which a sentence adds a field of their parent, where it names only the parent.

`lines` is requested once per order. The id of the order is added to each record as `order_id`.
"""

from collections.abc import Mapping
from dataclasses import replace

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.rows.row_changes import RowStatement


def place_addition(
    draft: Draft, fields: Mapping[str, Fields], statement: RowStatement
) -> RowStatement:
    """Return a statement with the child that its line names, else the one that has the field.

    A child that lists its fields, and the added one is not among them, is not meant for sure.
    """
    change, near = statement.change, statement.near
    if statement.resources or change is None or not change.from_parents:
        return statement
    children = [name for name in draft.by_name if _is_child(draft, name, statement)]
    known = [n for n in children if not fields.get(n, Fields()).names.isdisjoint(change.fields)]
    if near in children and (near in known or not known):
        return replace(statement, resources=(near,))
    if len(known) == 1 and near not in children:
        return replace(statement, resources=(known[0],))
    resources = (near,) if near else ()
    return replace(statement, resources=resources, change=None, fields=change.fields)


def _is_child(draft: Draft, name: str, statement: RowStatement) -> bool:
    """Return whether the rows of a resource have the parents of a statement, or the only one."""
    of = (
        {parent for parent, _ in statement.change.from_parents.values()} if statement.change else {}
    )
    parents = list_parents(draft, name)
    return all(parent in parents if parent else len(parents) == 1 for parent in of)

"""Refuses `parents: changed` where the windows of child and parent cannot decide what is asked."""

from collections.abc import Mapping

from analytics_ingest.declaration.parents import ALL_ROWS
from analytics_ingest.declaration.resolved import ResourceDeclaration


def check_asked_parents(resources: Mapping[str, ResourceDeclaration]) -> None:
    """Check that a resource and its parent have cursors where only changed parents are asked.

    Raises:
        DeclarationError: It has several parents, or one of the two lacks what `changed` needs.
    """
    for resource in resources.values():
        if problem := _find_problem(resource, resources):
            raise resource.place.build_error("parents", f"changed {problem}")


def _find_problem(
    resource: ResourceDeclaration, resources: Mapping[str, ResourceDeclaration]
) -> str | None:
    if not resource.parent or not resource.declared.parents.changed:
        return None
    if len(resource.parents) > 1:
        return "needs one parent, and there are several; remove it"
    parent = resources[resource.parent.resource]
    if resource.parent.group == ALL_ROWS:
        return f"cannot hold here: the rows of {parent.name} name the fields of each request"
    if parent.incremental is None:
        return (
            f"needs a cursor of the parent, and {parent.name} is a snapshot; declare its "
            "primary_key and incremental, or remove this"
        )
    if resource.incremental is None:
        cursor = parent.incremental.cursor_path
        rows = "" if resource.is_merged else " and would drop the rows of the other parents"
        return (
            f"needs a cursor of the resource: a snapshot is loaded whole{rows}; declare "
            f"incremental, or take the parent's cursor: include_from_parent: [{cursor}] and "
            f"incremental: {{cursor_path: _{parent.name}_{cursor}}}"
        )
    if resource.replaces_window:
        return (
            "needs a primary_key of the resource: without it a load replaces all rows of its "
            "window, and would drop those of the other parents; declare it, or remove this"
        )
    return None

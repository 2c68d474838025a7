"""Rows of a parent that have no listing: why none was opened, or may be missing."""

from http import HTTPStatus

from analytics_ingest.declaration.parents import Parent
from analytics_ingest.declaration.resolved import ResourceDeclaration


def is_missing_listing(resource: ResourceDeclaration, status: int | None) -> bool:
    """Return whether an error status says that a row of the parent has no children.

    Of a group some rows may have some, and the result of a completed job is there.
    """
    is_grouped = any(parent.group for parent in resource.parents)
    may_lack = bool(resource.parents) and not is_grouped and resource.endpoint.job is None
    return may_lack and status == HTTPStatus.NOT_FOUND


def describe_skipped(resource: ResourceDeclaration, skipped: int) -> str:
    """Say of how many rows of the parent a resource was not requested, and why."""
    if len(resource.parents) != 1:
        names = " or ".join(parent.resource for parent in resource.parents)
        return (
            f"{skipped} rows of {names} lack a field that the requests of {resource.name} need, so "
            "it was not requested for these"
        )
    return describe_skipped_of(resource, resource.parents[0], skipped)


def describe_skipped_of(resource: ResourceDeclaration, parent: Parent, skipped: int) -> str:
    """Say the same of one of several parents."""
    fields = ", ".join(dict.fromkeys(f"'{field}'" for _, field in parent.bindings))
    rows, have, their = ("row", "has", "its") if skipped == 1 else ("rows", "have", "their")
    comma = ", with a comma" if parent.group else ""
    return (
        f"{skipped} {rows} of {parent.resource} {have} no usable {fields} "
        f"(missing, empty{comma}, '.' or '..'), so {their} {resource.name} were not requested"
    )

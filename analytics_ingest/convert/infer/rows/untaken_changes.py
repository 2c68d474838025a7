"""Logs what clauses say of rows and no step does."""

from collections.abc import Collection

from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.row_steps import adds_field, changes_field
from analytics_ingest.convert.infer.rows.taken_changes import is_done_by_children, list_filters
from analytics_ingest.convert.prose.rows.row_changes import RowStatement
from analytics_ingest.convert.prose.rows.untaken_changes import UnreadStatement

_MOST_FIELDS = 12
_LOSING = ("remove", "rename", "filter", "flatten_path", "map", "keep")
"""Steps after which something of the rows is gone."""


def log_untaken(
    draft: Draft,
    name: str | None,
    statement: RowStatement,
    known: set[str],
    configured: Collection[str | None],
) -> None:
    """Log a statement on rows, unless steps do what it says.

    Args:
        name: The resource; None where the clause does not say which.
        known: The fields of the resource.
        configured: The resources that have steps in the document, and None if one has.
    """
    is_done = _is_done(draft, name, statement, is_configured=name in configured)
    if not (is_done or is_done_by_children(draft, name, statement, known)):
        _log(draft, name, statement)


def _is_done(
    draft: Draft, name: str | None, statement: RowStatement, *, is_configured: bool
) -> bool:
    """Return whether steps, those of the configuration or others, do what a statement says."""
    resource, names = draft.by_name.get(name or ""), statement.list_fields()
    if resource and statement.is_on_unloaded:
        return is_configured or bool(list_filters(draft, resource))
    if resource is None or not names:
        return is_configured
    if isinstance(statement, UnreadStatement) and statement.keeps(_list_included(resource)):
        return True
    if statement.is_sensitive:
        return is_configured and all(changes_field(resource, field) for field in names)
    if isinstance(statement, UnreadStatement) and statement.removes:
        return is_configured and _loses_something(draft, resource)
    is_added = statement.change is None and all(adds_field(resource, field) for field in names)
    return is_configured or is_added


def _list_included(resource: Json) -> set[str]:
    included = resource.get("include_from_parent")
    return {*map(str, included)} if isinstance(included, list) else set()


def _loses_something(draft: Draft, resource: Json) -> bool:
    """Return whether a step of a resource may be what a text calls a removal."""
    steps = [s for holder in (draft.defaults, resource) for s in holder.get("processing_steps", [])]
    return any(not isinstance(step, dict) or set(step) & {*_LOSING} for step in steps)


def _log(draft: Draft, name: str | None, statement: RowStatement) -> None:
    if statement.is_on_unloaded:
        reason = "the prose speaks of rows that are not loaded"
        draft.log.assume(name, f"{reason}: declare a filter in processing_steps")
        return
    listed = abbreviate(list(statement.list_fields()), most=_MOST_FIELDS)
    names = f", and names {listed}" if listed else ""
    reason = f"the prose speaks of rows that are filtered or changed{names}"
    if listed and statement.is_sensitive:
        verb = "are" if len(statement.list_fields()) > 1 else "is"
        reason = f"the prose hides personal or sensitive values, but {listed} {verb} loaded"
    draft.log.assume(name, f"{reason}: declare processing_steps")

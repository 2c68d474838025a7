"""Adds the fields that the document adds in the same way as those of another resource."""

from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.row_steps import add_step, changes_field
from analytics_ingest.convert.infer.rows.taken_changes import has_steps
from analytics_ingest.convert.prose.rows.same_additions import SameAddition, read_same_additions
from analytics_ingest.convert.prose.text.passages import Prose


def repeat_additions(draft: Draft, prose: Prose) -> None:
    """Add each field as the steps of the other resource do, unless they read its parent."""
    for stated in read_same_additions(prose):
        resource = draft.by_name[stated.resource]
        value = _find_value(draft.by_name[stated.like], stated)
        if value is not None and not changes_field(resource, stated.field):
            _add(draft, resource, stated, value)


def _find_value(resource: Json, stated: SameAddition) -> Any:
    steps = resource.get("processing_steps") or []
    added = [step["add"] for step in steps if isinstance(step, dict) and step.get("add")]
    values = [fields[stated.field] for fields in added if stated.field in fields]
    is_sure = len(values) == 1 and "stream_" not in str(values[0])
    return values[0] if is_sure else None


def _add(draft: Draft, resource: Json, stated: SameAddition, value: Any) -> None:
    comment = "" if has_steps(draft, stated.resource) else FROM_TEXT
    add_step(resource, {"add": {stated.field: value}})
    reason = f"{stated.field} is added to its rows as to those of {stated.like}, as the prose says"
    draft.log.assume(stated.resource, reason, key="processing_steps", comment=comment)

"""Decides which fields of nested lists rows have themselves: those of an object are in its column.

- `owner`: object
  - `name`: string
"""

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.fields import Fields

_ROWS = frozenset(
    {"data", "record", "row", "item", "element", "entry", "object", "result", "value", "response"}
    | {"body", "payload", "content", "field", "schema", "property"}
)
"""Names of what is around rows, or of rows, not of one of their fields."""


def select_own_types(draft: Draft, resource: Json, fields: Fields) -> dict[str, str]:
    """Select the fields that rows have, with their types.

    An object from which the rows are taken or filled is around them, and so may be one without
    others beside it, unless the selector shows that it is not. One of which steps copy single
    fields is a column, and these are columns beside it.
    """
    used = _list_used(draft, resource)
    inner = {
        name
        for name, holder in fields.holders.items()
        if name not in used and _is_column(draft, resource, fields, holder)
    }
    beside = [name for name in fields.types if name not in fields.holders]
    if not beside or (len(beside) == 1 and _may_be_row(draft, resource, fields, beside[0])):
        return fields.types
    return {name: kind for name, kind in fields.types.items() if name not in inner}


def _may_be_row(draft: Draft, resource: Json, fields: Fields, only: str) -> bool:
    """Return whether the only field that is not in another one may be around the rows.

    A document that lists what a row has below its name names it so, or its key is in it.
    """
    selector = str(draft.merge_endpoint(resource).get("data_selector") or "")
    of_rows = {resource["name"], *list_singulars(resource["name"]), *_ROWS}
    of_rows |= {form for step in selector.split(".") for form in list_singulars(step)}
    is_named = not list_singulars(to_valid_name(only)).isdisjoint(of_rows)
    return not selector or is_named or not _list_used(draft, resource).isdisjoint(fields.holders)


def _is_column(draft: Draft, resource: Json, fields: Fields, holder: str) -> bool:
    """Return whether an object is a field of the rows that no step takes apart."""
    selector = draft.merge_endpoint(resource).get("data_selector")
    path = str(selector or "").split(".")
    is_known = bool(selector) or not fields.types.get(holder, "").startswith("array")
    steps = str([{k: v for k, v in s.items() if k != "add"} for s in _list_steps(draft, resource)])
    return is_known and holder in fields.types and holder not in path and f"'{holder}'" not in steps


def _list_steps(draft: Draft, resource: Json) -> list[Json]:
    listed = [holder.get("processing_steps") for holder in (draft.defaults, resource)]
    return [step for steps in listed for step in steps or [] if isinstance(step, dict)]


def _list_used(draft: Draft, resource: Json) -> set[str]:
    """List the fields that the key and the cursor of a resource are, and those that steps add."""
    added = [step["add"] for step in _list_steps(draft, resource) if "add" in step]
    names = {name for fields in added if isinstance(fields, dict) for name in fields}
    incremental = draft.find_incremental(resource)
    cursor = incremental.get("cursor_path") if isinstance(incremental, dict) else None
    return {*draft.list_key_fields(resource), str(cursor), *names}

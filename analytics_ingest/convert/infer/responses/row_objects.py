"""Takes a whole response for the row where all fields that the API can give it are lists.

`audio_genres`: `uuid` (string), `data` (array)     and `uuid` is added: the response holds `data`

Of the elements of such a list the fields would be others. That the schema lists an added field
shows that it is one of rows, not of what is around them.
"""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields.fields import Fields


def infer_row_objects(draft: Draft, fields: Mapping[str, Fields]) -> None:
    """Add the selector of resources of which the schema says that a list is a field of the row."""
    for resource in draft.resources:
        is_open = "data_selector" not in draft.merge_endpoint(resource)
        names = _list_own(draft, resource, fields.get(resource["name"], Fields()))
        if is_open and names:
            resource["endpoint"]["data_selector"] = "$"
            listed = ", ".join(names)
            reason = f"data_selector is $, as the list {listed} is a field of its rows"
            key = "endpoint.data_selector"
            draft.log.assume(resource["name"], reason, key=key, comment=FROM_TEXT)


def _list_own(draft: Draft, resource: Json, known: Fields) -> list[str]:
    """List the fields that no step adds, beside others that one does; none if one is not a list."""
    added = _list_added(draft, resource)
    own = [name for name in known.types if name not in added]
    are_lists = all(known.types[name].rstrip("?") == "array" for name in own)
    is_whole = not (known.untyped | known.unions.keys() | known.holders.keys())
    return own if are_lists and is_whole and not added.isdisjoint(known.types) else []


def _list_added(draft: Draft, resource: Json) -> set[str]:
    """List the fields that steps add."""
    steps = resource.get("processing_steps") or draft.defaults.get("processing_steps") or []
    added = (step.get("add") for step in steps if isinstance(step, dict))
    return {name for names in added if isinstance(names, dict) for name in names}

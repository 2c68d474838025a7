"""Fills query parameters with fields of a parent's rows, as the prose says."""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.requests.parent_values import ParentValue, read_parameter_values
from analytics_ingest.convert.prose.text.passages import Prose


def infer_parent_parameters(draft: Draft, prose: Prose) -> None:
    """Fill the parameters that sentences name, of resources that have no other parent."""
    by_child: dict[str, set[ParentValue]] = {}
    for value in read_parameter_values(prose):
        by_child.setdefault(str(value.child), set()).add(value)
    for child, stated in by_child.items():
        resource = draft.by_name[child]
        values = {value for value in stated if not _is_declared(draft, resource, value)}
        if not values:
            continue
        if len(values) > 1 or _has_parent(draft, resource):
            names = ", ".join(sorted(f"{v.name} is each {v.field} of {v.parent}" for v in values))
            draft.log.assume(child, f"the prose says that {names}; declare it in endpoint.params")
            continue
        for value in values:
            _fill(draft, resource, value)


def _has_parent(draft: Draft, resource: Json) -> bool:
    text = str(draft.merge_endpoint(resource))
    return (
        "'type': 'resolve'" in text or "{resources." in text or "{" in resource["endpoint"]["path"]
    )


def _is_declared(draft: Draft, resource: Json, value: ParentValue) -> bool:
    """Return whether the configuration fills a parameter with that field of that parent."""
    declared = (draft.merge_endpoint(resource).get("params") or {}).get(value.name)
    if isinstance(declared, Mapping) and declared.get("type") == "resolve":
        return (declared.get("resource"), declared.get("field")) == (value.parent, value.field)
    return declared == f"{{resources.{value.parent}.{value.field}}}"


def _fill(draft: Draft, resource: Json, value: ParentValue) -> None:
    """Fill a parameter, unless the configuration has a value for it."""
    params = draft.merge_endpoint(resource).get("params") or {}
    parent = draft.by_name[str(value.parent)]
    if value.name in params or _has_parent(draft, parent) or parent is resource:
        return
    endpoint = resource["endpoint"]
    expression = f"{{resources.{value.parent}.{value.field}}}"
    endpoint["params"] = {**(endpoint.get("params") or {}), value.name: expression}
    text = f"its parameter {value.name} is each {value.field} of {value.parent}, as the prose says"
    key = f"endpoint.params.{value.name}"
    draft.log.assume(resource["name"], text, key=key, comment=FROM_TEXT)

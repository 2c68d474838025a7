"""`changes`: a second listing of a resource, which recent windows are read from.

`build_changes_resource` makes it the same resource with another endpoint, which `resolve` resolves.
`select_changes` lets a load read it, `select_whole_listings` the whole endpoint;
`orchestration.changes` decides which.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.resource import Resource
from analytics_ingest.declaration.resolved import AS_OF, ApiDeclaration, ResourceDeclaration

RELIED_ON = 0.9
"""The part of the time for which changes are kept in which they are read: some expire meanwhile."""

LISTING_KEYS = (
    *("start_param", "exclusive_start", "end_param", "param_format", "row_order", "max_window"),
)
"""Keys of `incremental` that belong to a listing. The others belong to the rows of both."""


def build_changes_resource(raw: Resource, incremental: Incremental | None) -> Resource:
    """Build the resource of a listing of changes, as it would be declared.

    Args:
        incremental: The resource's cursor, which the rows of both listings have.
    """
    changes: dict[str, Any] = raw.changes.dump_declared() if raw.changes else {}
    endpoint = dict(changes.get("endpoint") or {})
    own = endpoint.get("incremental") or {}
    shared = incremental.dump_declared() if incremental else {}
    endpoint["incremental"] = {k: v for k, v in shared.items() if k not in LISTING_KEYS} | own
    keys = {key: value for key, value in raw.dump_declared().items() if key != "changes"}
    steps = changes.get("processing_steps", [])
    other = {"endpoint": endpoint, "processing_steps": steps, "include_from_parent": []}
    return Resource.model_validate({**keys, **other})


def check_changes(resource: ResourceDeclaration, raw: Resource) -> None:
    """Check that a resource can be read from two listings.

    Raises:
        DeclarationError: It cannot.
    """
    changes = raw.changes
    if changes is None or not changes.kept_for:
        raise resource.place.build_error("changes.kept_for", "is missing; write e.g. 30d")
    if changes.endpoint.path is None:
        raise resource.place.build_error("changes.endpoint.path", "is missing; name the listing")
    if resource.earlier >= changes.kept_for * RELIED_ON:
        problem = "is not longer than lookback and end_margin, so no window is read from changes"
        raise resource.place.build_error("changes.kept_for", problem)
    problem = _find_table_problem(resource)
    if problem:
        raise resource.place.build_error("changes", problem)
    own = changes.endpoint.incremental
    if not own:
        return
    if other := sorted(own.model_fields_set.difference(LISTING_KEYS)):
        problem = "is a key of the cursor, which both listings share; move it to endpoint"
        raise resource.place.build_error(f"changes.endpoint.incremental.{other[0]}", problem)


def _find_table_problem(resource: ResourceDeclaration) -> str | None:
    """Return why the rows of two listings cannot be one table."""
    if not resource.declared.selected:
        return "has no effect, because the resource has no table; remove it"
    if resource.incremental is None:
        return "needs a cursor: a snapshot is loaded whole; declare endpoint.incremental"
    if not resource.primary_key or not resource.is_merged:
        return "needs a primary_key and merge: a change replaces the row of its key"
    names = (*resource.fields, *resource.column_hints, *resource.added_columns)
    if AS_OF in map(to_snake_case, names):
        return f"needs the column {AS_OF}, which the resource declares; rename it with a step"
    conflict = next(_find_conflicts(resource), None)
    return f"cannot be combined with {conflict}; remove one" if conflict else None


def _find_conflicts(resource: ResourceDeclaration) -> Iterator[str]:
    """Yield what else decides which rows are requested, or which of them stay."""
    declared = resource.declared
    if declared.merge_key:
        yield "merge_key, which removes rows itself"
    if declared.deletes:
        yield "deletes, because changes name what is deleted"
    if resource.has_history:
        yield f"the strategy {resource.strategy}"
    if declared.parents.changed:
        yield "parents: changed"
    if declared.include_from_parent:
        yield "include_from_parent, because changes have no parent"
    for name, hint in resource.column_hints.items():
        yield from (f"columns.{name}.{k}" for k in ("dedup_sort", "hard_delete") if hint.get(k))


def check_children_of_changes(resources: Mapping[str, ResourceDeclaration]) -> None:
    """Check that no resource is listed for the rows of one that has two listings.

    Raises:
        DeclarationError: One is. The rows of a listing of changes are not all parents.
    """
    for resource in resources.values():
        for parent in resource.parents:
            if resources[parent.resource].changes:
                problem = (
                    f"the parent {parent.resource} has changes, whose rows are only some of the "
                    "parents; declare its listing a second time, with selected: false"
                )
                raise resource.place.build_error("endpoint.params", problem)


def select_changes(api: ApiDeclaration, names: Collection[str]) -> ApiDeclaration:
    """Return the declaration of a load that reads some resources from their changes."""
    resources = dict(api.resources)
    for name in names:
        if changes := resources[name].changes:
            resources[name] = replace(
                resources[name],
                declared=changes.declared,
                endpoint=changes.endpoint,
                path=changes.path,
                parents=(),
                each=changes.each,
                field_list=changes.field_list,
                reads_changes=True,
            )
    return replace(api, resources=resources)


def select_whole_listings(api: ApiDeclaration, moments: Mapping[str, datetime]) -> ApiDeclaration:
    """Return the declaration of a load that reads the whole endpoint of some resources.

    Args:
        moments: Resource → the moment whose state its rows show, or a newer one.
    """
    read = {n: replace(api.resources[n], listed_as_of=moment) for n, moment in moments.items()}
    return replace(api, resources={**api.resources, **read})

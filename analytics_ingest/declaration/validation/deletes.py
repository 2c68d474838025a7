"""Refuses `deletes` where an absent row does not mean a deleted one, or nothing can be marked."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.models.deletes import Deletes
from analytics_ingest.declaration.models.resource import MaskRule
from analytics_ingest.declaration.resolved import (
    CURSOR_COLUMN,
    ApiDeclaration,
    ResourceDeclaration,
)
from analytics_ingest.declaration.validation.masks import normalize_field


def check_deletes(resource: ResourceDeclaration) -> None:
    """Check the `deletes` of one resource.

    Raises:
        DeclarationError: They cannot work.
    """
    deletes = resource.declared.deletes
    if deletes is None or not resource.declared.selected:
        return
    problem = _find_table_problem(resource, deletes)
    if not problem and deletes.source is None:
        problem = _find_parents_problem(resource) or _find_listing_problem(resource, deletes)
    if problem:
        raise resource.place.build_error("deletes", problem)


def _find_table_problem(resource: ResourceDeclaration, deletes: Deletes) -> str | None:
    if not resource.is_merged:
        return "needs merge: each load replaces this table, so no deleted row stays; remove it"
    if resource.replaces_window:
        return "needs a primary_key; a load replaces all rows of its window anyway; remove it"
    if resource.has_history:
        return f"cannot be combined with the strategy {resource.strategy}; remove one"
    if resource.declared.merge_key:
        return "cannot be combined with merge_key, which removes rows itself; remove one"
    if deletes.remove and resource.declared.max_table_nesting:
        return "remove would leave rows in nested tables; declare mark, or max_table_nesting: 0"
    if deletes.column:
        names = (*resource.fields, *resource.column_hints, *resource.primary_key)
        taken = {*map(to_snake_case, (*names, *resource.added_columns)), CURSOR_COLUMN}
        if deletes.column in taken or deletes.column != to_snake_case(deletes.column):
            return f"mark '{deletes.column}' is not a free name in snake_case; choose another"
    return None


def _find_parents_problem(resource: ResourceDeclaration) -> str | None:
    if not resource.parents or not resource.declared.parents.changed:
        return None
    return (
        "cannot be combined with parents: changed, which does not read the children of all "
        "parents; remove one, or declare from"
    )


def _find_listing_problem(resource: ResourceDeclaration, deletes: Deletes) -> str | None:
    """Return why a full reading of a resource could not show which rows are gone."""
    incremental = resource.incremental
    if any(step.filter for step in resource.declared.processing_steps):
        return (
            "cannot be combined with a filter in processing_steps: a row that is filtered out "
            "looks like a deleted one; remove one, or filter downstream"
        )
    if resource.endpoint.partial == "allow":
        return (
            "cannot be combined with partial: responses that lack rows are loaded; remove one, or "
            "declare from"
        )
    if any("column" not in resource.endpoint.params[name] for name in resource.each):
        return (
            "needs column in each param of type each: without it the rows of a value that is not "
            "listed any more look deleted"
        )
    if incremental is None:
        return None
    if incremental.max_window:
        return (
            "cannot be combined with max_window: a row that changes while its pieces are read is "
            "in none of them; remove one, or declare from"
        )
    if incremental.end_margin and resource.sends_end:
        return (
            "cannot be combined with end_margin where requests hold the window's end: rows of the "
            "margin look deleted; remove one, or declare from"
        )
    if deletes.every is None and resource.sent_names:
        return "needs every: requests hold the window, so say how often all is read: every: 7d"
    return None


def check_sources_of_deletes(resources: Mapping[str, ResourceDeclaration]) -> None:
    """Check each `deletes.from`.

    Raises:
        DeclarationError: There is no such resource, or its rows cannot be compared.
    """
    for resource in resources.values():
        deletes = resource.declared.deletes
        if deletes is None or deletes.source is None or not resource.declared.selected:
            continue
        source = resources.get(deletes.source)
        if source is None or source is resource or not source.declared.selected:
            others = [n for n, r in resources.items() if r is not resource and r.declared.selected]
            allowed = ", ".join(sorted(others)) or "none"
            problem = f"'{deletes.source}' is not another loaded resource; there are: {allowed}"
            raise resource.place.build_error("deletes.from", problem)
        if len(resource.primary_key) != 1:
            problem = (
                f"needs a primary_key of one field, and {resource.name} has "
                f"{len(resource.primary_key)}; remove from and key, and declare every"
            )
            raise resource.place.build_error("deletes.key", problem)
        for each in (resource, source):
            if each.incremental is None:
                problem = (
                    f"needs a cursor in {each.name}: a row that came back is recognized "
                    "by comparing the cursors of both; declare endpoint.incremental"
                )
                raise resource.place.build_error("deletes.from", problem)
        (own,), key = resource.primary_key, deletes.key or ""
        if _find_mask(resource, own) != _find_mask(source, key):
            problem = (
                f"'{key}' of {source.name} and '{own}' have different masks, so they are never "
                "equal; declare the same for both"
            )
            raise resource.place.build_error("deletes.key", problem)


def _find_mask(resource: ResourceDeclaration, field: str) -> list[MaskRule]:
    """Find the rule by which a field is masked, if there is one; it may be null."""
    key = normalize_field(field)
    return [mask.rule for mask in resource.masks if normalize_field(".".join(mask.path)) == key]


def is_read_in_full(resource: ResourceDeclaration) -> bool:
    """Return whether a load of a resource is a full reading, which shows which rows are gone."""
    deletes = resource.declared.deletes
    if deletes is None or deletes.source is not None:
        return False
    return resource.full_reading_due or resource.incremental is None or deletes.every is None


def read_in_full(
    api: ApiDeclaration,
    names: Collection[str],
    confirmed: Mapping[str, int] = MappingProxyType({}),
) -> ApiDeclaration:
    """Build the declaration of a load that reads some resources in full, because that is due.

    Args:
        confirmed: Resource → how many rows may be marked or removed, regardless of `max_share`.
    """
    due = {
        name: replace(
            api.resources[name], full_reading_due=True, confirmed_deletes=confirmed.get(name, 0)
        )
        for name in names
    }
    return replace(api, resources={**api.resources, **due})

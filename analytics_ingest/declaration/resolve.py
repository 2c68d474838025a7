"""Resolves a declaration: Airbyte's keys translated, defaults merged, parents found, all checked.

`models.api.Api` (as written) and the fields of `schema.yaml` go in; an `ApiDeclaration` comes out,
its resources ordered so that parents come before their children.
"""

import graphlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from analytics_ingest.common.expressions.syntax import find_references
from analytics_ingest.declaration.airbyte.translate import translate
from analytics_ingest.declaration.dlt_params import expand_incremental_params
from analytics_ingest.declaration.errors import DeclarationError, Place
from analytics_ingest.declaration.field_lists import find_field_list
from analytics_ingest.declaration.fields import check_schema_file, parse_fields
from analytics_ingest.declaration.graphql import expand_graphql
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.incremental import SEQUENCE, Incremental
from analytics_ingest.declaration.models.resource import Resource
from analytics_ingest.declaration.parents import find_parents
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.declaration.resource_defaults import merge_changes, merge_defaults
from analytics_ingest.declaration.validation.asked_parents import check_asked_parents
from analytics_ingest.declaration.validation.changes import (
    build_changes_resource,
    check_changes,
    check_children_of_changes,
)
from analytics_ingest.declaration.validation.deletes import check_deletes, check_sources_of_deletes
from analytics_ingest.declaration.validation.field_list_checks import check_field_list
from analytics_ingest.declaration.validation.ineffective_keys import check_effects
from analytics_ingest.declaration.validation.masks import resolve_masks
from analytics_ingest.declaration.validation.own_checks import resolve_checks
from analytics_ingest.declaration.validation.validation import check_api, check_resource
from analytics_ingest.declaration.value_lists import find_value_lists


def resolve(
    name: str, api: Api, schema: Mapping[str, Mapping[str, Any]] | None = None
) -> ApiDeclaration:
    """Complete a declaration.

    Args:
        name: The API's name: asset key prefix, dataset, and section of its settings.
        api: The declaration as written.
        schema: `{resource: {fields: …, required: …, checks: …}}` of its schema file; a
            resource's own `fields` win.

    Raises:
        DeclarationError: Something that the models cannot see does not fit together.
    """
    raw, api = api, _translate(name, api)
    check_api(name, api)
    schema = schema or {}
    check_schema_file(name, [resource.name for resource in api.resources], schema)
    resources = {
        r.name: _resolve_resource(name, api, r, schema.get(r.name, {})) for r in api.resources
    }
    check_effects(name, raw, resources)
    ordered = _inherit_margins({n: resources[n] for n in _sort_parents_first(resources)})
    check_asked_parents(ordered)
    check_children_of_changes(ordered)
    masked = resolve_masks(api, ordered)
    check_sources_of_deletes(masked)
    return ApiDeclaration(name, api, resolve_checks(schema, masked))


def _inherit_margins(
    resources: Mapping[str, ResourceDeclaration],
) -> dict[str, ResourceDeclaration]:
    """Give children the margin of their parents, which come first.

    A parent that changed in its margin is listed by the next load only, and so are its children.
    """
    margins: dict[str, timedelta] = {}
    inherited: dict[str, ResourceDeclaration] = {}
    for name, resource in resources.items():
        own = (resource.incremental and resource.incremental.end_margin) or timedelta()
        margins[name] = max([own, *(margins[parent.resource] for parent in resource.parents)])
        inherited[name] = replace(resource, parents_margin=margins[name] - own)
    return inherited


def _translate(name: str, api: Api) -> Api:
    declared = api.dump_declared()
    translated = translate(name, declared)
    if translated == declared:
        return api
    return Place(name).validate(Api, translated)


def _resolve_resource(
    api_name: str, api: Api, raw: Resource, schema: Mapping[str, Any]
) -> ResourceDeclaration:
    place = Place(api_name, raw.name)
    raw = merge_changes(api.resource_defaults, raw)
    keys = merge_defaults(api, raw)
    endpoint = expand_graphql(place, expand_incremental_params(place, keys.pop("endpoint")))
    endpoint, sequence = _take_sequence(place, endpoint)
    declared = Resource.model_validate(keys)
    primary_key = declared.primary_key or ()
    if not primary_key:
        # Without a key nothing can be merged: the resource is loaded whole, as a snapshot.
        endpoint.setdefault("incremental", None)
    params = endpoint.get("params") or {}
    each, field_list = find_value_lists(place, params), find_field_list(place, params)
    listed = {*each, *([field_list.name] if field_list and field_list.values else ())}
    read_by_steps = _list_fields_of_steps(declared)
    resource = ResourceDeclaration(
        api=api_name,
        name=raw.name,
        declared=declared,
        endpoint=Endpoint.model_validate(endpoint),
        path=endpoint["path"],
        parents=find_parents(place, endpoint, listed, read_by_steps),
        each=each,
        field_list=field_list,
        primary_key=(primary_key,) if isinstance(primary_key, str) else tuple(primary_key),
        fields=parse_fields(place, declared.fields or schema.get("fields", {})),
        required=tuple(declared.required or schema.get("required", ())),
        partitions=api.partitions,
        sequence=sequence,
    )
    check_resource(resource)
    check_field_list(resource, read_by_steps)
    check_deletes(resource)
    return _add_changes(api, resource, raw, schema) if raw.changes else resource


def _add_changes(
    api: Api, resource: ResourceDeclaration, raw: Resource, schema: Mapping[str, Any]
) -> ResourceDeclaration:
    """Resolve the listing of changes of a resource, and add it."""
    check_changes(resource, raw)
    try:
        changes = _resolve_resource(
            resource.api, api, build_changes_resource(raw, resource.incremental), schema
        )
    except DeclarationError as error:
        raise resource.place.build_error(f"changes.{error.key}", error.problem) from None
    if changes.parents:
        problem = f"holds a field of {changes.parents[0].resource}; changes have no parent"
        raise resource.place.build_error("changes.endpoint", problem)
    return replace(resource, changes=changes)


def _list_fields_of_steps(declared: Resource) -> set[str]:
    """List the fields of the partition that the processing steps read."""
    texts = [text for step in declared.processing_steps for _, text, _ in step.list_expressions()]
    return {name for text in texts for name in find_references(text).partition}


def _take_sequence(place: Place, endpoint: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Take a `sequence` cursor out of an endpoint; returns the endpoint and the path of the cursor.

    A sequence has no moments, so no window either: the resource is loaded whole.
    """
    incremental = endpoint.get("incremental") or {}
    if incremental.get("cursor_format") != SEQUENCE:
        return endpoint, None
    if unusable := sorted(set(incremental) - {"cursor_path", "cursor_format"}):
        problem = "needs moments, and a sequence has none; remove it, the resource is loaded whole"
        raise place.build_error(f"endpoint.incremental.{unusable[0]}", problem)
    path = incremental.get("cursor_path", Incremental().cursor_path)
    return {**endpoint, "incremental": None}, path


def _sort_parents_first(resources: Mapping[str, ResourceDeclaration]) -> list[str]:
    graph = {name: [p.resource for p in r.parents] for name, r in resources.items()}
    for name, parent in ((name, parent) for name, parents in graph.items() for parent in parents):
        if parent not in resources:
            others = sorted(set(resources) - {name})
            hint = f"declared are {', '.join(others)}" if others else "declare it as a resource"
            problem = f"the parent '{parent}' does not exist; {hint}"
            raise resources[name].place.build_error("endpoint.params", problem)
    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())
        _check_independent(resources, order)
        return order
    except graphlib.CycleError as error:
        first, *_ = cycle = error.args[1]
        problem = f"parents form a cycle: {' → '.join(cycle)}; break it"
        raise resources[first].place.build_error("endpoint.params", problem) from None


def _check_independent(resources: Mapping[str, ResourceDeclaration], order: list[str]) -> None:
    """Check that of the parents of a resource none is listed for the rows of another."""
    ancestors: dict[str, set[str]] = {}
    for name in order:
        parents = [parent.resource for parent in resources[name].parents]
        above = {other for parent in parents for other in ancestors[parent]}
        ancestors[name] = {*parents, *above}
        if both := sorted(above.intersection(parents)):
            below = next(parent for parent in parents if both[0] in ancestors[parent])
            problem = (
                f"has the parents {both[0]} and {below}, but {below} is listed for each row of "
                f"{both[0]}, so most pairs do not exist; declare include_from_parent in {below}, "
                f"and use its column: {{resources.{below}._{both[0]}_<field>}}"
            )
            raise resources[name].place.build_error("endpoint", problem)

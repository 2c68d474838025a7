"""The resolved declaration: defaults merged, parents bound, every resource complete and checked.

`model.Api` (as written) and the fields of `schema.yaml` go in; an `ApiDeclaration` comes out, its
resources ordered so that parents stand before their children. Mistakes raise `DeclarationError`.
"""

import graphlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.declaration import validation as checks
from analytics_ingest.declaration.airbyte.translate import translate
from analytics_ingest.declaration.dlt_params import expand_incremental_params
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.fields import Field
from analytics_ingest.declaration.models.api import Api, Resource
from analytics_ingest.declaration.models.endpoint import Endpoint, Incremental
from analytics_ingest.declaration.parents import Parent, find_parent
from analytics_ingest.declaration.schema_file import check_schema_file, parse_fields
from analytics_ingest.declaration.value_lists import Values, find_values


@dataclass(frozen=True)
class ResourceDeclaration:
    """One resource with everything that its load and its asset need."""

    api: str
    name: str
    declared: Resource
    endpoint: Endpoint
    path: str
    parent: Parent | None
    each: Mapping[str, Values]
    """Names in the request that are filled with one value after the other."""
    primary_key: tuple[str, ...]
    fields: Mapping[str, Field]
    required: tuple[str, ...]

    @property
    def incremental(self) -> Incremental | None:
        """The cursor, or None for a snapshot."""
        return self.endpoint.incremental

    @property
    def write_disposition(self) -> Any:
        """merge wherever there is a key to merge on; a snapshot without one is replaced."""
        return self.declared.write_disposition or ("merge" if self.primary_key else "replace")

    @property
    def is_merged(self) -> bool:
        """Whether loaded rows replace those of their key, rather than the whole table."""
        written = self.write_disposition
        return (written.get("disposition") if isinstance(written, Mapping) else written) == "merge"


@dataclass(frozen=True)
class ApiDeclaration:
    """One API: its name, what was written, and its resources, parents first."""

    name: str
    declared: Api
    resources: Mapping[str, ResourceDeclaration]

    @property
    def tables(self) -> list[ResourceDeclaration]:
        """The resources that are loaded, as opposed to read for their children only."""
        return [r for r in self.resources.values() if r.declared.selected]


def resolve(
    name: str, api: Api, schema: Mapping[str, Mapping[str, Any]] | None = None
) -> ApiDeclaration:
    """Complete a declaration.

    Args:
        name: The API's name: asset key prefix, dataset, and section of its settings.
        api: The declaration as written.
        schema: `{resource: {fields: …, required: …}}` of the file beside it; a resource's own
            `fields` win.

    Raises:
        DeclarationError: Something that a schema of keys cannot see does not fit together.
    """
    written = api.declared()
    clean = translate(name, written)
    if clean != written:
        api = Api.model_validate(clean)
    checks.check_api(name, api)
    schema = schema or {}
    check_schema_file(name, [resource.name for resource in api.resources], schema)
    resources = {r.name: _resource(name, api, r, schema.get(r.name, {})) for r in api.resources}
    if len(resources) < len(api.resources):
        names = [resource.name for resource in api.resources]
        twice = next(n for n in names if names.count(n) > 1)
        raise DeclarationError(name, twice, "name", f"'{twice}' is declared twice; rename one")
    return ApiDeclaration(name, api, {n: resources[n] for n in _parents_first(name, resources)})


def _resource(
    api_name: str, api: Api, written: Resource, schema: Mapping[str, Any]
) -> ResourceDeclaration:
    defaults = api.resource_defaults.declared()
    own = written.declared()
    own_endpoint = {"path": written.name, **(own.pop("endpoint", None) or {})}
    endpoint = _merged_endpoint(defaults.pop("endpoint", None) or {}, own_endpoint)
    if "columns" in defaults and "columns" in own:
        own["columns"] = _merged_columns(defaults["columns"], own["columns"])
    if "paginator" not in endpoint and api.client.paginator:
        endpoint["paginator"] = api.client.paginator.declared()
    endpoint = expand_incremental_params(api_name, written.name, endpoint)
    declared = Resource.model_validate({**defaults, **own})
    key = declared.primary_key or ()
    if not key:
        # Without a key nothing can be merged: the resource is loaded whole, as a snapshot.
        endpoint.setdefault("incremental", None)
    fields = declared.fields or schema.get("fields", {})
    each = find_values(api_name, written.name, endpoint.get("params") or {})
    resource = ResourceDeclaration(
        api=api_name,
        name=written.name,
        declared=declared,
        endpoint=Endpoint.model_validate(endpoint),
        path=endpoint["path"],
        parent=find_parent(api_name, written.name, endpoint, each),
        each=each,
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        fields=parse_fields(api_name, written.name, fields),
        required=tuple(declared.required or schema.get("required", ())),
    )
    checks.check_resource(resource)
    return resource


def _merged_endpoint(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """dlt's rule: the resource's keys win, `params` and `json` are merged key by key."""
    merged = {**defaults, **own}
    for key in ("params", "json"):
        if key in defaults and key in own:
            merged[key] = {**(defaults[key] or {}), **(own[key] or {})}
    return merged


def _merged_columns(defaults: Any, own: Any) -> dict[str, Any]:
    """dlt's rule: hints are merged column by column, and within a column hint by hint."""
    merged: dict[str, Any] = {}
    for columns in (defaults or {}, own or {}):
        named = columns if isinstance(columns, dict) else {c["name"]: c for c in columns}
        for name, hints in named.items():
            merged[name] = {**merged.get(name, {}), **hints}
    return merged


def _parents_first(api: str, resources: Mapping[str, ResourceDeclaration]) -> list[str]:
    for resource in resources.values():
        if resource.parent and resource.parent.resource not in resources:
            raise DeclarationError(
                api,
                resource.name,
                "endpoint.params",
                f"the parent '{resource.parent.resource}' does not exist; "
                f"allowed are {', '.join(sorted(set(resources) - {resource.name}))}",
            )
    graph = {n: [r.parent.resource] if r.parent else [] for n, r in resources.items()}
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        cycle = " → ".join(error.args[1])
        raise DeclarationError(
            api, error.args[1][0], "endpoint.params", f"parents form a cycle: {cycle}; break it"
        ) from None

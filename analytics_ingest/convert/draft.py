"""The declaration in the making: the passes of a conversion read it and change it in place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.declaration.resource_defaults import merge_endpoints

Json = dict[str, Any]


@dataclass(frozen=True)
class BodyKey:
    """A key that is sent in the body of requests, which no type of auth does."""

    name: str
    is_form: bool
    setting: str = "api_key"


@dataclass
class Draft:
    """The attributes of an API, taken apart; no two blocks in it are the same object."""

    name: str
    client: Json
    defaults: Json
    """`resource_defaults` without its endpoint."""
    shared: Json
    """The endpoint of `resource_defaults`."""
    resources: list[Json]
    """Each with an endpoint."""
    others: Json
    """All other keys of the API."""
    log: ConversionLog
    body_keys: dict[str | None, BodyKey] = field(default_factory=dict[str | None, BodyKey])
    """Resource → the key in its body; None stands for the client."""
    epochs: dict[str | None, str] = field(default_factory=dict[str | None, str])
    """Resource → how the first value of its cursor is written, where that is an epoch.

    None stands for the shared cursor.
    """
    converted: set[str | None] = field(default_factory=set[str | None])
    """Resources whose cursor code converts before it is sent; None stands for the shared one."""

    lags: set[str | None] = field(default_factory=set[str | None])
    """Resources whose lookback is a `lag` of dlt: seconds, or days of a date."""
    described: set[str] = field(default_factory=set[str])
    """Resources that only the text describes, which may say nothing of their pages."""
    days: set[str] = field(default_factory=set[str])
    """Resources that are requested day by day, by a placeholder."""
    unsent_starts: Json = field(default_factory=dict[str, Any])
    """Resource → the first value of its cursor, where no request is known to send it."""

    unread_starts: dict[str | None, str] = field(default_factory=dict[str | None, str])
    """Resource → the first value of its cursor, where it is not a date in ISO 8601."""
    repeated: dict[tuple[str, str], bool] = field(default_factory=dict[tuple[str, str], bool])
    """Resource and placeholder of its path that a parameter repeats → whether it is sent twice."""
    end_margins: dict[str | None, str] = field(default_factory=dict[str | None, str])
    """Resource → how long before the present an expression ends its windows; None: the shared."""
    open_starts: dict[str | None, str] = field(default_factory=dict[str | None, str])
    """Resource → the first value of its cursor, in whose place partitions decide."""

    @property
    def attributes(self) -> Json:
        """The attributes as they are in `defs.yaml`."""
        parts = ("client", "resource_defaults", "resources")
        others = {key: value for key, value in self.others.items() if key not in parts}
        defaults = {**self.defaults, **({"endpoint": self.shared} if self.shared else {})}
        return {
            **others,
            "client": self.client,
            **({"resource_defaults": defaults} if defaults else {}),
            "resources": self.resources,
        }

    @attributes.setter
    def attributes(self, attributes: Mapping[str, Any]) -> None:
        others = dict(attributes)
        self.client, self.resources = others.pop("client"), others.pop("resources")
        self.defaults = dict(others.pop("resource_defaults", {}))
        self.shared, self.others = self.defaults.pop("endpoint", {}), others

    @property
    def by_name(self) -> dict[str, Json]:
        """The resources by their names."""
        return {resource["name"]: resource for resource in self.resources}

    @property
    def only_name(self) -> str | None:
        """The name of the resource if there is one only."""
        return self.resources[0]["name"] if len(self.resources) == 1 else None

    def list_named(self, name: str | None) -> list[Json]:
        """List the resource of a name; all of them for None."""
        return [self.by_name[name]] if name else self.resources

    def list_blocks(self, key: str) -> list[Json]:
        """List all blocks of a key, wherever they are."""
        parts = [part for part in walk(self.attributes) if isinstance(part, dict)]
        return [part[key] for part in parts if isinstance(part.get(key), dict)]

    def iterate_endpoints(self) -> Iterator[tuple[str | None, Json]]:
        """Yield the shared endpoint, whose name is None, and that of each resource."""
        yield None, self.shared
        for resource in self.resources:
            yield resource["name"], resource["endpoint"]

    def iterate_cursors(self) -> Iterator[tuple[str | None, Json]]:
        """Yield all blocks in dlt's form of a cursor, each with its resource."""
        for name, endpoint in self.iterate_endpoints():
            incremental, params = endpoint.get("incremental"), endpoint.get("params")
            values = params.values() if isinstance(params, dict) else ()
            bound = [v for v in values if isinstance(v, dict) and v.get("type") == "incremental"]
            yield from ((name, block) for block in (incremental, *bound) if isinstance(block, dict))

    def merge_endpoint(self, resource: Json) -> Json:
        """Return the endpoint of a resource with the keys that it shares."""
        return merge_endpoints(self.shared, resource["endpoint"])

    def find_paginator(self, resource: Json) -> Any:
        """Find the paginator of a resource: its own, else the shared one, else the client's."""
        return self.merge_endpoint(resource).get("paginator", self.client.get("paginator"))

    def find_incremental(self, resource: Json) -> Json | None:
        """Find a resource's incremental, of whichever form; a parameter's name is `start_param`.

        None where it has none on purpose.
        """
        sent = _find_incremental_param(resource)
        if sent is not None:
            return {"start_param": sent, **resource["endpoint"]["params"][sent]}
        return self.merge_endpoint(resource).get("incremental", {})

    def add_to_incremental(self, resource: Json, keys: Json) -> None:
        """Add keys to a resource's incremental, of whichever form it is."""
        endpoint, sent = resource["endpoint"], _find_incremental_param(resource)
        if sent is not None:
            endpoint["params"][sent] = {**endpoint["params"][sent], **keys}
        else:
            before = self.merge_endpoint(resource).get("incremental") or {}
            endpoint["incremental"] = {**before, **keys}

    def find_epoch(self, resource: Json) -> str | None:
        """Find how the first value of a resource's cursor is written, where that is an epoch."""
        is_own = "incremental" in resource["endpoint"] or _find_incremental_param(resource)
        return self.epochs.get(resource["name"] if is_own else None)

    def find_path_of_changes(self, resource: Json) -> str:
        """Find the path of a resource's changes: its own, else the shared one."""
        blocks = [self.defaults.get("changes", {}), resource["changes"]]
        endpoint: Json = {k: v for b in blocks for k, v in b.get("endpoint", {}).items()}
        return endpoint["path"]

    def find_key(self, resource: Json) -> Any:
        """Find the primary key of a resource: its own, else the default."""
        return resource.get("primary_key", self.defaults.get("primary_key"))

    def list_key_fields(self, resource: Json) -> list[str]:
        """List the fields of the primary key of a resource."""
        key = self.find_key(resource)
        return [key] if isinstance(key, str) else key if isinstance(key, list) else []


def _find_incremental_param(resource: Json) -> str | None:
    """Find the parameter that sends the start of a window in dlt's form, type incremental."""
    params = resource["endpoint"].get("params")
    if not isinstance(params, dict):
        return None
    names = [n for n, p in params.items() if isinstance(p, dict) and p.get("type") == "incremental"]
    return next(iter(names), None)


def add_actions(endpoint: Json, actions: list[Json]) -> None:
    """Add response actions behind those of an endpoint."""
    before = endpoint.get("response_actions")
    endpoint["response_actions"] = [*(before if isinstance(before, list) else []), *actions]


def is_resolved(param: object) -> TypeGuard[Json]:
    """Return whether a parameter is a field of a parent."""
    return isinstance(param, dict) and param.get("type") == "resolve"


def build_parent_param(parent: str, field: str) -> Json:
    """Build the parameter that a field of the parent's row fills."""
    return {"type": "resolve", "resource": parent, "field": field}

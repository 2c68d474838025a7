"""Refuses declared keys that cannot act: what they need is absent, or another key takes its place.

The rules look at a resource with its defaults merged. A key of its own is refused by name; one of
`resource_defaults` only where no resource can use it, because defaults are for some of them.
"""

import copy
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.paginator import Paginator
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.paginators.counted import Counted

_EVOLVES = (None, "evolve")

Problems = Iterator[tuple[str, str]]
"""Keys with dots, each with the reason why it has no effect."""


def check_effects(api: str, declared: Api, resources: Mapping[str, ResourceDeclaration]) -> None:
    """Check that every key that was written can act.

    Args:
        declared: The API as it was written, its Airbyte keys not translated.

    Raises:
        DeclarationError: One cannot; the message says why.
    """
    every = list(resources.values())
    for key, reason in _find_api_problems(declared, every):
        raise Place(api).build_error(key, f"has no effect, because {reason}")
    shared: dict[str, str] | None = None
    for raw in declared.resources:
        resource = resources[raw.name]
        auth = declared.client.auth
        problems = dict(_find_resource_problems(resource, resource.endpoint.auth or auth))
        _refuse(resource.place, raw.dump_declared(), problems)
        if raw.changes and (changes := resource.changes):
            of_changes = dict(_find_resource_problems(changes, changes.endpoint.auth or auth))
            # It tells which of two changes is the newer one.
            of_changes.pop("endpoint.incremental.row_order", None)
            _refuse(resource.place, raw.changes.dump_declared(), of_changes, "changes.")
        shared = {k: v for k, v in problems.items() if shared is None or k in shared}
    defaults = declared.resource_defaults.dump_declared()
    _refuse(Place(api), defaults, shared or {}, "resource_defaults.")


def _refuse(
    place: Place, declared: Mapping[str, Any], problems: Mapping[str, str], block: str = ""
) -> None:
    for key, reason in problems.items():
        if _holds(declared, key):
            raise place.build_error(f"{block}{key}", f"has no effect, because {reason}")


def _holds(block: Any, key: str) -> bool:
    """Return whether a key with dots was written in a block; names of params may have dots."""
    if not isinstance(block, Mapping):
        return False
    first, _, rest = key.partition(".")
    return block.get(key) is not None or (bool(rest) and _holds(block.get(first), rest))


def _find_api_problems(declared: Api, resources: list[ResourceDeclaration]) -> Problems:
    auth = declared.client.auth
    if auth and not any(resource.endpoint.auth for resource in resources):
        yield from _find_signed(auth, "client.", headers=declared.client.headers, params={})


def _find_resource_problems(resource: ResourceDeclaration, auth: Auth | None) -> Problems:
    endpoint = resource.endpoint
    if endpoint.paginator:
        yield from _find_paging_problems(resource, endpoint.paginator)
    if resource.incremental:
        yield from _find_window_problems(resource)
    if auth:
        yield from _find_signed(auth, "endpoint.", headers=endpoint.headers, params=endpoint.params)
    yield from _find_table_problems(resource)


def _find_paging_problems(resource: ResourceDeclaration, block: Paginator) -> Problems:
    if block.type == "single_page":
        reason = "single_page requests one page; remove it"
        yield "endpoint.max_pages", reason
        yield "endpoint.incremental.row_order", reason
    if issubclass(block.kind, Counted):
        kind = cast("type[Any]", block.kind)  # whose subclasses need no position
        yield from _find_overwritten(resource, kind(block.parse(), {}))


def _find_overwritten(resource: ResourceDeclaration, paginator: Counted) -> Problems:
    """Yield the params and fields of the body in which the paginator sends something else."""
    endpoint = resource.endpoint
    request = SimpleNamespace(
        params=dict(endpoint.params), json=copy.deepcopy(endpoint.json_body), data=endpoint.data
    )
    paginator.init_request(cast("Any", request))
    for name, value in endpoint.params.items():
        if str(request.params[name]) != str(value):
            yield f"endpoint.params.{name}", _says_otherwise(request.params[name])
    if isinstance(endpoint.json_body, dict):
        for key, sent in _find_changes(endpoint.json_body, request.json):
            yield f"endpoint.json.{key}", _says_otherwise(sent)


def _says_otherwise(sent: Any) -> str:
    return f"the paginator sends {sent} there first; remove it, or declare it in the paginator"


def _find_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a body that have changed, by their paths, and what they have become."""
    for key, value in before.items():
        if isinstance(value, dict) and isinstance(after[key], dict):
            yield from ((f"{key}.{inner}", new) for inner, new in _find_changes(value, after[key]))
        elif after[key] != value:
            yield key, after[key]


def _find_window_problems(resource: ResourceDeclaration) -> Problems:
    incremental = resource.incremental
    if incremental is None:
        return
    is_epoch = incremental.cursor_format.startswith("epoch_")
    is_sent_as_epoch = not resource.sent_names or incremental.param_format.startswith("epoch_")
    if is_epoch and is_sent_as_epoch and incremental.initial_value is None:
        yield "endpoint.incremental.timezone", "an epoch is the same in every zone; remove it"


def _find_signed(
    auth: Auth, place: str, *, headers: Mapping[str, Any], params: Mapping[str, Any]
) -> Problems:
    """Yield the headers and params that auth sends itself."""
    keys = auth.parse()
    if hasattr(keys, "options"):
        return  # Only a load knows which of them is sent.
    name = getattr(keys, "header", None) or getattr(keys, "name", None) or "Authorization"
    is_header = getattr(keys, "location", "header") == "header"
    reason = "auth sends it; remove one of the two"
    if is_header:
        yield from ((f"{place}headers.{n}", reason) for n in headers if n.lower() == name.lower())
    elif name in params:
        yield f"{place}params.{name}", reason


def _find_table_problems(resource: ResourceDeclaration) -> Problems:
    declared = resource.declared
    contract = declared.schema_contract
    if not declared.max_table_nesting:
        yield "nested_hints", "there are no nested tables; declare max_table_nesting, or remove it"
    elif (contract.get("columns") if isinstance(contract, Mapping) else contract) not in _EVOLVES:
        yield "max_table_nesting", "dlt nests no new table with a schema_contract; remove one"
    if not resource.is_merged:
        yield "merge_key", "the table is replaced, not merged; remove it"
    if resource.incremental is None:
        yield "future_tolerance", "a snapshot has no cursor; remove it"
        yield "deletes.every", "each load of a snapshot reads it in full; remove it"
    if not resource.parents:
        yield "parents", "it has no parent; remove it"

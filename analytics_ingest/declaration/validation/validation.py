"""Refuses declarations that parse but cannot work, each with one sentence that says what to do."""

from typing import Any

from analytics_ingest.common.column_names import find_same_column, to_snake_case
from analytics_ingest.common.expressions.text import (
    find_references,
    list_literals,
)
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.client import Client
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.placeholders import SETTING, find_non_name
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.block_validation import check_block
from analytics_ingest.declaration.validation.decoders import check_decoder
from analytics_ingest.declaration.validation.histories import find_history_problem
from analytics_ingest.declaration.validation.incremental_validation import check_incremental
from analytics_ingest.declaration.validation.jobs import check_job
from analytics_ingest.declaration.validation.names import check_names, check_resource_name
from analytics_ingest.declaration.validation.request_checks import check_body, check_headers
from analytics_ingest.declaration.validation.response_actions import check_response_actions
from analytics_ingest.declaration.window_cursors import check_window_cursor

_MICROSECONDS = 6
"""Digits of a second that a column keeps, unless `columns` declares fewer."""


def check_api(name: str, api: Api) -> None:
    """Check what concerns the API as a whole."""
    check_names(name, api)
    if not api.resources:
        raise Place(name).build_error("resources", "is empty; declare at least one")
    _check_client(Place(name), api.client)


def check_resource(resource: ResourceDeclaration) -> None:
    """Check what concerns one resource, its defaults merged."""
    place, declared, endpoint = resource.place, resource.declared, resource.endpoint
    check_resource_name(resource)
    _check_auth(place, "endpoint.auth", endpoint.auth)
    check_block(place, "endpoint.paginator", endpoint.paginator)
    if problem := _find_disposition_problem(resource):
        raise place.build_error("write_disposition", problem)
    check_body(place, "endpoint", endpoint.json_body, endpoint.data)
    _check_body(resource)
    check_decoder(resource)
    check_job(resource)
    check_response_actions(place, endpoint.response_actions)
    _check_retried_statuses(place, endpoint)
    check_headers(place, "endpoint.headers", endpoint.headers)
    check_incremental(resource)
    check_window_cursor(resource)
    _check_columns(resource)
    if declared.include_from_parent and len(resource.parents) != 1:
        problem = "has no parent" if not resource.parents else "has several parents"
        raise place.build_error("include_from_parent", f"{problem}; remove it")
    if declared.include_from_parent and resource.parents[0].group:
        problem = "several rows of the parent share a listing; remove it, or params.<name>.group"
        raise place.build_error("include_from_parent", problem)
    if unknown := [name for name in resource.required if name not in resource.fields]:
        problem = f"'{unknown[0]}' is not among the fields; declare its type"
        raise place.build_error("required", problem)


def _check_client(place: Place, client: Client) -> None:
    _check_auth(place, "client.auth", client.auth)
    check_block(place, "client.paginator", client.paginator)
    if problem := find_non_name(client.base_url):
        raise place.build_error("client.base_url", problem)
    if {"{", "}"} & set(SETTING.sub("", "".join(list_literals(client.base_url)))):
        problem = "holds a brace; write {settings.<name>} for a setting"
        raise place.build_error("client.base_url", problem)
    if problem := find_non_name(client.headers):
        raise place.build_error("client.headers", problem)
    certificate = client.certificate.dump_declared() if client.certificate else {}
    for key, value in {"base_url": client.base_url, **certificate}.items():
        name = f"client.{key}" if key == "base_url" else f"client.certificate.{key}"
        _check_settings_only(place, name, value)
    _check_settings_only(place, "client.headers", client.headers)
    check_headers(place, "client.headers", client.headers)


def _check_auth(place: Place, key: str, auth: Auth | None) -> None:
    check_block(place, key, auth)
    for name, value in auth.dump_keys().items() if auth else ():
        if problem := find_non_name(value):
            raise place.build_error(f"{key}.{name}", problem)
        _check_settings_only(place, f"{key}.{name}", value)
    for name, option in (auth.dump_own_keys().get("options") or {}).items() if auth else ():
        option_key = f"{key}.options.{name}"
        if option is not None:
            _check_auth(place, option_key, place.validate(Auth, option, option_key))


def _check_settings_only(place: Place, key: str, value: Any) -> None:
    """Check that the expressions of what all requests share read nothing of a single one."""
    references = find_references(value)
    if references.partition or references.bounds or references.has_page:
        problem = "an expression here reads settings only; move it to the endpoint"
        raise place.build_error(key, problem)


def _find_disposition_problem(resource: ResourceDeclaration) -> str | None:
    value, strategy = resource.write_disposition, resource.strategy
    kind = value.get("disposition") if isinstance(value, dict) else value
    if kind == "append":
        return f"'{kind}' would load rows twice; use merge, or replace for a snapshot"
    if kind not in ("merge", "replace"):
        return f"'{kind}' is unknown; use merge, or replace for a snapshot"
    if kind == "merge" and resource.has_history:
        return find_history_problem(resource)
    if strategy not in (None, "delete-insert", "upsert"):
        return f"'{strategy}' does not fit windows; allowed are delete-insert, upsert, scd2"
    if kind == "merge" and not resource.primary_key:
        return _find_keyless_problem(resource)
    if kind == "replace" and resource.incremental:
        return (
            "replace would wipe the other partitions; use merge and a primary_key, or "
            "incremental: null"
        )
    return None


def _find_keyless_problem(resource: ResourceDeclaration) -> str | None:
    """Return why a resource without a key cannot be loaded by replacing the rows of a window."""
    if resource.incremental is None:
        return "merge needs a primary_key, or incremental, whose windows it replaces; declare one"
    if resource.strategy == "upsert":
        return "'upsert' needs a primary_key; remove it, to replace the rows of a window"
    if resource.declared.merge_key:
        return "merge without a primary_key replaces the rows of a window; remove merge_key"
    column = resource.cursor_column or ""
    precision = resource.column_hints.get(column, {}).get("precision")
    if isinstance(precision, int) and precision < _MICROSECONDS:
        return (
            "merge without a primary_key replaces the rows of a window, and PostgreSQL could round "
            f"a cursor into the next one; remove columns.{column}.precision"
        )
    return None


def _check_retried_statuses(place: Place, endpoint: Endpoint) -> None:
    handler = endpoint.error_handler
    has_action = any(a.get("status_code", 200) in (200, "200") for a in endpoint.response_actions)
    if handler and set(handler.retry_on_status_codes) == {200} and not has_action:
        problem = (
            "200 is the status of every response with rows, so none would be read; write "
            "response_actions: [{content: <a part of its text>, action: retry}]"
        )
        raise place.build_error("endpoint.error_handler.retry_on_status_codes", problem)


def _check_body(resource: ResourceDeclaration) -> None:
    """Check that the paginator can write into the body."""
    endpoint = resource.endpoint
    paths = endpoint.paginator.dump_keys() if endpoint.paginator else {}
    for key, path in paths.items():
        if key.endswith("_body_path") and (problem := _find_body_problem(endpoint, path)):
            raise resource.place.build_error(f"endpoint.paginator.{key}", problem)


def _find_body_problem(endpoint: Endpoint, path: str) -> str | None:
    if endpoint.data is not None:
        is_form = isinstance(endpoint.data, dict) and endpoint.data
        if is_form and "." not in path:
            return None
        return (
            "is not the name of a field in the form endpoint.data; name one, or use endpoint.json"
        )
    part, above = endpoint.json_body, ""
    for name in path.split("."):
        if isinstance(part, list):
            return f"writes into the body, but endpoint.json{above} is a list; use an object there"
        if part is not None and not isinstance(part, dict):
            return f"writes into the body, but endpoint.json{above} is a value; use an object there"
        part, above = (part or {}).get(name), f"{above}.{name}"
    return None


def _check_columns(resource: ResourceDeclaration) -> None:
    """Check that no two declared fields have the same column, nor two that a load adds."""
    for key, names in (
        ("fields", [*resource.fields, *resource.column_hints]),
        ("include_from_parent", resource.added_columns),
    ):
        if pair := find_same_column(names):
            column = to_snake_case(pair[0])
            problem = f"'{pair[0]}' and '{pair[1]}' are both the column {column}; keep one"
            raise resource.place.build_error(key, problem)

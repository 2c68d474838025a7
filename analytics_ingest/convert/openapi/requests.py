"""What a request must carry besides its page: fixed values, and settings where none is given."""

from collections import Counter
from typing import Any

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.operations import Operation, Parameter
from analytics_ingest.convert.openapi.paging_names import is_paging
from analytics_ingest.convert.openapi.settings import name_setting, shorten
from analytics_ingest.convert.openapi.words import to_plain

_BLOCKS = {"query": "params", "header": "headers", "body": "json"}
_NEVER = {"authorization", "accept", "contenttype", "acceptlanguage", "useragent", "idempotencykey"}
_VERSIONS = {"version", "revision"}


class NotReadableError(Exception):
    """Why a listing cannot be requested."""


def add_required(listing: Listing, signing: set[str], shared: set[str]) -> None:
    """Send what the document requires.

    Args:
        signing: Names of what a login sends.
        shared: Names of what most listings require, which mean the same everywhere.

    Raises:
        NotReadableError: It requires an object or a list that nobody can set.
    """
    incremental = listing.endpoint.get("incremental") or {}
    bounds = {incremental.get("start_param"), incremental.get("end_param")}
    for parameter in listing.operation.parameters:
        block = _BLOCKS.get(parameter.place)
        if not block or parameter.name in bounds or parameter.name in signing:
            continue
        held = listing.endpoint.get(block, {})
        if (
            parameter.name in held
            or is_paging(parameter, listing.operation)
            or to_plain(parameter.name) in _NEVER
        ):
            continue
        if parameter.is_required or _is_version(parameter):
            value = _choose_value(listing, parameter, shared)
            if value is not None:
                listing.endpoint.setdefault(block, {})[parameter.name] = value


def _is_version(parameter: Parameter) -> bool:
    """Return whether a header says which version of the API is asked for."""
    is_named = bool(_VERSIONS & set(split_words(parameter.name)))
    return parameter.place == "header" and is_named and parameter.only_value is not None


def _choose_value(listing: Listing, parameter: Parameter, shared: set[str]) -> Any:
    value = parameter.only_value
    if "{" in str(value):
        value = None  # which would be read as an expression
    if isinstance(value, str | int | float | bool) or (parameter.place == "body" and value):
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return ",".join(value) if parameter.joins_values else value
    if parameter.shape.is_object and not parameter.shape.is_scalar:
        raise NotReadableError(f"its {parameter.place} needs the object {parameter.name}")
    if parameter.shape.is_array and parameter.place == "body":
        raise NotReadableError(f"its body needs the list {parameter.name}")
    own = split_words(parameter.name)
    is_shared = len(own) > 1 or parameter.name in shared
    setting = name_setting(own if is_shared else [listing.name, *own])
    purpose = shorten(parameter.description) or f"{parameter.name} in the {parameter.place}"
    if parameter.shape.enum:
        purpose += f" (one of {', '.join(map(str, parameter.shape.enum[:12]))})"
    listing.settings.setdefault(setting, purpose)
    if parameter.place == "body" and {"integer", "number", "boolean"} & set(parameter.shape.types):
        return f"{{{{ config['{setting}'] }}}}"  # which keeps its type
    return f"{{settings.{setting}}}"


def list_required_by_most(listings: list[Listing]) -> set[str]:
    """List the names of parameters that most listings require."""
    names = Counter(p.name for each in listings for p in each.operation.parameters if p.is_required)
    return {name for name, count in names.items() if count > len(listings) / 2}


def build_empty_resource(name: str, operation: Operation) -> Json:
    """Build a resource that has nothing but its name."""
    text = shorten(
        operation.node.get_text("summary") or operation.node.get_text("description"), 120
    )
    endpoint: Json = {"path": operation.path}
    if operation.method == "post":
        endpoint |= {"method": "POST", "json": {}}
    return {"name": name, **({"description": text} if text else {}), "endpoint": endpoint}

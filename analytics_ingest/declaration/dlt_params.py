"""Accepts dlt's other way to declare a cursor: a query parameter of type incremental."""

from typing import Any

from pydantic import ValidationError

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.endpoint import Incremental


def expand_incremental_params(api: str, resource: str, endpoint: dict[str, Any]) -> dict[str, Any]:
    """Turn dlt's `params: {since: {type: incremental, …}}` into `incremental.start_param`."""
    params = endpoint.get("params") or {}
    found = [
        name for name, v in params.items() if isinstance(v, dict) and v.get("type") == "incremental"
    ]
    if not found:
        return endpoint
    if len(found) > 1 or endpoint.get("incremental"):
        raise DeclarationError(
            api, resource, f"endpoint.params.{found[-1]}", "is a second incremental; keep one"
        )
    own = {key: value for key, value in params[found[0]].items() if key != "type"}
    unknown = set(own) - set(Incremental.model_fields)
    if unknown:
        raise DeclarationError(
            api,
            resource,
            f"endpoint.params.{found[0]}.{sorted(unknown)[0]}",
            f"is unknown; allowed are {', '.join(Incremental.model_fields)} (the window gives "
            "initial_value and end_value)",
        )
    try:
        Incremental.model_validate(own)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DeclarationError(
            api, resource, f"endpoint.params.{found[0]}.{place}", first["msg"]
        ) from None
    rest = {name: value for name, value in params.items() if name != found[0]}
    return {**endpoint, "params": rest, "incremental": {"start_param": found[0], **own}}

"""Accepts dlt's other way to declare a cursor: a query parameter of type incremental."""

from typing import Any

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.incremental import Incremental


def expand_incremental_params(place: Place, endpoint: dict[str, Any]) -> dict[str, Any]:
    """Turn dlt's `params: {since: {type: incremental, …}}` into `incremental.start_param`."""
    params = endpoint.get("params") or {}
    names = [n for n, v in params.items() if isinstance(v, dict) and v.get("type") == "incremental"]
    if not names:
        return endpoint
    key = f"endpoint.params.{names[-1]}"
    if len(names) > 1 or endpoint.get("incremental"):
        raise place.build_error(key, "is a second incremental; keep one")
    (name,) = names
    keys = {k: v for k, v in params[name].items() if k != "type"}
    _check(place, key, keys)
    rest = {n: v for n, v in params.items() if n != name}
    return {**endpoint, "params": rest, "incremental": {"start_param": name, **keys}}


def _check(place: Place, key: str, keys: dict[str, Any]) -> None:
    if unknown := sorted(set(keys) - set(Incremental.model_fields)):
        raise place.build_error(
            f"{key}.{unknown[0]}",
            f"is unknown; allowed are {', '.join(Incremental.model_fields)}",
        )
    place.validate(Incremental, keys, key)

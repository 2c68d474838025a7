"""Puts the error handler of the prose where the configuration has none."""

from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT, ConversionLog
from analytics_ingest.convert.python.values import walk

Json = dict[str, Any]


def with_handler(api: Json, prose: Json, notes: ConversionLog) -> Json:
    """The configuration with the error handlers that its prose describes.

    Args:
        prose: The keys of an error handler, as far as sentences give them.
    """
    written = [
        value["error_handler"]
        for value in walk(api)
        if isinstance(value, dict) and isinstance(value.get("error_handler"), dict)
    ]
    if not written and prose.get("retry_on_status_codes"):
        return _added(api, prose, notes)
    if prose.get("backoff") == "constant":
        seconds = prose["backoff_factor"]
        for handler in written:
            if handler.get("backoff_factor", seconds) == seconds:
                handler.setdefault("backoff", "constant")
        told = f"the wait between tries is {seconds} s each time, as the prose says"
        notes.assume(None, told)
        for resource in api["resources"]:
            notes.comments[resource["name"], "endpoint.error_handler.backoff"] = FROM_TEXT
    return api


def _added(api: Json, prose: Json, notes: ConversionLog) -> Json:
    codes = ", ".join(map(str, prose["retry_on_status_codes"]))
    notes.assume(None, f"requests are tried again on {codes}, as the prose says")
    if len(api["resources"]) == 1:
        (resource,) = api["resources"]
        notes.comments[resource["name"], "endpoint.error_handler"] = FROM_TEXT
        endpoint = {**resource["endpoint"], "error_handler": prose}
        return {**api, "resources": [{**resource, "endpoint": endpoint}]}
    defaults = dict(api.get("resource_defaults", {}))
    defaults["endpoint"] = {**defaults.get("endpoint", {}), "error_handler": prose}
    notes.comments[None, "resource_defaults.endpoint.error_handler"] = FROM_TEXT
    return {**api, "resource_defaults": defaults}

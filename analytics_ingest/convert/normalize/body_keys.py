"""Takes a key that is sent in the body of requests out of auth, which sends none there.

    {type: api_key, name: apiKey, api_key: dlt.secrets["key"], location: body}

It is a part of the bodies once the method of each request is known.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import BodyKey, Draft, Json
from analytics_ingest.convert.normalize.request_places import find_block, read_option

BODIES = ("json", "data")
_NO_NAME = "no field of the body is named for the key; declare it in endpoint.json"


def take_body_keys(draft: Draft) -> None:
    """Take the keys of the client and of endpoints that are sent in bodies."""
    _take(draft, None, draft.client)
    for resource in draft.resources:
        _take(draft, resource["name"], resource["endpoint"])


def is_in_body(auth: Any) -> bool:
    """Return whether an auth block says that it sends a key in the body."""
    return isinstance(auth, Mapping) and read_option(auth.get("location"))[0] in BODIES


def _take(draft: Draft, resource: str | None, holder: Json) -> None:
    auth = holder.get("auth")
    if not isinstance(auth, dict) or auth.get("type") != "api_key" or not is_in_body(auth):
        return
    del holder["auth"]
    if not isinstance(auth.get("name"), str):
        draft.log.settings.pop("api_key", None)
        draft.log.leave_out(resource, "client.auth" if resource is None else "auth", _NO_NAME)
        return
    setting = str(auth.get("api_key", "api_key")).rpartition(".")[2]
    is_form = find_block(auth["location"]) == "data"
    draft.body_keys[resource] = BodyKey(auth["name"], is_form, setting)
    if setting != "api_key":
        draft.log.settings[setting] = f"the key, sent in the body as {auth['name']}"

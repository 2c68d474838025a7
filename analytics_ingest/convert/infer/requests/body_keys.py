"""Sends a key in the body of requests, where the configuration or the prose puts it there."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import BodyKey, Draft, Json
from analytics_ingest.convert.infer.requests.bodies import Body, find_body
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.aliases import rename
from analytics_ingest.convert.normalize.body_keys import is_in_body
from analytics_ingest.convert.normalize.credentials import find_kind
from analytics_ingest.convert.normalize.request_places import read_option
from analytics_ingest.convert.prose.requests.body_keys import BodyPlace, read_body_places
from analytics_ingest.convert.prose.requests.connections import read_logins

_NOT_SENT = (
    "no key is sent, for the document puts it in the body, and this is not a POST of an object; "
    "declare endpoint.method or endpoint.auth"
)


def place_key(draft: Draft, document: Document) -> None:
    """Put the key of a client in the body, where the prose does and the configuration is silent."""
    auth = draft.client.get("auth")
    if not isinstance(auth, Mapping):
        return
    given = rename("auth", auth)
    if find_kind(given) != "api_key":
        return
    stated = read_body_places(document)
    if not stated:
        return
    _, placed_name = read_option(given.get("location"))
    name = given.get("name", given.get("header", placed_name))
    is_placed = bool({"location", "header", "header_name"} & {*given, *auth})
    if is_placed and not is_in_body(given):
        reason = "the key is sent where the configuration says; the prose says: in the body"
        draft.log.assume(None, f"{reason} of requests")
        return
    others = [login.describe() for login in read_logins(document) if login.kind == "api_key"]
    if others and not is_placed:
        reason = f"the key is sent in a header; the prose names the body, and {'; '.join(others)}"
        draft.log.assume(None, f"{reason}: declare client.auth.location")
        return
    _complete(draft, {**auth}, stated, name, is_placed=is_placed)


def _complete(
    draft: Draft, auth: Json, stated: list[BodyPlace], name: Any, *, is_placed: bool
) -> None:
    """Complete the place of a key and its name."""
    names = [place.name for place in stated if place.name]
    if not is_placed:
        auth["location"] = "form" if stated[0].is_form else "body"
        draft.log.assume(None, "the key is sent in the body of requests, as the prose says")
    if not isinstance(name, str) and len(names) == 1:
        (auth["name"],) = names
        draft.log.assume(None, f"the key is sent as {names[0]}, as the prose says")
    elif isinstance(name, str) and names and name not in names:
        reason = f"the key is sent as {name}, as configured; the prose says {', '.join(names)}"
        draft.log.assume(None, reason)
    draft.client["auth"] = auth


def send_body_keys(draft: Draft) -> None:
    """Write the keys into the bodies of the requests that have one; log what is sent without."""
    sent: dict[str, tuple[BodyKey, Body]] = {}
    for name, resource in draft.by_name.items():
        key = draft.body_keys.get(name, draft.body_keys.get(None))
        has_other = "auth" in resource["endpoint"] and name not in draft.body_keys
        if key is None or has_other:
            continue
        body = find_body(draft, resource, is_form=key.is_form)
        if body is None:
            draft.log.assume(name, _NOT_SENT)
        elif not (body.fits(key.name) and body.find_place(key.name)):
            sent[name] = (key, body)
    if not _share(draft, sent):
        for name, (key, body) in sent.items():
            put = body.put(key.name, f"{{settings.{key.setting}}}")
            draft.by_name[name]["endpoint"][body.block] = put.own
    used = str(draft.attributes)
    for key in draft.body_keys.values():
        if f"{{settings.{key.setting}}}" not in used:
            draft.log.settings.pop(key.setting, None)


def _share(draft: Draft, sent: Mapping[str, tuple[BodyKey, Body]]) -> bool:
    """Write the key into the body that all resources share, where it is the same JSON in each."""
    keys = {key for key, _ in sent.values()}
    is_json = all(body.block == "json" for _, body in sent.values())
    shared = draft.shared.get("json") or {}
    if len(sent) < 2 or {*sent} != {*draft.by_name} or len(keys) > 1 or not is_json:
        return False
    (key,) = keys
    if "." in key.name or not isinstance(shared, dict):
        return False
    draft.shared["json"] = {**shared, key.name: f"{{settings.{key.setting}}}"}
    return True

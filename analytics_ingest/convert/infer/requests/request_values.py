"""Adds the headers and query parameters that the prose says requests carry.

A value of the configuration stays, and so does what pages and windows send by themselves.
"""

from urllib.parse import parse_qsl

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.secrets import holds_secret
from analytics_ingest.convert.prose.requests.request_values import RequestValue, read_request_values
from analytics_ingest.convert.prose.text.passages import Prose


def infer_request_values(draft: Draft, prose: Prose) -> None:
    """Add what every request carries to the client or the defaults, and the rest to resources."""
    read = read_request_values(prose)
    public = [(r, v) for r, v in read if not holds_secret(v.name, v.value)]
    stated = [(resource, value) for resource, value in public if value.is_certain]
    for resource, value in stated:
        others = [v for r, v in stated if r == resource and _is_same(v, value) and v != value]
        kind = "header" if value.block == "headers" else "parameter"
        if others:
            reason = f"the {kind} {value.name} is not sent: the prose names several values"
            draft.log.assume(resource, reason)
        else:
            _add(draft, resource, value, kind)
    for resource, value in public:
        if not value.is_certain and _find_known(draft, resource, value) is None:
            _log_uncertain(draft, resource, value)


def _log_uncertain(draft: Draft, resource: str | None, value: RequestValue) -> None:
    where = "headers" if value.block == "headers" else "endpoint.params"
    sent = f"{value.name}: {value.value}"
    reason = f"`{sent}` is not sent: the prose does not say plainly that requests need it"
    draft.log.assume(resource, f"{reason}; add it to {where} if they do")


def _is_same(one: RequestValue, other: RequestValue) -> bool:
    return (one.block, one.name.lower()) == (other.block, other.name.lower())


def _add(draft: Draft, resource: str | None, value: RequestValue, kind: str) -> None:
    if resource is not None:
        holder, key = draft.by_name[resource]["endpoint"], f"endpoint.{value.block}.{value.name}"
    elif value.block == "headers":
        holder, key = draft.client, f"client.headers.{value.name}"
    else:
        holder, key = draft.shared, f"resource_defaults.endpoint.params.{value.name}"
    known = _find_known(draft, resource, value)
    if known is None:
        holder[value.block] = {**(holder.get(value.block) or {}), value.name: value.value}
        reason = f"the {kind} {value.name} is sent, as the prose says"
        draft.log.assume(resource, reason, key=key, comment=FROM_TEXT)
    elif str(known) != value.value:
        reason = f"the {kind} {value.name} is as configured; the prose names another value"
        draft.log.assume(resource, reason)


def _find_known(draft: Draft, resource: str | None, value: RequestValue) -> object:
    """Find what a request sends under a name already: a value, or the key that sends it."""
    of = draft.resources if resource is None else [draft.by_name[resource]]
    in_paths = [_read_query(r).get(value.name.lower()) for r in of]
    if value.block == "params" and all(in_paths):
        return next((sent for sent in in_paths if sent != value.value), value.value)
    blocks: list[Json] = [draft.client, draft.shared, *(r["endpoint"] for r in of)]
    for block in blocks:
        for name, sent in (block.get(value.block) or {}).items():
            if name.lower() == value.name.lower():
                return sent
        for key in ("paginator", "incremental"):
            for part in walk(block.get(key)):
                if isinstance(part, dict) and value.name in part.values():
                    return f"a value of the {key}"
    return None


def _read_query(resource: Json) -> dict[str, str]:
    """Read what the path of a resource sends itself: `/items?kind=all`."""
    _, _, query = str(resource["endpoint"].get("path")).partition("?")
    return {name.lower(): value for name, value in parse_qsl(query)}

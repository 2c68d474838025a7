"""Sends values that fill a placeholder of the path as parameters too, where a document says so.

A parameter of the name of a placeholder fills it, as in dlt, and is not sent. What is sent in both
places has a placeholder of another name, or is a setting in the path itself.
"""

import re
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.draft import Draft, Json, is_resolved
from analytics_ingest.convert.normalize.placeholders import list_names
from analytics_ingest.convert.prose.requests.repeated_values import read_repeated_values
from analytics_ingest.convert.prose.text.passages import Prose

_TEXT = re.compile(r"[\w.-]+|\{settings\.\w+\}|\{\{ config[^{}]+\}\}|\{resources\.\w+\.\w+\}")
_ROUTERS = ("ListPartitionRouter",)
_PARTITION = re.compile(r"\bstream_(?:partition|slice)\b")


def note_repeated_values(draft: Draft) -> None:
    """Note which parameters repeat a placeholder: `{symbol}` in the path and in the query."""
    for resource in draft.resources:
        endpoint, params = resource["endpoint"], resource["endpoint"].get("params")
        names = re.findall(r"\{(\w+)\}", str(endpoint.get("path")))
        routed = _list_routed(resource) + _list_routed(endpoint)
        for name in names if isinstance(params, dict) else ():
            if re.fullmatch(rf"\{{+ ?{name} ?\}}+", str(params.get(name))):
                is_certain = name in [field for field, _ in routed]
                draft.repeated[resource["name"], name] = is_certain
        for field, sent in routed:
            if field == sent and field in names:
                draft.repeated[resource["name"], field] = True


def _list_routed(holder: Json) -> list[tuple[Any, Any]]:
    """List what the router of a resource fills, and the parameter in which it sends that."""
    routers = [holder.get(key) for key in ("partition_router", "partition", "partitions")]
    blocks = [block for router in routers for block in walk(router) if isinstance(block, dict)]
    # Of a document's own words, `param` may be the placeholder: only Airbyte's say both.
    own = [block.get("request_option") if block.get("type") in _ROUTERS else {} for block in blocks]
    options = zip(blocks, own, strict=True)
    return [
        (block["cursor_field"], option.get("field_name") if isinstance(option, dict) else None)
        for block, option in options
        if "cursor_field" in block
    ]


def send_repeated_values(draft: Draft, prose: Prose) -> None:
    """Send values in the path and in the query; log those that may be sent so."""
    stated = set(read_repeated_values(prose))
    for resource in draft.resources:
        params = resource["endpoint"].get("params") or {}
        for name in [name for name in list_names(resource["endpoint"]["path"]) if name in params]:
            places = {(resource["name"], name), (None, name)}
            noted = draft.repeated.get((resource["name"], name))
            is_sent = _send(draft, resource, name) if places & stated or noted else noted is None
            if not is_sent:
                reason = f"{name} fills the path and is not sent as a parameter"
                draft.log.assume(resource["name"], f"{reason}: declare another one if it has to be")


def _send(draft: Draft, resource: Json, name: str) -> bool:
    """Send a value in both places; return whether that is possible."""
    endpoint = resource["endpoint"]
    params, value = endpoint["params"], endpoint["params"][name]
    other, texts = f"{name}_in_path", [part for part in walk(resource) if isinstance(part, str)]
    if other in params or any(_PARTITION.search(text) for text in texts):
        return False
    if is_resolved(value) and set(value) == {"type", "resource", "field"}:
        value = params[name] = f"{{resources.{value['resource']}.{value['field']}}}"
    if isinstance(value, str) and _TEXT.fullmatch(value):
        endpoint["path"] = endpoint["path"].replace(f"{{{name}}}", value)
    elif isinstance(value, dict) and value.get("type") == "each":
        endpoint["path"] = endpoint["path"].replace(f"{{{name}}}", f"{{{other}}}")
        del params[name]
        params |= {other: value, name: f"{{{other}}}"}
    else:
        return False
    reason = f"{name} is sent in the path and as a parameter, as the document says"
    draft.log.assume(resource["name"], reason)
    return True

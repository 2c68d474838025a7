"""Takes the blocks of manifests that a section of a resource holds, outside its configuration.

A fragment is YAML or JSON: keys of an endpoint (`incremental_sync: …`), a component with its type,
or a list of transformations. The configuration's own keys win; what is not used is logged.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.transformations import AIRBYTE_TYPES
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_statement

_KEYS = {
    "decoder": "decoder",
    "error_handler": "error_handler",
    "incremental_sync": "incremental_sync",
    "paginator": "paginator",
    "pagination": "paginator",
    "partition_router": "partition_router",
    "record_filter": "record_filter",
    "record_selector": "record_selector",
    "response_actions": "response_actions",
    "transformations": "transformations",
}
_TYPES = {
    "CompositeErrorHandler": "error_handler",
    "DatetimeBasedCursor": "incremental_sync",
    "DefaultErrorHandler": "error_handler",
    "DefaultPaginator": "paginator",
    "ListPartitionRouter": "partition_router",
    "RecordFilter": "record_filter",
    "RecordSelector": "record_selector",
    "SubstreamPartitionRouter": "partition_router",
}
_RESPONSE = re.compile(r"\b(?:respon[sd]\w*|answer\w*|returns?|returned|reply|replies)\b", re.I)
_OUTER = ("retriever", "requester")
_OF_AN_API = ("client", "definitions", "resources", "streams")


def add_fragments(draft: Draft, prose: Prose) -> None:
    """Add the keys of fragments to the resources of their sections."""
    above = ""
    for part, named in prose.iterate_parts():
        if isinstance(part, Line):
            above = part.text
            continue
        origin, name = f"the code on line {part.line}", named or draft.only_name
        for key, value in [] if _is_response(above, part.data) else _iterate_keys(part.data):
            is_of_steps = key == "transformations" and name is None
            if is_of_steps or (key, origin) in draft.log.taken:
                continue  # See `step_lists`, and `python.error_handlers`.
            if is_statement(above):
                _add(draft, key, value, name, origin)
            else:
                reason = "the line above the code does not advise it"
                draft.log.assume(name, f"{key} in {origin} is not used: {reason}")


def _is_response(above: str, data: Any) -> bool:
    """Return whether a block is a response that the line above it announces."""
    own = {*_KEYS, *_OUTER, "type"}
    return isinstance(data, Mapping) and bool(data.keys() - own and _RESPONSE.search(above))


def _iterate_keys(data: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys of an endpoint that a fragment holds, each with its value."""
    if isinstance(data, list):
        if data and all(_read_type(item) in AIRBYTE_TYPES for item in data):
            yield "transformations", data
        return
    if not isinstance(data, Mapping) or not is_fragment(data):
        return
    if (kind := _read_type(data)) in AIRBYTE_TYPES:
        yield "transformations", [data]
    elif kind in _TYPES:
        yield _TYPES[kind], data
    else:
        for key, value in data.items():
            if key in _KEYS:
                yield _KEYS[key], value
            elif key in _OUTER:
                yield from _iterate_keys(value)


def is_fragment(data: Mapping[str, Any]) -> bool:
    """Return whether a block of data is not that of an API as a whole."""
    return not any(key in data for key in _OF_AN_API)


def _read_type(value: Any) -> str:
    return str(value.get("type")) if isinstance(value, Mapping) else ""


def _add(draft: Draft, key: str, value: Any, name: str | None, origin: str) -> None:
    if name is None:
        if key not in draft.shared and not any(key in r["endpoint"] for r in draft.resources):
            draft.log.assume(None, f"{key} in {origin} is not used: it names no resource")
        return
    resource = draft.by_name[name]
    own, merged = resource["endpoint"], draft.merge_endpoint(resource)
    if not isinstance(value, dict | list) or not value:
        draft.log.assume(name, f"{key} in {origin} is not used: it holds no keys")
    elif key in resource or key in draft.defaults or key in merged:
        known = (resource.get(key), draft.defaults.get(key), merged.get(key))
        is_same = value in known
        if not is_same:
            draft.log.assume(name, f"{key} in {origin} is not used: the configuration has its own")
    else:
        own[key] = copy_tree(value)
        draft.log.take(name, key, origin)

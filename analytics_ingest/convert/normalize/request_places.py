"""Knows the words that documents use for where a value is sent, and for what a partition sends."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import map_strings

PLACE_KEYS = ("inject_into", "location", "in", "param_location", "placement", "send_in")
"""Keys that say where a value is sent."""
AIRBYTE_PLACES = {
    "params": "request_parameter",
    "headers": "header",
    "json": "body_json",
    "data": "body_data",
}
"""A block of a request → Airbyte's word for it."""
LOCATIONS = {"params": "query", "headers": "header"}
"""A block of a request → the location of a key or a token."""
_WORDS = {
    "params": "query querystring queryparam queryparams queryparameter queryparameters param "
    "params parameter parameters requestparam requestparams requestparameter requestparameters "
    "url urlparam urlparams",
    "headers": "header headers httpheader requestheader requestheaders",
    "json": "body bodyjson json jsonbody requestbody requestbodyjson postbody payload",
    "data": "bodydata data form formdata formbody requestbodydata requestbodyform",
}
_OF_PARTITION = re.compile(
    r"(?<!\{)\{\s*(?:stream_)?(?:partition|slice)\.(?P<field>\w+)\s*\}(?!\})"
)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_PARTITION = re.compile(r"(?<![\w.'\"])(?:partition|slice)(?=\.\w|\[)")
_BLOCKS = {word: block for block, words in _WORDS.items() for word in words.split()}


def find_place_key(block: Mapping[str, Any]) -> str:
    """Find the key of a block that says where a value is sent; the first of them without one."""
    return next((key for key in PLACE_KEYS if key in block), PLACE_KEYS[0])


def find_block(place: Any) -> str:
    """Find the block of an endpoint that a word for a place means: `query` is `params`.

    Empty for another word.
    """
    word = re.sub(r"[\s_-]", "", place).lower() if isinstance(place, str) else ""
    return _BLOCKS.get(word, "")


def read_option(option: Any) -> tuple[str, Any]:
    """Read the block that carries a value, and its name there.

    A word alone has no name: `header`, `{header: X-Token}`, or Airbyte's `{inject_into: header,
    field_name: X-Token}`.
    """
    if not isinstance(option, Mapping):
        return find_block(option), None
    if len(option) == 1:
        ((place, name),) = option.items()
        return find_block(place), name
    return find_block(option.get(find_place_key(option))), option.get("field_name")


def name_partition_in_requests(endpoint: dict[str, Any]) -> None:
    """Write what the requests of an endpoint read of the partition as Airbyte does."""
    for part in {"path", *AIRBYTE_PLACES} & endpoint.keys():
        endpoint[part] = map_strings(endpoint[part], name_partition)


def name_partition(text: str) -> str:
    """Write what a text reads of the partition as Airbyte does: `{partition.kind}`."""
    text = _OF_PARTITION.sub(r"{{ stream_partition.\g<field> }}", text)
    return _EXPRESSION.sub(lambda match: _PARTITION.sub("stream_partition", match[0]), text)

"""Where a request carries a value (`inject_into`) → the block and the place of an endpoint."""

from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.declaration.airbyte.target import BLOCKS

Option = tuple[str, tuple[str, ...]]
"""A block of an endpoint, and the keys that lead to the value in it."""


def read_option(option: Component, texts: Interpolation) -> Option:
    """Read where a request carries a value."""
    into = str(option.take("inject_into", "request_parameter"))
    name, path = option.take("field_name"), option.take("field_path")
    if into not in BLOCKS:
        raise UnsupportedError(f"inject_into: {into} has no counterpart")
    keys = path if isinstance(path, list) and path else [name]
    parts = tuple(str(texts.evaluate_constant(key, option.parameters)) for key in keys if key)
    if not parts or any("{{" in part for part in parts):
        raise UnsupportedError("a request option names no field")
    return BLOCKS[into], parts


def inject(endpoint: Json, option: Option, value: Any) -> None:
    """Let the requests of an endpoint carry a value; what is written there already stays."""
    block, (*above, last) = option
    part = endpoint.setdefault(block, {})
    for key in above:
        part = part.setdefault(key, {}) if isinstance(part, dict) else part
    if not isinstance(part, dict):
        raise UnsupportedError(f"the {block} of the request is not an object")
    part[last] = value

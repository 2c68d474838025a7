"""Where requests carry the page token: in an option of the paginator, or in an expression."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.options import Option, read_option

TOKEN = "{{ next_page_token['next_page_token'] }}"
"""The expression that sends the token; nothing with the first page."""

_BLOCKS = ("params", "json", "data")
_TOKEN = re.compile(
    r"""\{\{\s*next_page_token(?:\.next_page_token|\[\s*(['"])next_page_token\1\s*\]
    |\.get\(\s*(['"])next_page_token\2\s*\))\s*\}\}""",
    re.VERBOSE,
)


def read_token(token: Component | None, endpoint: Json, texts: Interpolation) -> Option | None:
    """Read where the token is; a field of the request that is the token is taken from it."""
    if token is None:
        return _take_field(endpoint)
    if token.kind == "RequestPath":
        raise UnsupportedError("a counted page is asked for by its path")
    return read_option(token, texts)


def reads_token(endpoint: Json) -> bool:
    """Return whether expressions of a request read the token of its page."""
    return find_references([endpoint.get(key) for key in ("path", "headers", *_BLOCKS)]).has_page


def name_token(option: Option | None, param: str, body_path: str) -> Json:
    """Name the place of a token by a key of the paginator: `param` or `body_path`."""
    if option is None:
        raise UnsupportedError("the page token has no place in the request")
    block, path = option
    if block == "params" and len(path) == 1:
        return {param: path[0]}
    if block in ("json", "data") and not any("." in part for part in path):
        return {body_path: ".".join(path)}
    raise UnsupportedError(f"the page token is sent in {_PLACES.get(block, block)}")


_PLACES: dict[str, Any] = {"headers": "a header"}


def _take_field(endpoint: Json) -> Option | None:
    for block in _BLOCKS:
        for path in _iterate_fields(endpoint.get(block)):
            part = endpoint[block]
            for key in path[:-1]:
                part = part[key]
            del part[path[-1]]
            return block, path
    return None


def _iterate_fields(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the fields of an object whose value is the token."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _iterate_fields(item, (*above, str(key)))
    elif above and isinstance(value, str) and _TOKEN.fullmatch(value.strip()):
        yield above

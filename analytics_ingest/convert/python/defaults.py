"""Settles settings that have a default: `dlt.config.get("size", 100)`.

In a request the setting stays, with its default beside it; elsewhere it is the default.
"""

import ast
import re
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.python.values import Reference

_OF_REQUESTS = ("path", "params", "headers", "json", "data")
_WITH_DEFAULT = re.compile(r"\{\{ settings\.\w+ \| default\((?P<value>[^{}]*)\) \}\}")


def settle_defaults(configuration: Any) -> Any:
    """Return a configuration in which only requests hold settings with a default."""
    return map_leaves(configuration, _settle)


def _settle(path: Path, leaf: Any) -> Any:
    is_of_request = any(key in _OF_REQUESTS for key in path)
    if isinstance(leaf, Reference) and leaf.default is not None:
        return leaf.text if is_of_request else leaf.default
    if isinstance(leaf, str) and not is_of_request:
        return _WITH_DEFAULT.sub(lambda match: str(ast.literal_eval(match["value"])), leaf)
    return leaf

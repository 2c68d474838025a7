"""The names by which an object says which thing it is: then a status is one of its attributes."""

from collections.abc import Mapping
from typing import Any

_NAMES = (
    *("name", "title", "label", "reference", "ref", "number", "email", "username", "host", "url"),
    *("sku",),
)
_ENDINGS = ("_id", "_key", "_name", "_number")
_OF_REQUESTS = ("request_id", "trace_id", "correlation_id", "session_id")


def has_own_name(keys: Mapping[str, Any]) -> bool:
    """Return whether an object has a name, or a key that names it in part.

    Args:
        keys: Its members, with names in snake_case.
    """
    return any(
        value not in (None, "")
        and not isinstance(value, dict | list)
        and (name in _NAMES or (name.endswith(_ENDINGS) and name not in _OF_REQUESTS))
        for name, value in keys.items()
    )

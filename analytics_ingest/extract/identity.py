"""The names by which an object says which thing it is: then a status is one of its attributes."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from analytics_ingest.extract.key_names import normalize_name

_NAMES = ("name", "title", "label")
_IN_PART = ("reference", "ref", "number", "email", "username", "sku")
_ENDINGS = ("_id", "_key", "_name", "_number")
_OF_REQUESTS = re.compile("(request|trace|correlation|session|next|last|prev|previous|page)_.*")


def has_name(value: Mapping[Any, Any]) -> bool:
    """Return whether an object has a name for people to read."""
    return any(_is_text_or_number(item) for key, item in _list_members(value) if key in _NAMES)


def is_own_thing(value: Mapping[Any, Any], ids: Collection[str]) -> bool:
    """Return whether an object has an id, a name, or what identifies it with others.

    Args:
        ids: Names of keys that identify an object.
    """
    return any(
        key in ids
        or key in (*_NAMES, *_IN_PART)
        or (key.endswith(_ENDINGS) and not _OF_REQUESTS.fullmatch(key))
        for key, item in _list_members(value)
        if _is_text_or_number(item)
    )


def _list_members(value: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    return [(normalize_name(str(key)), item) for key, item in value.items()]


def _is_text_or_number(value: Any) -> bool:
    return value not in (None, "") and isinstance(value, str | int | float)

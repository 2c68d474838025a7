"""Whether an element of a list is the outcome of a request of its own that failed, or in part.

A batch has one for each request. Its id is then the id of the request, not of a thing.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics_ingest.extract.identity import has_name, is_own_thing
from analytics_ingest.extract.key_names import normalize_name
from analytics_ingest.extract.responses.error_words import (
    FAILURES,
    PARTIAL,
    PARTIAL_FLAGS,
    STRONG_TEXTS,
    has_failed_shards,
    has_failed_status,
    has_text,
    is_error_status,
    is_partial,
    normalize_names,
)
from analytics_ingest.extract.selectors.row_places import Element

_STATUSES = ("status", "code", "status_code", "http_status", "http_status_code", "result")
_SIGNS = {*_STATUSES, *PARTIAL_FLAGS, "_shards"}
_GOOD = re.compile("0|ok|okay|success|successful|succeeded|true|2[0-9][0-9]")


def has_failed_outcome(elements: Sequence[Element], ids: Collection[str]) -> bool:
    """Return whether an element is an outcome that failed, or that lacks some of its rows.

    Args:
        ids: Names of keys that identify an object.
    """
    if _SIGNS.isdisjoint(list_names(elements)):
        return False
    parts = [(element, normalize_names(element.keys)) for element in elements]
    names = [name for name in _STATUSES if all(_is_outcome(keys.get(name)) for _, keys in parts)]
    return any(_is_failed(element, keys, names, ids) for element, keys in parts)


def list_names(elements: Sequence[Element]) -> set[str]:
    """List the names of all keys, in snake_case: each spelling is read once, as rows are many."""
    return {normalize_name(str(key)) for key in {key for each in elements for key in each.keys}}


def _is_outcome(value: Any) -> bool:
    """Return whether a status may be the outcome of a request: not `paid`, or a list."""
    if value is None or is_error_status(value):
        return True
    text = str(value).lower()
    return text in (*FAILURES, *PARTIAL) or _GOOD.fullmatch(text) is not None


def _is_failed(
    element: Element, keys: Mapping[str, Any], names: Sequence[str], ids: Collection[str]
) -> bool:
    if has_failed_shards(keys):
        return True
    statuses = {name: keys.get(name) for name in names}
    has_error_status = any(map(is_error_status, statuses.values()))
    if has_error_status and element.lacks_place and not has_name(keys):
        return True
    if is_own_thing(keys, ids):
        return False
    others = {name: value for name, value in keys.items() if name not in _STATUSES}
    if is_partial({**others, **statuses}):
        return True
    # Beside rows, a status alone may be what they are grouped by.
    if element.has_rows:
        return has_text(keys, STRONG_TEXTS) and has_failed_status(statuses, has_rows=True)
    return has_error_status or has_failed_status(statuses, has_rows=True)

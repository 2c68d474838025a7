"""Values as JSON that every warehouse can hold."""

import json
import re
from typing import Any

import simplejson
from dlt.common.json import json as dlt_json

from analytics_ingest.common.json_tree import map_leaves
from analytics_ingest.common.numbers import LongNumber, has_long_number

_NUL = re.compile(rb"(?<!\\)(\\\\)*\\u0000")
"""The character NUL in JSON, but not a text that spells it."""


def to_json(value: Any) -> str:
    """Return a value as JSON that every warehouse can hold, even where its text is not Unicode."""
    text = _dump(value, ensure_ascii=False)
    return text if is_encodable(text) else _dump(value, ensure_ascii=True)


def _dump(value: Any, *, ensure_ascii: bool) -> str:
    if not has_long_number(value):
        return json.dumps(value, ensure_ascii=ensure_ascii, sort_keys=True)
    raw = map_leaves(value, lambda _, x: simplejson.RawJSON(str(x)) if type(x) is LongNumber else x)
    return simplejson.dumps(raw, ensure_ascii=ensure_ascii, sort_keys=True, allow_nan=True)


def is_encodable(value: Any, *, holds_nul: bool = True) -> bool:
    """Return whether dlt can write a value as JSON.

    Args:
        holds_nul: Whether that JSON may hold the character NUL.
    """
    try:
        encoded = dlt_json.dumpb(value)
    except (TypeError, ValueError):
        return False
    return holds_nul or not _NUL.search(encoded)

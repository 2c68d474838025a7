"""Whether a body without the place for its rows may be the page of a listing without any.

Some APIs omit an empty list. What they send then is empty, speaks of the listing or of the request,
or is the object that was asked for. Anything else is a message, a login or another document.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics_ingest.extract.error_words import (
    STRONG_TEXTS,
    SUCCESS_FLAGS,
    has_error,
    has_text,
    meta_objects,
    normalized,
    reports_error,
)
from analytics_ingest.extract.paging.evidence import as_flag

_OF_LISTINGS = re.compile(
    r"(.*_)?(totals?|counts?|pages?|per|paging|pagination|limit|offset|size|skip|take|cursors?|next"
    r"|prev|previous|first|last|more|continuation|sync|links?|meta|metadata|items|records|results"
    r"|rows|found|hits)(_.*)?|kind|etag|odata\..*|self|href"
)
"""Names of what stands around the rows of a listing."""
_OF_REQUESTS = re.compile(
    r"(request|trace|correlation)_?(id)?|timestamp|time|took|elapsed|duration|version|api_version"
    r"|server_time|response_time|date|locale|language|jsonrpc"
)
_STATUSES = ("status", "code", "status_code", "result", "stat", "state")
_SUCCESS = re.compile(
    r"0+|1|2[0-9]{2}|2[0-9]{4}|ok|success\w*|succeeded|true|completed?|done|none|empty"
    r"|(zero|no)[ _](results?|data|rows|records)"
)


def may_omit_rows(parts: Sequence[Any], ids: Collection[str], own_ids: Collection[Any]) -> bool:
    """Whether a body may lack the place for rows because there are none.

    Args:
        parts: The objects that lead to the place; the last one, or the list there, lacks it.
        ids: Names of keys that identify an object.
        own_ids: Values of the listing's placeholders: an object with one is what was asked for.
    """
    if isinstance(parts[-1], list):
        return not parts[-1]
    if any(map(_is_refusal, map(normalized, parts))):
        return False
    known = {str(value) for value in own_ids}
    filled = [(n, v) for n, v in normalized(parts[-1]).items() if v or v is False]
    return not filled or any(
        name in ids or str(value) in known or _is_of_listing(name, value) for name, value in filled
    )


def _is_refusal(keys: Mapping[str, Any]) -> bool:
    """Whether an object reports an error, or has a text and a code that is not a success."""
    codes = [keys[name] for name in _STATUSES if isinstance(keys.get(name), int | str)]
    is_failed = bool(codes) and not any(map(_is_success, codes))
    is_outcome = has_text(keys, STRONG_TEXTS) and is_failed
    return is_outcome or has_error(keys) or any(map(reports_error, meta_objects(keys)))


def _is_of_listing(name: str, value: Any) -> bool:
    if name in SUCCESS_FLAGS:
        return as_flag(value) is True
    if name in _STATUSES:
        return value != "0" and _is_success(value)
    return _OF_LISTINGS.fullmatch(name) is not None or _OF_REQUESTS.fullmatch(name) is not None


def _is_success(value: Any) -> bool:
    return isinstance(value, int | str) and _SUCCESS.fullmatch(str(value).lower()) is not None

"""Whether a body without the place for its rows may be the page of a listing without any.

Some APIs omit an empty list. What they send then is empty, speaks of the listing or of the request,
or is the object that was asked for. Anything else is a message, a login or another document.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics_ingest.extract.paging.evidence import as_flag, normalize
from analytics_ingest.extract.paging.usual_names import FLAGS
from analytics_ingest.extract.responses.error_words import (
    STRONG_TEXTS,
    SUCCESS_FLAGS,
    has_error,
    has_text,
    iterate_meta_objects,
    normalize_names,
    reports_error,
)

_OF_LISTINGS = {
    *("total", "totals", "count", "counts", "page", "pages", "per", "paging", "pagination"),
    *("limit", "offset", "size", "skip", "take", "cursor", "cursors", "next", "prev", "previous"),
    *("first", "last", "more", "continuation", "sync", "link", "links", "meta", "metadata"),
    *("items", "hits", "records", "results", "rows", "found", "kind", "etag", "self", "href"),
}
"""Words in the names of the keys around the rows of a listing."""
_OF_REQUESTS = (
    *("request_id", "requestid", "trace_id", "correlation_id", "timestamp", "time", "took"),
    *("elapsed", "duration", "version", "api_version", "server_time", "response_time", "date"),
    *("locale", "language", "jsonrpc"),
)
_STATUSES = ("status", "code", "status_code", "result", "stat", "state")
_SUCCESS = re.compile(
    r"0+|1|2[0-9]{2}|2[0-9]{4}|ok|success\w*|succeeded|true|completed?|done|none|empty"
    r"|(zero|no)[ _](results?|data|rows|records)"
)


def may_omit_rows(parts: Sequence[Any], ids: Collection[str], own_ids: Collection[Any]) -> bool:
    """Return whether a body may lack the place for rows because there are none.

    Args:
        parts: The objects that lead to the place; the last one, or the list there, lacks it.
        ids: Names of keys that identify an object.
        own_ids: Values of the listing's placeholders: an object with one is what was asked for.
    """
    if isinstance(parts[-1], list):
        return not parts[-1]
    if any(map(_is_refusal, map(normalize_names, parts))):
        return False
    keys, known = normalize_names(parts[-1]), {str(value) for value in own_ids}
    is_empty = not any(value or value is False for value in keys.values())
    return is_empty or any(
        (name in ids and value)
        or (isinstance(value, str | int) and str(value) in known)
        or _is_of_listing(name, value)
        for name, value in keys.items()
    )


def _is_refusal(keys: Mapping[str, Any]) -> bool:
    """Return whether an object reports an error, or has a text and a code that is not a success."""
    codes = [keys[name] for name in _STATUSES if isinstance(keys.get(name), int | str)]
    is_failed = bool(codes) and not any(map(_is_success, codes))
    is_outcome = has_text(keys, STRONG_TEXTS) and is_failed
    return is_outcome or has_error(keys) or any(map(reports_error, iterate_meta_objects(keys)))


def _is_of_listing(name: str, value: Any) -> bool:
    if name in SUCCESS_FLAGS:
        return as_flag(value) is True
    if name in _STATUSES:
        return (name == "code" or value not in (0, "0")) and _is_success(value)
    is_known = name in _OF_REQUESTS or name.startswith("odata.") or normalize(name) in FLAGS
    return is_known or not _OF_LISTINGS.isdisjoint(name.split("_"))


def _is_success(value: Any) -> bool:
    return isinstance(value, int | str) and _SUCCESS.fullmatch(str(value).lower()) is not None

"""Answers of status 200 that hold no rows, but an error in their place, or rows somewhere else.

An empty listing is a list without elements, null, or an empty object. What is anything else must
not pass for one: nothing would be loaded, and nobody be told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dlt.sources.helpers.rest_client.detector import find_response_page_data

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.selector import Selector

KEYS_SHOWN = 10
_KEY = re.compile(r"[A-Za-z_$@][A-Za-z0-9_.$@-]{0,39}")

_ERRORS = ("error", "errors", "error_message", "error_description", "error_code", "fault")
_TEXTS = ("message", "msg", "detail", "details", "title", "reason", "description")
_VERDICTS = ("ok", "success")
_STATUSES = ("status", "code", "status_code", "result", "type", "name")
_BESIDE = ("request_id", "trace_id", "timestamp", "path", "documentation_url", "help", "instance")
_OF_ERRORS = {*_ERRORS, *_TEXTS, *_VERDICTS, *_STATUSES, *_BESIDE}
_FAILED = ("error", "fail", "failed", "failure", "unauthorized", "forbidden")


def refusal(
    body: Any, selector: Selector, rows: Sequence[Any], primary_key: Sequence[str]
) -> ApiError | None:
    """Why an answer of status 200 is not taken for a page; None where it is one.

    Args:
        rows: What the selector finds in the body.
    """
    if body is not None and not isinstance(body, dict | list):
        return ApiError("the answer is a bare text or number in place of rows; check the key")
    if any(_has_key(row, primary_key) for row in rows):
        return None
    has_place = selector.has_place_in(body)
    if _is_error(body, rows, primary_key, has_place=has_place):
        return ApiError(
            f"the API answered 200 with an error in place of rows ({keys_of(body)}); check the key "
            "and the parameters. Where that means an empty listing, declare response_actions: "
            "[{content: <a part of its text>, action: ignore}]"
        )
    elsewhere = None if has_place else place_of_rows(body)
    if elsewhere:
        return ApiError(
            f"data_selector '{selector.path}' finds nothing in the answer ({keys_of(body)}); its "
            f"rows seem to be at '{elsewhere}'"
        )
    return None


def keys_of(body: Any) -> str:
    """The keys of a body, without those that may be values: `its keys: data, total`."""
    if isinstance(body, list):
        return "a list"
    names = [str(key) for key in body if _KEY.fullmatch(str(key))] if body else []
    more = ", …" if len(names) > KEYS_SHOWN or len(names) < len(body or ()) else ""
    return f"its keys: {', '.join(names[:KEYS_SHOWN])}{more}" if names else "without known keys"


def place_of_rows(body: Any) -> str | None:
    """The selector of a list of objects that a body holds, None where it holds none."""
    path, found = find_response_page_data(body)
    is_list = isinstance(found, list) and any(isinstance(row, dict) for row in found)
    return ".".join(path) if is_list else None


def _is_error(
    body: Any, rows: Sequence[Any], primary_key: Sequence[str], *, has_place: bool
) -> bool:
    """Whether a body without any row that has a key is an error."""
    if not rows:
        return _complains(body) or (not has_place and _is_only_text(body))
    (row,) = rows if len(rows) == 1 else (None,)
    is_of_errors = isinstance(row, dict) and _OF_ERRORS.issuperset(_told(row))
    if is_of_errors and _complains(row):
        return True
    return bool(primary_key) and (_complains(body) or _is_only_text(row))


def _has_key(row: Any, primary_key: Sequence[str]) -> bool:
    return isinstance(row, dict) and any(row.get(name) is not None for name in primary_key)


def _complains(value: Any) -> bool:
    return any(_complaints(_told(value)))


def _is_only_text(value: Any) -> bool:
    """Whether an object holds nothing but a message."""
    told = _told(value)
    texts = [told.get(name) for name in _TEXTS] if _OF_ERRORS.issuperset(told) else []
    return any(isinstance(text, str) and text for text in texts)


def _told(value: Any) -> dict[str, Any]:
    return {_snake(str(k)): v for k, v in value.items()} if isinstance(value, dict) else {}


def _complaints(told: Mapping[str, Any]) -> Iterator[bool]:
    """Whether each of the keys that speak of errors speaks of one."""
    for name in _ERRORS:
        yield bool(told.get(name)) and str(told[name]).lower() not in ("0", "none", "false", "null")
    for name in _VERDICTS:
        yield told.get(name) is False
    for name in _STATUSES:
        value = told.get(name)
        yield str(value).lower() in _FAILED or _is_error_status(value)


def _is_error_status(value: Any) -> bool:
    return isinstance(value, int | str) and re.fullmatch("[45][0-9][0-9]", str(value)) is not None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

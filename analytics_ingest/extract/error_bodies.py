"""Responses of status 200 that hold an error in place of rows, or rows elsewhere in the body.

An empty listing is a list without elements, null, or an empty object. Nothing else may pass for
one: otherwise nothing would be loaded, and nobody would know.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dlt.sources.helpers.rest_client.detector import find_response_page_data

from analytics_ingest.extract.selector import Selector

KEYS_SHOWN = 10
_KEY = re.compile(r"[A-Za-z_$@][A-Za-z0-9_.$@-]{0,39}")

_ERRORS = ("error", "errors", "error_message", "error_description", "error_code", "fault")
_TEXTS = ("message", "msg", "detail", "details", "title", "reason", "description")
_FLAGS = ("ok", "success")
_STATUSES = ("status", "code", "status_code", "result", "type", "name")
_CONTEXT = ("request_id", "trace_id", "timestamp", "path", "documentation_url", "help", "instance")
_ERROR_KEYS = {*_ERRORS, *_TEXTS, *_FLAGS, *_STATUSES, *_CONTEXT}
_FAILURE_STATUSES = ("error", "fail", "failed", "failure", "unauthorized", "forbidden")


def error_in_body(
    body: Any, selector: Selector, rows: Sequence[Any], primary_key: Sequence[str]
) -> str | None:
    """Why a response of status 200 is not a page of rows; None if it is.

    Args:
        rows: What the selector matches in the body.
    """
    if body is not None and not isinstance(body, dict | list):
        return "the response is a text or a number in place of rows; check the key and the path"
    if any(_has_key(row, primary_key) for row in rows):
        return None
    has_place = selector.matches(body)
    if _is_error(body, rows, primary_key, has_place=has_place):
        return (
            f"the API answered 200 with an error in place of rows ({keys_of(body)}); check the key "
            "and the params. If this means an empty listing, declare response_actions: "
            "[{content: <a part of its text>, action: ignore}]"
        )
    elsewhere = None if has_place else selector_of_rows(body)
    if elsewhere:
        return (
            f"data_selector '{selector.path}' matches nothing in the response ({keys_of(body)}); "
            f"its rows seem to be at '{elsewhere}'"
        )
    return None


def keys_of(body: Any) -> str:
    """The keys of a body, without those that may be data: `its keys: data, total`."""
    if isinstance(body, list):
        return "a list"
    names = [str(key) for key in body if _KEY.fullmatch(str(key))] if body else []
    more = ", …" if len(names) > KEYS_SHOWN or len(names) < len(body or ()) else ""
    return f"its keys: {', '.join(names[:KEYS_SHOWN])}{more}" if names else "without known keys"


def selector_of_rows(body: Any) -> str | None:
    """The selector of the list of objects in a body; None if there is no such list."""
    path, rows = find_response_page_data(body)
    is_list = isinstance(rows, list) and any(isinstance(row, dict) for row in rows)
    return ".".join(path) if is_list else None


def _is_error(
    body: Any, rows: Sequence[Any], primary_key: Sequence[str], *, has_place: bool
) -> bool:
    """Whether a body is an error; none of its rows has a primary key."""
    if not rows:
        return _reports_error(body) or (not has_place and _is_only_text(body))
    (row,) = rows if len(rows) == 1 else (None,)
    has_only_error_keys = isinstance(row, dict) and _ERROR_KEYS.issuperset(_normalized(row))
    if has_only_error_keys and _reports_error(row):
        return True
    return bool(primary_key) and (_reports_error(body) or _is_only_text(row))


def _has_key(row: Any, primary_key: Sequence[str]) -> bool:
    return isinstance(row, dict) and any(row.get(name) is not None for name in primary_key)


def _reports_error(value: Any) -> bool:
    return any(_error_signs(_normalized(value)))


def _is_only_text(value: Any) -> bool:
    """Whether an object holds nothing but a message."""
    keys = _normalized(value)
    texts = [keys.get(name) for name in _TEXTS] if _ERROR_KEYS.issuperset(keys) else []
    return any(isinstance(text, str) and text for text in texts)


def _normalized(value: Any) -> dict[str, Any]:
    """An object with its keys in snake_case; empty if the value is not an object."""
    return {_snake(str(k)): v for k, v in value.items()} if isinstance(value, dict) else {}


def _error_signs(keys: Mapping[str, Any]) -> Iterator[bool]:
    """Whether each of the known keys reports an error."""
    for name in _ERRORS:
        yield bool(keys.get(name)) and str(keys[name]).lower() not in ("0", "none", "false", "null")
    for name in _FLAGS:
        yield keys.get(name) is False
    for name in _STATUSES:
        value = keys.get(name)
        yield str(value).lower() in _FAILURE_STATUSES or _is_error_status(value)


def _is_error_status(value: Any) -> bool:
    return isinstance(value, int | str) and re.fullmatch("[45][0-9][0-9]", str(value)) is not None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

"""What the parsed body of a response holds: rows, none, an error in their place, or both.

An empty listing is a list without elements in its place, null, or an empty object. Nothing else may
pass for one: otherwise nothing would be loaded, and nobody would know. Rows beside an error may be
only some of the rows, so they fail as well, unless the endpoint declares `partial: allow`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
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
_IDS = ("id", "_id", "uuid", "guid", "key", "slug")
_NO_ERROR = ("0", "none", "false", "null")
_FAILURE_STATUSES = ("error", "fail", "failed", "failure", "unauthorized", "forbidden")


def error_in_body(
    body: Any,
    selector: Selector,
    rows: Sequence[Any],
    primary_key: Sequence[str],
    *,
    allows_partial: bool = False,
) -> str | None:
    """Why a response of status 200 is not a page of rows; None if it is.

    Args:
        rows: What the selector matches in the body.
        allows_partial: Whether rows beside an error are data.
    """
    if body is not None and not isinstance(body, dict | list):
        return "the response is a text or a number in place of rows; check the key and the path"
    has_error_above = _has_error_above(body, selector, primary_key, has_rows=bool(rows))
    is_in_object = bool(selector.objects_above(body)) and selector.has_list(body)
    if _are_rows(rows, primary_key, is_in_object=is_in_object):
        return _partial_problem(body) if has_error_above and not allows_partial else None
    has_place = selector.matches(body)
    is_empty = is_in_object and not rows
    if has_error_above or (
        not is_empty and _is_error(body, rows, primary_key, has_place=has_place)
    ):
        return (
            f"the API answered 200 with an error in place of rows ({keys_of(body)}); check the key "
            "and the params. If this means an empty listing, declare response_actions: "
            "[{content: <a part of its text>, action: ignore}], or action: retry if it passes"
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


def _partial_problem(body: Any) -> str:
    return (
        f"the API answered 200 with rows beside an error ({keys_of(body)}), so rows may be "
        "missing; if these are all that there are, declare partial: allow. If the error passes, "
        "declare response_actions: [{content: <a part of its text>, action: retry}]"
    )


def _are_rows(rows: Sequence[Any], primary_key: Sequence[str], *, is_in_object: bool) -> bool:
    """Whether what the selector matches are rows, and not an error as a row.

    Args:
        is_in_object: They are in a list in an object, where rows are expected.
    """
    if any(_has_key(row, primary_key) for row in rows):
        return True
    if not rows or not is_in_object:
        return False
    row = _only_row(rows)
    return not (_is_only(row, _has_error) or (primary_key and _is_only(row, _has_text)))


def _is_error(
    body: Any, rows: Sequence[Any], primary_key: Sequence[str], *, has_place: bool
) -> bool:
    """Whether a body without a list of rows in its place is an error."""
    if not rows:
        return _reports_error(_normalized(body)) or (not has_place and _is_only(body, _has_text))
    row = _only_row(rows)
    if _is_only(row, _reports_error):
        return True
    return bool(primary_key) and (_reports_error(_normalized(body)) or _is_only(row, _has_text))


def _has_error_above(
    body: Any, selector: Selector, primary_key: Sequence[str], *, has_rows: bool
) -> bool:
    """Whether an object that the place for rows is in reports an error of the request.

    An object with an id is a thing of its own: an error and a status are among its attributes.
    """
    for depth, part in enumerate(selector.objects_above(body)):
        keys = _normalized(part)
        has_id = _has_key(part, primary_key) or any(keys.get(n) not in (None, "") for n in _IDS)
        if has_id:
            continue
        # A status alone is an attribute. With a text beside it, it is the outcome of the request.
        is_outcome = depth == 0 and _has_text(keys) and _has_failed_status(keys, has_rows=has_rows)
        if _has_error(keys) or is_outcome:
            return True
    return False


def _has_key(row: Any, primary_key: Sequence[str]) -> bool:
    return isinstance(row, dict) and any(row.get(name) is not None for name in primary_key)


def _only_row(rows: Sequence[Any]) -> Any:
    return rows[0] if len(rows) == 1 else None


def _is_only(value: Any, is_kind: Callable[[Mapping[str, Any]], bool]) -> bool:
    """Whether an object has no keys but those of errors, and they are of some kind."""
    keys = _normalized(value)
    return _ERROR_KEYS.issuperset(keys) and is_kind(keys)


def _has_text(keys: Mapping[str, Any]) -> bool:
    return any(isinstance(keys.get(name), str) and keys[name] for name in _TEXTS)


def _reports_error(keys: Mapping[str, Any]) -> bool:
    return _has_error(keys) or _has_failed_status(keys)


def _has_error(keys: Mapping[str, Any]) -> bool:
    is_refused = any(str(keys.get(name)).lower() == "false" for name in _FLAGS)
    errors = [keys.get(name) for name in _ERRORS]
    return is_refused or any(e and str(e).lower() not in _NO_ERROR for e in errors)


def _has_failed_status(keys: Mapping[str, Any], *, has_rows: bool = False) -> bool:
    """Whether a status is one of a failure; beside rows, a number may be anything."""
    values = [keys.get(name) for name in _STATUSES]
    if any(str(value).lower() in _FAILURE_STATUSES for value in values):
        return True
    return not has_rows and any(map(_is_error_status, values))


def _normalized(value: Any) -> dict[str, Any]:
    """An object with its keys in snake_case; empty if the value is not an object."""
    return {snake_case(str(k)): v for k, v in value.items()} if isinstance(value, dict) else {}


def _is_error_status(value: Any) -> bool:
    return isinstance(value, int | str) and re.fullmatch("[45][0-9][0-9]", str(value)) is not None


def snake_case(name: str) -> str:
    """A key in snake_case, in which the keys of errors are compared."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

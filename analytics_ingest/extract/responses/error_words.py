"""The words by which an object of a response says that the request failed, or only in part.

The names are compared in snake_case. An object of meta data, such as `status` or `meta`, may say it
in place of the body itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from analytics_ingest.extract.key_names import normalize_name
from analytics_ingest.extract.paging.evidence import as_flag, as_number

ERRORS = (
    *("error", "errors", "error_message", "error_messages", "error_msg", "errmsg", "err_msg"),
    *("error_description", "error_details", "error_code", "errcode", "err_code", "errno", "err"),
    *("exception", "exceptions", "fault", "faultcode", "faultstring", "user_errors"),
    *("api_error", "api_errors", "validation_errors", "partial_errors", "partial_failure_error"),
)
STRONG_TEXTS = ("message", "msg", "detail", "reason", "status_message", "status_text")
TEXTS = (*STRONG_TEXTS, "details", "title", "description")
_LISTS_OF_TEXTS = ("messages", "details", "reasons")
SUCCESS_FLAGS = (
    *("ok", "success", "is_ok", "is_success", "succeeded", "is_successful", "successful"),
)
FAILURE_FLAGS = ("has_error", "has_errors", "is_error")
PARTIAL_FLAGS = (
    *("timed_out", "incomplete_results", "partial_results", "partial", "is_partial"),
    *("incomplete", "is_incomplete"),
)
_FAILURE_COUNTS = ("failed", "failure", "failures", "errored", "unsuccessful")
STATUSES = ("status", "code", "status_code", "result", "type", "name")
CONTEXT = ("request_id", "trace_id", "timestamp", "path", "documentation_url", "help", "instance")
ERROR_KEYS = {*ERRORS, *TEXTS, *SUCCESS_FLAGS, *FAILURE_FLAGS, *STATUSES, *CONTEXT}

ENVELOPES = ("data", "result", "results", "response", "rows", "records", "items", "payload")
"""Names of the place for rows in an object that is the response, and not a thing of its own."""

_OF_NAMESPACES = ("@xmlns", "@xsi:")
_META = ("meta", "metadata", "status", "response", "header", "response_status", "response_header")
_NO_ERROR = ("none", "false", "null", "ok", "success", "no error", "no errors", "no_error")
FAILURES = (
    *("error", "fail", "failed", "failure", "ko", "nok", "not_ok", "exception"),
    *("unauthorized", "unauthenticated", "forbidden", "denied", "access_denied", "rejected"),
)
WAITING = ("pending", "queued", "processing", "running", "in_progress")
_FAILURES_WITHOUT_ROWS = (
    *("request_denied", "invalid_request", "over_query_limit", "unknown_error", "invalid"),
    *("expired", "maintenance", "unavailable", "timeout", "not_ready"),
    *WAITING,
)
PARTIAL = ("partial", "partial_success", "partial_failure", "incomplete")
_ERROR_STATUS = re.compile("[45][0-9][0-9]")
_ERROR_CODE = re.compile("[13-9][0-9]{4,5}")
"""Codes of an API's own, next to a text: 40001, 10003. Those that begin with 2 are successes."""


def normalize_names(value: Any) -> dict[str, Any]:
    """Return an object with its keys in snake_case; empty if the value is not an object.

    Names of XML lose the `@` of an attribute and the prefix of a namespace.
    """
    if not isinstance(value, dict):
        return {}
    keys = ((str(key), item) for key, item in value.items())
    return {normalize_name(key): item for key, item in keys if not key.startswith(_OF_NAMESPACES)}


def has_text(keys: Mapping[str, Any], names: tuple[str, ...] = TEXTS) -> bool:
    """Return whether an object says something in words."""
    lists = (keys.get(name) for name in _LISTS_OF_TEXTS)
    has_list = any(isinstance(v, list) and v and all(isinstance(t, str) for t in v) for v in lists)
    return has_list or any(isinstance(keys.get(name), str) and keys[name] for name in names)


def has_error(keys: Mapping[str, Any]) -> bool:
    """Return whether an object reports an error, with any HTTP status."""
    is_refused = not _are_counters(keys) and any(
        as_flag(keys.get(name)) is False for name in SUCCESS_FLAGS
    )
    is_raised = any(as_flag(keys.get(name)) for name in FAILURE_FLAGS)
    return is_refused or is_raised or any(_is_problem(keys.get(name)) for name in ERRORS)


def has_failed_status(keys: Mapping[str, Any], *, has_rows: bool = False) -> bool:
    """Return whether a status is one of a failure; beside rows, a number may be anything."""
    values = [keys.get(name) for name in STATUSES]
    texts = {value.lower() for value in values if isinstance(value, str)}
    if not texts.isdisjoint(FAILURES):
        return True
    is_failed = not texts.isdisjoint(_FAILURES_WITHOUT_ROWS) or _has_error_code(keys)
    return not has_rows and (is_failed or any(map(is_error_status, values)))


def reports_error(keys: Mapping[str, Any]) -> bool:
    """Return whether an object reports an error or the status of one."""
    return has_error(keys) or has_failed_status(keys)


def is_only(value: Any, is_kind: Callable[[Mapping[str, Any]], bool]) -> bool:
    """Return whether an object has no keys but those of errors, and they are of some kind."""
    return has_error_names(value) and is_kind(normalize_names(value))


def has_error_names(value: Any) -> bool:
    """Return whether an object has no keys but those of errors; quick, as rows mostly have others.

    The place for the rows of a response may be there, and empty.
    """
    names = map(str, value if isinstance(value, dict) else ())
    return all(
        normalize_name(name) in ERROR_KEYS
        or name.startswith(_OF_NAMESPACES)
        or (name in ENVELOPES and not value.get(name))
        for name in names
    )


def is_message(keys: Mapping[str, Any]) -> bool:
    """Return whether an object says something in words that are seldom data."""
    return has_text(keys, STRONG_TEXTS)


def iterate_meta_objects(keys: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects of an object that speak of the response."""
    return (normalize_names(keys[name]) for name in _META if isinstance(keys.get(name), dict))


def is_partial(keys: Mapping[str, Any]) -> bool:
    """Return whether an object says that rows are missing."""
    is_in_part = any(str(keys.get(name)).lower() in PARTIAL for name in ("status", "result"))
    is_raised = any(as_flag(keys.get(name)) for name in PARTIAL_FLAGS)
    return has_failed_shards(keys) or is_in_part or is_raised


def has_failed_shards(keys: Mapping[str, Any]) -> bool:
    """Return whether an object is the result of a search of which some parts failed."""
    return (as_number(normalize_names(keys.get("_shards")).get("failed")) or 0) > 0


def is_error_status(value: Any) -> bool:
    """Return whether a value is an HTTP status of an error: 4xx or 5xx."""
    return _matches(_ERROR_STATUS, value)


def _are_counters(keys: Mapping[str, Any]) -> bool:
    """Return whether neither successes nor failures were counted: as flags, they contradict."""
    names = [name for name in SUCCESS_FLAGS if keys.get(name) is not None]
    has_none_failed = any(as_number(keys.get(name)) == 0 for name in _FAILURE_COUNTS)
    return has_none_failed and all(as_number(keys[name]) == 0 for name in names)


def _is_problem(value: Any) -> bool:
    """Return whether the value of an error's key is one: not empty, 0, "none", 200 …"""
    if isinstance(value, dict):
        return any(map(_is_problem, normalize_names(value).values()))
    if isinstance(value, list):
        return any(map(_is_problem, value))
    text = str(value or "").strip().lower()
    is_good_status = re.fullmatch("2[0-9][0-9]", text) is not None
    return bool(text.strip("0")) and text not in _NO_ERROR and not is_good_status


def _has_error_code(keys: Mapping[str, Any]) -> bool:
    """Return whether a code of the API's own has a text beside it that does not mean success."""
    texts = [str(keys[name]).lower() for name in STRONG_TEXTS if keys.get(name)]
    is_problem = bool(texts) and not any(text in _NO_ERROR for text in texts)
    return is_problem and any(_matches(_ERROR_CODE, keys.get(n)) for n in ("code", "status_code"))


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, int | str) and pattern.fullmatch(str(value)) is not None

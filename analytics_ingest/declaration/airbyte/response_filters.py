"""Translates the `response_filters` of Airbyte's error handler into `response_actions`."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.declaration.airbyte.target import Target

_KEY = "endpoint.error_handler.response_filters"
ACTIONS = {
    "SUCCESS": "success",
    "IGNORE": "ignore",
    "FAIL": "fail",
    "RETRY": "retry",
    "RATE_LIMITED": "rate_limited",
}
RETRIED = (408, 429, 500, 502, 503, 504)
"""What Airbyte retries where no filter fits."""


def translate_filters(handler: Mapping[str, Any], target: Target) -> dict[str, Any]:
    """Add the actions that the filters mean, behind those of the endpoint.

    Returns:
        The error handler without its filters.
    """
    filters = handler.get("response_filters") or []
    translated = [action for item in filters for action in _list_actions(item, target)]
    own = {key: value for key, value in handler.items() if key != "response_filters"}
    if translated:
        before = target.endpoint.get("response_actions") or []
        target.endpoint["response_actions"] = [*before, *translated]
        own.setdefault("retry_on_status_codes", list(RETRIED))
    return own


def _list_actions(item: Mapping[str, Any], target: Target) -> Iterator[dict[str, Any]]:
    """Yield the actions of one filter, which fits by any of its conditions."""
    action = ACTIONS.get(str(item.get("action")).upper())
    if action is None:
        allowed = ", ".join(ACTIONS)
        problem = f"action '{item.get('action')}' cannot be translated; allowed are {allowed}"
        raise target.place.build_error(_KEY, problem)
    codes = item.get("http_codes") or []
    codes = [codes] if isinstance(codes, int) else codes
    predicate, message = item.get("predicate"), item.get("error_message_contains")
    if not (codes or predicate or message):
        problem = "a filter needs http_codes, predicate or error_message_contains; declare one"
        raise target.place.build_error(_KEY, problem)
    if predicate or message:
        # Alone they would fit every response with rows.
        codes = [code for code in codes if not 200 <= int(code) < 300]
    yield from ({"status_code": code, "action": action} for code in dict.fromkeys(codes))
    if predicate:
        yield {"predicate": predicate, "action": action}
    if message:
        yield {"message": message, "action": action}

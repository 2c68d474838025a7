"""Checks `response_actions`: each must fit some responses, and not all."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.declaration.errors import Place

_CONDITIONS = ("status_code", "content", "message", "predicate", "empty")
_ACTIONS = ("ignore", "retry", "rate_limited", "fail", "success")
_VARIABLES = ("response", "headers", "request_url")
"""What a predicate may read."""
_OK = "200"


def check_response_actions(
    place: Place, actions: list[dict[str, Any]], key: str = "endpoint.response_actions"
) -> None:
    """Check the actions of an endpoint, or of another request.

    Raises:
        DeclarationError: One fits no response, or every one.
    """
    for number, action in enumerate(actions):
        problem = _find_problem(action) or _repeats(action, actions[:number])
        if problem:
            raise place.build_error(key, problem)


def _find_problem(action: Mapping[str, Any]) -> str | None:
    if set(action) - {*_CONDITIONS, "action"} or action.get("action") not in _ACTIONS:
        return (
            "only {status_code, content, message, predicate, empty, action: ignore, retry, "
            "rate_limited, fail or success} can be declared; a declaration holds no code"
        )
    return (
        _find_text_problem(action)
        or _find_status_problem(action)
        or _find_predicate_problem(action)
        or _needs_condition(action)
    )


def _find_predicate_problem(action: Mapping[str, Any]) -> str | None:
    predicate = action.get("predicate")
    if predicate is None:
        return None
    if not isinstance(predicate, str) or not predicate.strip():
        return f"predicate: {predicate!r} is not an expression; write one over response or headers"
    problem = find_problem(predicate, _VARIABLES)
    return f"predicate: {problem}" if problem else None


def _find_status_problem(action: Mapping[str, Any]) -> str | None:
    status = action.get("status_code")
    if status is None:
        return None
    if not (str(status).isdecimal() and 200 <= int(status) <= 599):
        return f"status_code: {status} is not a status of a response; use 200 to 599"
    if str(status) == _OK and not any(action.get(k) for k in _CONDITIONS if k != "status_code"):
        return (
            "status_code: 200 alone fits every response with rows; add content, a part of its text"
        )
    return None


def _find_text_problem(action: Mapping[str, Any]) -> str | None:
    content, empty = action.get("content"), action.get("empty")
    if content == "":
        return "content: '' is part of every response; for one without a body write empty: true"
    for key in ("content", "message"):
        if action.get(key) is not None and not isinstance(action[key], str):
            return f"{key}: {action[key]} is not a text; put it in quotes"
    if action.get("message") == "":
        return "message: '' is part of every message; remove it"
    if empty not in (None, True):
        return f"empty: {empty} has no effect; write empty: true, or remove it"
    if empty and content:
        return "empty: true and content fit no response together; remove one of them"
    return None


def _needs_condition(action: Mapping[str, Any]) -> str | None:
    if not any(action.get(name) for name in _CONDITIONS):
        return (
            "an action needs status_code, content, message, predicate or empty: true, or it fits "
            "every response"
        )
    return None


def _repeats(action: Mapping[str, Any], earlier: list[dict[str, Any]]) -> str | None:
    conditions = _read_conditions(action)
    if conditions not in map(_read_conditions, earlier):
        return None
    shown = ", ".join(f"{name}: {value}" for name, value in conditions.items())
    return f"two actions are for {shown}, and the first decides; remove one of them"


def _read_conditions(action: Mapping[str, Any]) -> dict[str, str]:
    return {n: str(action[n]) for n in _CONDITIONS if action.get(n) is not None}

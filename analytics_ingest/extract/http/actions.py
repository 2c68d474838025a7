"""Which of an endpoint's `response_actions` a response is for: the first that it fits.

An action fits by its status, by a part of the body's text or of the error's message, where the body
is empty, or where an expression over body and headers is true. All that it names must hold.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests import Response
from requests.structures import CaseInsensitiveDict

from analytics_ingest.extract.http.encoding import decode, decode_text

_MESSAGES = (
    *("message", "messages", "error", "errors", "failures", "failure", "detail", "err"),
    *("error_message", "msg", "reason", "status_message"),
)
"""Where an error says what is wrong, as airbyte-cdk looks for it; the first that is not empty."""


def find_action(actions: Sequence[Mapping[str, Any]], response: Response, place: str) -> str | None:
    """Return what is declared for a response; None where nothing is.

    Args:
        place: What declares the actions, for messages.

    Raises:
        ApiError: A predicate cannot be evaluated.
    """
    if not actions:
        return None
    answer = _Answer(response, place)
    return next((action["action"] for action in actions if answer.fits(action)), None)


class _Answer:
    """A response as actions look at it: its text, its JSON and its message, each read once."""

    def __init__(self, response: Response, place: str) -> None:
        self._response = response
        self._place = place

    def fits(self, action: Mapping[str, Any]) -> bool:
        status, content, message = (action.get(k) for k in ("status_code", "content", "message"))
        if status is not None and str(status) != str(self._response.status_code):
            return False
        if action.get("empty") and self._response.content.strip():
            return False
        if content is not None and content not in self._text:
            return False
        if message is not None and message not in self._message:
            return False
        return action.get("predicate") is None or self._is_true(action["predicate"])

    @cached_property
    def _text(self) -> str:
        return decode_text(self._response)

    @cached_property
    def _body(self) -> Any:
        try:
            return json.loads(decode(self._response))
        except (ValueError, RecursionError):
            return None

    @cached_property
    def _message(self) -> str:
        return self._text if self._body is None else _find_message(self._body) or ""

    def _is_true(self, predicate: str) -> bool:
        from analytics_ingest.common.expressions.evaluate import (
            MissingValueError,
            evaluate,
            is_true,
        )

        url = urlsplit(str(self._response.url))
        variables = {
            "response": {} if self._body is None else self._body,
            "headers": CaseInsensitiveDict(self._response.headers),
            "request_url": urlunsplit((url.scheme, url.hostname or "", url.path, "", "")),
        }
        try:
            return is_true(evaluate(predicate, variables, self._place))
        except MissingValueError:
            return False


def _find_message(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(text for text in map(_find_message, value) if text is not None)
    if isinstance(value, dict):
        return _find_message(next((value[key] for key in _MESSAGES if value.get(key)), None))
    return None

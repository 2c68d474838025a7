"""Responses to logins and token requests: whether they were refused, and what is a token."""

from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING

from analytics_ingest.common.unusable_response import UnusableResponseError

if TYPE_CHECKING:
    from requests import Response

_NOT_TOKENS = ("", "0", "false", "none", "null", "true", "undefined")


def check_accepted(response: "Response", request: str, hint: str) -> None:
    """Check that a request for a token was not refused.

    Args:
        request: What was sent, for the message, such as `the login`.
        hint: What to do about it.

    Raises:
        UnusableResponseError: The status is 400 or above.
    """
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        problem = f"{request} was answered {response.status_code}"
        raise UnusableResponseError(response, problem, hint, is_from_auth=True)


def is_token(value: object) -> bool:
    """Return whether a value can be a token: neither blank nor a placeholder of servers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return str(value).strip().lower() not in _NOT_TOKENS


def read_lifetime(value: object) -> float | None:
    """Read the seconds that a token lasts; None where the response does not say.

    What is not positive says nothing: servers write 0 or -1 for a token without an end.

    Raises:
        ValueError: It is not a number of seconds.
    """
    if value in (None, "") or isinstance(value, bool):
        return None
    seconds = float(str(value))
    if not isfinite(seconds):
        raise ValueError("a lifetime is not finite")
    return seconds if seconds > 0 else None


def check_header_token(response: "Response", token: str, path: str, hint: str) -> None:
    """Check that a header can carry a token; the message does not show it.

    Args:
        path: Where the response holds it.
        hint: What to do about it.

    Raises:
        UnusableResponseError: It holds a line break or another such character.
    """
    if not (token.isascii() and token.isprintable() and token == token.strip()):
        problem = f"the token at {path} holds a character that a header cannot carry"
        raise UnusableResponseError(response, problem, hint)

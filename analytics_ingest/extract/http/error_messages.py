"""The message of a failed request: which request, what happened, what to do.

A message names origins only. It holds neither the path as it was sent, nor a query, nor the body,
for these may contain keys and rows. Of a 4xx it quotes the API's own words: see `find_api_words`.
Where no response came: see `connection_messages`.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus

from requests import RequestException

from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.extract.http.api_words import find_api_words
from analytics_ingest.extract.http.errors import RefusedAddressError
from analytics_ingest.extract.http.origin import show_origin
from analytics_ingest.extract.http.retry import find_longest_wait, is_too_long, read_asked_wait

_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def format_address_message(error: RefusedAddressError, base_url: str) -> str:
    """Return why a request was not sent."""
    if error.reason:
        return f"not sent, because {error.reason}: it may lead to {error.target}"
    return (
        f"not sent, because it leads to {error.target}, not to the API's own "
        f"{show_origin(base_url)}; keys are sent only there. Check the link that the API returned, "
        "or correct base_url"
    )


def format_response_message(
    error: UnusableResponseError,
    requests: int,
    redact: Callable[[str], str],
    key_settings: Iterable[str] = (),
) -> str:
    """Return why a response cannot be used; of a 4xx, in the API's own words.

    Args:
        requests: How many were sent.
        redact: Removes the secrets from what the API says.
        key_settings: The environment variables that hold the keys of the API.
    """
    words = "" if error.is_from_auth else find_api_words(error.response, redact)
    quoted = f": '{words}'" if words else ""
    problem, hint = f"{error.problem}{quoted}{_format_attempts(requests)}", error.hint
    if not hint and not error.is_from_auth and error.response.status_code in _DENIED:
        hint = f"check {', '.join(key_settings) or 'the key'} and its permissions"
    if is_too_long(error):
        seconds = read_asked_wait(error)
        longest = f"longer than the {find_longest_wait(error):.0f} s that a run waits"
        problem = f"{problem} and asks to wait {seconds:.0f} s, {longest}"
        hint = "run the load again later"
    return f"{problem}; {hint}" if hint else problem


def format_invalid_request_message(error: Exception) -> str:
    """Return why a request could not be sent, or followed to its response."""
    kind = type(error).__name__
    if isinstance(error, OSError) and not isinstance(error, RequestException):
        return f"could not send the request ({kind}); check the file in REQUESTS_CA_BUNDLE"
    return f"could not complete the request ({kind}); check the endpoint's path and params"


def _format_attempts(requests: int) -> str:
    return f" after {requests} requests" if requests > 1 else ""

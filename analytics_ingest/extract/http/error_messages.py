"""The message of a failed request: which request, what happened, what to do.

A message names origins only. It holds neither the path as it was sent, nor a query, nor the body,
for these may contain keys and rows. Of a 4xx it quotes the API's own words: see `api_words`.
"""

from collections.abc import Callable

from requests import RequestException
from requests.exceptions import ContentDecodingError

from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.extract.http.api_words import api_words
from analytics_ingest.extract.http.errors import (
    RefusedAddressError,
    ResponseTimeout,
    TokenServerConnectionError,
    tls_problem,
)
from analytics_ingest.extract.http.origin import shown
from analytics_ingest.extract.http.retry import asked_wait, is_too_long, longest_wait


def address_message(error: RefusedAddressError, base_url: str) -> str:
    """Why a request was not sent."""
    if error.reason:
        return f"not sent, because {error.reason}: it may lead to {error.target}"
    return (
        f"not sent, because it leads to {error.target}, not to the API's own {shown(base_url)}; "
        "keys are sent only there. Check the link that the API returned, or correct base_url"
    )


def response_message(
    error: UnusableResponseError, requests: int, redact: Callable[[str], str]
) -> str:
    """Why a response cannot be used; of a 4xx, in the API's own words.

    Args:
        requests: How many were sent.
        redact: Removes the secrets from what the API says.
    """
    words = "" if error.is_from_auth else api_words(error.response, redact)
    quoted = f": '{words}'" if words else ""
    problem, hint = f"{error.problem}{quoted}{_after(requests)}", error.hint
    if is_too_long(error):
        seconds = asked_wait(error)
        longest = f"longer than the {longest_wait(error):.0f} s that a run waits"
        problem = f"{problem} and asks to wait {seconds:.0f} s, {longest}"
        hint = "run the load again later"
    return f"{problem}; {hint}" if hint else problem


def connection_message(error: RequestException, base_url: str, requests: int) -> str:
    """Why no response came.

    Args:
        requests: How many were sent.
    """
    if isinstance(error, ResponseTimeout):
        return (
            f"{shown(base_url)} did not end its response within {error.seconds:g} s"
            f"{_after(requests)}; request smaller pages, or raise timeouts.read"
        )
    if isinstance(error, ContentDecodingError):
        return (
            f"the body of the response is not compressed as its Content-Encoding says"
            f"{_after(requests)}; declare headers: {{Accept-Encoding: identity}}"
        )
    is_token_server = isinstance(error, TokenServerConnectionError)
    if problem := tls_problem(error):
        server = "the token server" if is_token_server else shown(base_url)
        return (
            f"no connection to {server} can be trusted, because {problem}; correct the address, or "
            "name the file of its certificate authority in REQUESTS_CA_BUNDLE"
        )
    if is_token_server:
        return f"the token server did not respond{_after(requests)}; check auth and the network"
    kind = type(error).__name__
    return (
        f"no response from {shown(base_url)} ({kind}){_after(requests)}; "
        "check base_url, and that the API can be reached from here"
    )


def invalid_request_message(error: Exception) -> str:
    """Why a request could not be sent, or followed to its response."""
    kind = type(error).__name__
    if isinstance(error, OSError) and not isinstance(error, RequestException):
        return f"could not send the request ({kind}); check the file in REQUESTS_CA_BUNDLE"
    return f"could not complete the request ({kind}); check the endpoint's path and params"


def _after(requests: int) -> str:
    return f" after {requests} requests" if requests > 1 else ""

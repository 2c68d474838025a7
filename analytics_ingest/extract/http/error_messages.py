"""The message of a failed request: which request, what happened, what to do.

A message names origins only. It holds neither the path as it was sent, nor a query, nor the body,
for these may contain keys and rows.
"""

from http import HTTPStatus

from requests import RequestException

from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.extract.http.errors import (
    RefusedAddressError,
    ResponseTimeout,
    TokenServerConnectionError,
)
from analytics_ingest.extract.http.origin import shown
from analytics_ingest.extract.http.retry import LONGEST_RETRY_AFTER, retry_after


def address_message(error: RefusedAddressError, base_url: str) -> str:
    """Why a request was not sent."""
    if error.reason:
        return f"not sent, because {error.reason}: it may lead to {error.target}"
    return (
        f"not sent, because it leads to {error.target}, not to the API's own {shown(base_url)}; "
        "keys are sent only there. Check the link that the API returned, or correct base_url"
    )


def response_message(error: UnusableResponseError, requests: int) -> str:
    """Why a response cannot be used.

    Args:
        requests: How many were sent.
    """
    problem, hint = f"{error.problem}{_after(requests)}", error.hint
    seconds = retry_after(error.response)
    is_error = error.response.status_code >= HTTPStatus.BAD_REQUEST
    if is_error and seconds is not None and seconds > LONGEST_RETRY_AFTER:
        longest = f"longer than the {LONGEST_RETRY_AFTER:.0f} s that a run waits"
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
    if isinstance(error, TokenServerConnectionError):
        return f"the token server did not respond{_after(requests)}; check auth and the network"
    kind = type(error).__name__
    return (
        f"no response from {shown(base_url)} ({kind}){_after(requests)}; "
        "check base_url, and that the API can be reached from here"
    )


def invalid_request_message(error: Exception) -> str:
    """Why a request could not be sent, or followed to its response."""
    kind = type(error).__name__
    return f"could not complete the request ({kind}); check the endpoint's path and params"


def _after(requests: int) -> str:
    return f" after {requests} requests" if requests > 1 else ""

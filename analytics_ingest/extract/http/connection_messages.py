"""The message of a request without a response: what kept it from coming, and what to check.

An error of the connection is known by the innermost cause that requests and urllib3 wrap. A message
names the origin and the setting of its address, never what was sent.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import RemoteDisconnected

from requests import RequestException, exceptions
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    ProtocolError,
    ReadTimeoutError,
)

from analytics_ingest.common.errors import list_causes
from analytics_ingest.extract.http.errors import (
    ResponseTimeout,
    TokenServerConnectionError,
    find_tls_problem,
)
from analytics_ingest.extract.http.origin import show_origin

_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH)
_CLOSED = (RemoteDisconnected, ConnectionResetError, BrokenPipeError, ProtocolError)


@dataclass(frozen=True)
class Address:
    """Where requests go.

    Args:
        url: The base URL of the API.
        setting: The environment variable that replaces it.
        timeouts: Seconds to connect, and to wait for data.
    """

    url: str
    setting: str
    timeouts: tuple[float, float]


def format_connection_message(error: RequestException, address: Address, requests: int) -> str:
    """Return why no response came.

    Args:
        requests: How many were sent.
    """
    after = f" after {requests} requests" if requests > 1 else ""
    is_token_server = isinstance(error, TokenServerConnectionError)
    server = "the token server" if is_token_server else show_origin(address.url)
    place = "the addresses in auth" if is_token_server else address.setting
    if isinstance(error, ResponseTimeout):
        return (
            f"{server} did not end its response within {error.seconds:g} s{after}; request smaller "
            "pages, or raise timeouts.read"
        )
    if isinstance(error, exceptions.ContentDecodingError):
        return (
            f"the body of the response is not compressed as its Content-Encoding says{after}; "
            "declare headers: {Accept-Encoding: identity}"
        )
    if problem := find_tls_problem(error):
        return (
            f"no connection to {server} can be trusted, because {problem}; correct {place}, or "
            "name the file of its certificate authority in REQUESTS_CA_BUNDLE"
        )
    if isinstance(error, exceptions.ChunkedEncodingError):
        return (
            f"{server} cut off its response before the end{after}; load again, or request smaller "
            "pages"
        )
    problem, hint = _describe(error, address.timeouts)
    return f"no response from {server}: {problem}{after}; check {place}, and {hint}"


def _describe(error: RequestException, timeouts: tuple[float, float]) -> tuple[str, str]:
    """Describe what happened, and what to check besides the address."""
    connect, read = timeouts
    chain = list(_iterate_chain(error))
    if any(isinstance(e, exceptions.ProxyError) for e in chain):
        return "the proxy does not lead there", "HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
    if any(isinstance(e, NameResolutionError) for e in chain):
        return "its host is unknown here", "that this machine can look up its name"
    if any(isinstance(e, ConnectionRefusedError) for e in chain):
        return "it refuses connections on that port", "that the API runs there"
    if any(isinstance(e, OSError) and e.errno in _NO_ROUTE for e in chain):
        return "no route leads there", "the network of this machine"
    if any(isinstance(e, ConnectTimeoutError) for e in chain):
        return f"no connection within {connect:g} s", "that no firewall drops it"
    if any(isinstance(e, exceptions.ReadTimeout | ReadTimeoutError) for e in chain):
        return f"it is silent for {read:g} s after the request", "timeouts.read"
    if any(isinstance(e, _CLOSED) for e in chain):
        return "it closed the connection before the response ended", "that the API runs there"
    return type(error).__name__, "that the API can be reached from here"


def _iterate_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what it was raised for, and what requests and urllib3 hold as its reason."""
    for cause in (error, *list_causes(error)):
        yield cause
        for held in (*cause.args, getattr(cause, "reason", None)):
            if isinstance(held, BaseException):
                yield held
                yield from (inner for inner in held.args if isinstance(inner, BaseException))

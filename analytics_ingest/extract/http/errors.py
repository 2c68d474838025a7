"""What can go wrong with one exchange, before it becomes an `ApiError`.

A response without data is a `common.unusable_response.UnusableResponseError`; these are the others:

    RefusedAddressError          the request was not sent: it might leave the API's origin
    ResponseTimeout              a response began, but did not end in time
    TokenServerConnectionError   the server that issues tokens did not respond

`client` catches them; `error_messages` writes the message, which is safe to show.
"""

from requests import ReadTimeout, exceptions

CONNECTION_ERRORS = (
    exceptions.ConnectionError,
    exceptions.Timeout,
    exceptions.ChunkedEncodingError,
    exceptions.ContentDecodingError,
)
"""Faults of the connection; another try may succeed."""


class RefusedAddressError(Exception):
    """A request that was not sent, because it would take the key elsewhere or might do so.

    Args:
        target: The origin that the request would go to.
        reason: What is wrong with the address, if it is more than its origin.
    """

    def __init__(self, target: str, reason: str = "") -> None:
        super().__init__(target, reason)
        self.target = target
        self.reason = reason


class ResponseTimeout(ReadTimeout):
    """A response began, but did not end within `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class TokenServerConnectionError(exceptions.ConnectionError):
    """The server that issues tokens did not respond."""

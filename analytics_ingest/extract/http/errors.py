"""What can go wrong with one exchange, before it becomes an `ApiError`.

A response without data is a `common.unusable_response.UnusableResponseError`; these are the others:

    RefusedAddressError          the request was not sent: it might leave the API's origin
    ResponseTimeout              a response began, but did not end in time
    TokenServerConnectionError   the server that issues tokens did not respond

`client` catches them; `error_messages` writes the message, which is safe to show. What nobody
foresaw becomes an `ApiError` in a block of `UnexpectedErrors`.
"""

from pathlib import Path
from ssl import SSLCertVerificationError, SSLError
from traceback import extract_tb
from types import TracebackType

from requests import ReadTimeout, exceptions

from analytics_ingest.common.errors import ApiError, LoadError, list_causes
from analytics_ingest.common.machine_faults import find_machine_fault

CONNECTION_ERRORS = (
    exceptions.ConnectionError,
    exceptions.Timeout,
    exceptions.ChunkedEncodingError,
    exceptions.ContentDecodingError,
)
"""Faults of the connection; another try may succeed."""

_CLIENT_REFUSED = (
    *("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE"),
    *("SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_CERTIFICATE_REVOKED"),
    *("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
)
"""What a server says that does not trust the client."""


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


class UnexpectedErrors:
    """Turns unexpected errors of a block into an ApiError; other errors propagate.

    The message names the type of the error and the line, never its text: it may hold a row.

    Args:
        place: What the error names.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, LoadError):
            return
        if isinstance(error, RecursionError):
            problem = "a response is nested too deeply to be read"
        else:
            where = f"{type(error).__name__} {_find_line(traceback)}"
            unexpected = f"failed unexpectedly ({where}); please report it"
            problem = find_machine_fault(error) or unexpected
        raise ApiError(f"{self._place}: {problem}") from None


def find_tls_problem(error: BaseException) -> str | None:
    """Return why a TLS connection failed; None if something else failed."""
    # urllib3 holds the error of a response's first bytes as an argument, and not as a cause.
    for cause in (held for outer in list_causes(error) for held in (outer, *outer.args)):
        if isinstance(cause, SSLCertVerificationError):
            return f"its certificate is refused: {cause.verify_message.rstrip('.')}"
        if isinstance(cause, SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            return "it does not speak TLS on this port"
        if isinstance(cause, SSLError) and cause.reason in _CLIENT_REFUSED:
            return "it requires a client certificate, or rejects the one in client.certificate"
    return None


def _find_line(traceback: TracebackType | None) -> str:
    """Find the file and line that raised an error."""
    frame = extract_tb(traceback)[-1]
    return f"in {Path(frame.filename).name}, line {frame.lineno}"

"""Sends the requests that give tokens: token requests and logins.

The first refusal is the answer to all later requests: each resource and each retry would send the
same wrong password again, until the API locks the account.
"""

from http import HTTPStatus

from requests import Request, RequestException, Response, Session

from analytics_ingest.extract.http.errors import TokenServerConnectionError
from analytics_ingest.extract.http.rate_limits import is_overload

_REFUSED_STATUSES = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


class TokenSender:
    """Sends requests until one is refused; call it from one thread at a time.

    Args:
        timeouts: Seconds to connect, and to wait for data.
    """

    def __init__(self, session: Session, timeouts: tuple[float, float]) -> None:
        self._session = session
        self._timeouts = timeouts
        self._refusal: Response | None = None

    def __call__(self, request: Request) -> Response:
        """Send a request, or return the refusal of an earlier one.

        Raises:
            TokenServerConnectionError: The server did not respond.
        """
        if self._refusal is not None:
            return self._refusal
        try:
            prepared = self._session.prepare_request(request)
            response = self._session.send(prepared, timeout=self._timeouts)
        except RequestException:
            # The error's own message holds the address, and what was sent.
            raise TokenServerConnectionError from None
        if is_refused_login(response):
            self._refusal = response
        return response


def is_refused_login(response: Response) -> bool:
    """Return whether the response to a login says that it is wrong, so that others fail too."""
    return response.status_code in _REFUSED_STATUSES and not is_overload(response)

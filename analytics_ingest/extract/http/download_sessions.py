"""Sessions for the files that an API keeps at other hosts, such as the results of its jobs."""

import threading
from collections.abc import Callable

from requests import Request, Response

from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.extract.http.body import BodyLimit, spool_encoded
from analytics_ingest.extract.http.errors import RefusedAddressError
from analytics_ingest.extract.http.origin import (
    OneOriginSession,
    Origin,
    find_origin,
    show_origin,
)


class DownloadSessions:
    """One session for each host, without the API's headers and certificate.

    Args:
        base_url: The API's own.
        mount: Makes a session use the API's connections.
        timeouts: Seconds to connect, and to wait for data.
    """

    def __init__(
        self,
        base_url: str,
        limit: BodyLimit,
        mount: Callable[[OneOriginSession], None],
        timeouts: tuple[float, float],
    ) -> None:
        self._is_encrypted = _is_encrypted(find_origin(base_url))
        self._limit = limit
        self._mount = mount
        self._timeouts = timeouts
        self._sessions: dict[Origin | None, OneOriginSession] = {}
        self._opening = threading.Lock()

    def send(self, url: str, endpoint: Endpoint) -> Response:
        """Get a file.

        Raises:
            RefusedAddressError: It would be sent in the clear, and the API's own requests are not.
        """
        session = self._select(url)
        prepared = session.prepare_request(Request("GET", url))
        spool_encoded(prepared, endpoint, self._limit)
        return session.send(prepared, is_counted=True, timeout=self._timeouts)

    def _select(self, url: str) -> OneOriginSession:
        origin = find_origin(url)
        if self._is_encrypted and not _is_encrypted(origin):
            raise RefusedAddressError(show_origin(url), "the address is not https")
        with self._opening:
            if origin not in self._sessions:
                self._sessions[origin] = session = OneOriginSession(url, self._limit)
                self._mount(session)
            return self._sessions[origin]

    def close(self) -> None:
        """Close the sessions of all hosts."""
        with self._opening:
            sessions = list(self._sessions.values())
        for session in sessions:
            session.close()


def _is_encrypted(origin: Origin | None) -> bool:
    return origin is not None and origin.scheme == "https"

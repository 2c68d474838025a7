"""The connections of a client that is closed while its threads still connect."""

import socket

import pytest
import requests

from analytics_ingest.extract.http.transport import Exchanges, mount_transport


def test_a_connection_made_after_the_end_is_closed_at_once() -> None:
    exchanges, session = Exchanges(60), requests.Session()
    mount_transport(session, exchanges, 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        exchanges.close()
        # The error is kept, and so are the frames that hold the socket.
        with pytest.raises(requests.ConnectionError) as caught:
            session.get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        accepted, _ = server.accept()
        with accepted:
            accepted.settimeout(10)
            assert accepted.recv(1) == b""
    assert "the load is over" in str(caught.value)

"""A server whose certificate is not trusted: its own sentence, and no second try."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from analytics_ingest.common.errors import (
    ApiDownError,
    ApiError,
    LoadError,
    PartialLoadError,
    SettingError,
)
from analytics_ingest.declaration.models.client import Client
from analytics_ingest_tests.support.certificates import (
    make_certificate,
    make_client_certificate,
)
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.raw_server import LOOPBACK, closed_port, http
from analytics_ingest_tests.support.scripted_api import ScriptedApi

GOOD = http(b'{"data": [{"id": 1, "updated_at": "2026-01-05T10:00:00Z"}]}')


@contextmanager
def serving(context: ssl.SSLContext | None) -> Iterator[tuple[str, list[int]]]:
    """Answer each connection, over TLS with a context; gives the address and the connections."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        connections: list[int] = []

        def serve() -> None:
            while (connection := listener.accept()[0]) and not over.is_set():
                connections.append(1)
                with connection, suppress(OSError):
                    if context is None:
                        connection.recv(65536)
                        connection.sendall(GOOD)
                        continue
                    with context.wrap_socket(connection, server_side=True) as wrapped:
                        wrapped.recv(65536)
                        wrapped.sendall(GOOD)
            connection.close()

        over = threading.Event()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"https://{LOOPBACK}:{listener.getsockname()[1]}", connections
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join()


def refused(url: str, monkeypatch: pytest.MonkeyPatch) -> LoadError:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
    return failure(declare(resource()))


def test_a_certificate_that_is_not_trusted_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, context = make_certificate(tmp_path)
    with serving(context) as (url, connections):
        error = refused(url, monkeypatch)
        assert len(connections) == 1
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        assert read_ids(declare(resource())) == [1]
    assert isinstance(error, ApiError)
    assert not isinstance(error, ApiDownError)
    assert f"no connection to {url} can be trusted, because its certificate is refused" in str(
        error
    )
    assert "REQUESTS_CA_BUNDLE" in str(error)


def test_a_certificate_of_another_host_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, context = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with serving(context) as (url, _):
        error = refused(url.replace(LOOPBACK, "localhost"), monkeypatch)
    assert "Hostname mismatch, certificate is not valid for 'localhost'" in str(error)


def test_a_port_without_tls_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(None) as (url, connections):
        error = refused(url, monkeypatch)
    assert "it does not speak TLS on this port" in str(error)
    assert len(connections) == 1


def test_a_bundle_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    error = refused(closed_port().replace("http:", "https:"), monkeypatch)
    assert "REQUESTS_CA_BUNDLE" in str(error)
    assert "demo.items: " in str(error)


def test_a_token_server_that_is_not_trusted_is_named(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary")
    _, context = make_certificate(tmp_path)
    api.always("/items", {"data": [{"id": 1}]})
    with serving(context) as (url, connections):
        auth = {"type": "oauth2", "access_token_url": f"{url}/token"}
        error = failure(declare(resource("signed", auth=auth), resource()))
    assert not isinstance(error, PartialLoadError)
    assert "no connection to the token server can be trusted" in str(error)
    assert len(connections) == 1


def test_a_client_shows_its_certificate_where_the_api_asks_for_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle, context = make_certificate(tmp_path)
    cert, key = make_client_certificate(tmp_path, context)
    # A newer one refuses after the request was sent, and may close before that is read.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with serving(context) as (url, _):
        error = refused(url, monkeypatch)
        monkeypatch.setenv("SOURCES__DEMO__CLIENT_KEY", str(key))
        both = {"cert": cert.name, "key": "{settings.client_key}"}
        monkeypatch.setenv("DLT_PROJECT_DIR", str(tmp_path))
        assert read_ids(declare(resource(), client={"certificate": both})) == [1]
    assert isinstance(error, ApiError)
    assert "it requires a client certificate, or rejects the one in client.certificate" in str(
        error
    )


def test_a_certificate_that_cannot_be_read_is_named_before_any_request(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, context = make_certificate(tmp_path)
    cert, key = make_client_certificate(tmp_path, context)
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", "https://api.example.test")
    declaration = declare(
        resource(), client={"certificate": {"cert": str(cert), "key": "{settings.client_key}"}}
    )
    for value, problem in {
        "/canary/nowhere": "names a file that cannot be read (No such file or directory)",
        key.read_text(): "is set to a certificate or a key itself; store it in a file",
        str(cert): "the files of client.certificate are not a certificate in PEM and its key",
    }.items():
        monkeypatch.setenv("SOURCES__DEMO__CLIENT_KEY", value)
        error = failure(declaration)
        assert isinstance(error, SettingError)
        assert problem in str(error)
        assert "canary" not in str(error)
        assert "BEGIN" not in str(error)
    with pytest.raises(ValueError, match="is not a path"):
        Client.model_validate({"base_url": "x", "certificate": cert.read_text()})

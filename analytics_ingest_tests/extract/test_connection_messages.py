"""An API that cannot be reached: what kept the response from coming, where, and what to check."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiDownError, ApiError
from analytics_ingest_tests.support.loads import declare, failure, resource
from analytics_ingest_tests.support.raw_server import LOOPBACK, closed_port, sending
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

SETTING = "SOURCES__DEMO__BASE_URL"


@contextmanager
def refusing() -> Iterator[str]:
    yield closed_port()


@contextmanager
def unknown() -> Iterator[str]:
    yield "https://api.invalid"


@contextmanager
def silent() -> Iterator[str]:
    """Take connections, and say nothing."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"


@contextmanager
def full() -> Iterator[str]:
    """Let connections wait in a queue that is full, as a firewall that drops them does."""
    with socket.create_server((LOOPBACK, 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(3):
            queued = waiting.enter_context(socket.socket())
            queued.setblocking(False)
            queued.connect_ex(listener.getsockname())
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"


@contextmanager
def closing() -> Iterator[str]:
    with sending([b""]) as server:
        yield server.url


@contextmanager
def cutting() -> Iterator[str]:
    with sending([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[{"]) as server:
        yield server.url


@contextmanager
def plain() -> Iterator[str]:
    with sending([b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as server:
        yield server.url.replace("http://", "https://")


Server = Callable[[], AbstractContextManager[str]]

CASES: dict[str, tuple[Server, str]] = {
    "refused": (
        refusing,
        "no response from {url}: it refuses connections on that port; check {setting}, and that "
        "the API runs there",
    ),
    "unknown host": (
        unknown,
        "no response from https://api.invalid:443: its host is unknown here; check {setting}, and "
        "that this machine can look up its name",
    ),
    "no connection in time": (
        full,
        "no response from {url}: no connection within 0.2 s; check {setting}, and that no firewall "
        "drops it",
    ),
    "no response in time": (
        silent,
        "no response from {url}: it is silent for 0.3 s after the request; check {setting}, and "
        "timeouts.read",
    ),
    "hangs up": (
        closing,
        "no response from {url}: it closed the connection before the response ended; check "
        "{setting}, and that the API runs there",
    ),
    "a response that is cut off": (
        cutting,
        "{url} cut off its response before the end; load again, or request smaller pages",
    ),
    "no TLS": (
        plain,
        "no connection to {url} can be trusted, because it does not speak TLS on this port; "
        "correct {setting}, or name the file of its certificate authority in REQUESTS_CA_BUNDLE",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_kept_the_response_from_coming_is_said_with_the_address_and_its_setting(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, sentence = CASES[name]
    items = resource(error_handler={"max_retries": 0})
    with server() as url:
        monkeypatch.setenv(SETTING, url)
        error = failure(declare(items, timeouts={"connect": 0.2, "read": 0.3}))
    assert str(error) == f"demo.items: GET /items: {sentence.format(url=url, setting=SETTING)}"
    assert isinstance(error, ApiDownError) == (name != "no TLS")


def test_a_proxy_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_port())
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv(SETTING, "http://api.test")
    items = resource(error_handler={"max_retries": 0})
    error = failure(declare(items, client={"allow_http": True}))
    assert "no response from http://api.test:80: the proxy does not lead there" in str(error)


@pytest.mark.parametrize(
    ("auth", "settings"),
    [
        ({"type": "bearer"}, ["SOURCES__DEMO__API_TOKEN"]),
        ({"type": "basic"}, ["SOURCES__DEMO__USERNAME", "SOURCES__DEMO__PASSWORD"]),
        ({"type": "api_key", "api_key": "sources.other.api_key"}, ["SOURCES__OTHER__API_KEY"]),
        (None, ["the key"]),
    ],
    ids=["a token", "a password", "the key of another API", "no key"],
)
def test_a_refused_key_is_named_by_its_setting_beside_the_apis_own_words(
    auth: dict[str, Any] | None,
    settings: list[str],
    api: ScriptedApi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for setting in settings:
        monkeypatch.setenv(setting, "canary")
    api.always("/items", Reply({"message": "This key has expired."}, 401))
    error = failure(declare(resource(), client={"auth": auth} if auth else {}))
    assert isinstance(error, ApiError)
    assert str(error) == (
        "demo.items: GET /items: the API answered 401 Unauthorized: 'This key has expired.'; check "
        f"{', '.join(settings)} and its permissions"
    )

"""Answers that come a byte at a time do not hold a load, and a load that ends waits for none."""

import threading
import time

import pytest

from analytics_ingest.common.errors import ApiDownError
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.raw_server import http, trickling
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

BODY = http(b'{"data": [', length=10**9)
CHUNKED = BODY.replace(b"Content-Length: 1000000000", b"Transfer-Encoding: chunked")
TO_THE_END = BODY.replace(b"Content-Length: 1000000000\r\n", b"")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(BODY, b" ", id="a body"),
        pytest.param(CHUNKED.replace(b'{"data": [', b""), b"1\r\n \r\n", id="chunks"),
        pytest.param(TO_THE_END, b" ", id="a body of unknown length"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X-Header: 1\r\n", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Header: ", b"1", id="a header"),
    ],
)
def test_an_answer_that_trickles_is_given_up(
    monkeypatch: pytest.MonkeyPatch, start: bytes, piece: bytes
) -> None:
    handler = {"retry_on_status_codes": [], "max_retries": 1, "backoff_factor": 0}
    with trickling(start, piece, seconds=0.05) as server:
        monkeypatch.setenv("SOURCES__DEMO__BASE_URL", server.url)
        error = failure(declare(resource(error_handler=handler), timeouts={"read": 0.2}))
    assert isinstance(error, ApiDownError)
    assert str(error) == (
        f"demo.items: GET /items: {server.url} did not end its response within 1 s after 2 "
        "requests; request smaller pages, or raise timeouts.read"
    )
    assert server.answered == 2


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [b"X-Header: 1\r\n", b"1"], ids=["headers", "a header"])
def test_a_proxy_whose_answer_trickles_is_given_up(
    monkeypatch: pytest.MonkeyPatch, piece: bytes
) -> None:
    handler = {"max_retries": 1, "backoff_factor": 0}
    start = b"HTTP/1.1 200 Connection established\r\nX-Header: "
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", "https://api.test")
    with trickling(start, piece, seconds=0.05) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failure(declare(resource(error_handler=handler), timeouts={"read": 0.2}))
    assert isinstance(error, ApiDownError)
    assert "https://api.test:443 did not end its response within 1 s" in str(error)
    assert proxy.answered == 2


def test_an_answer_that_is_long_but_ends_is_read(api: ScriptedApi) -> None:
    api.always("/items", Reply({"data": rows(1)}, delay=0.5))
    assert extract(declare(resource(), timeouts={"read": 0.7}))["items"].rows_loaded == 1


@pytest.mark.timeout(20)
def test_a_load_that_ends_leaves_no_request_in_flight(api: ScriptedApi) -> None:
    api.always("/slow", Reply({"data": rows(1)}, delay=60))
    api.always("/down", Reply(status=503, delay=0.2))
    before = set(threading.enumerate())
    began = time.monotonic()
    down = {"retry_on_status_codes": [], "max_retries": 0}
    failure(declare(resource("slow"), resource("down", error_handler=down)))
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)
        assert not thread.is_alive()
    assert time.monotonic() - began < 5

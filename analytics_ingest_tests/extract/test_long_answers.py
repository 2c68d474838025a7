"""No response takes more memory than `max_answer` allows, whatever a server sends."""

import gzip
import itertools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiDownError, ApiError, PartialLoadError
from analytics_ingest_tests.extract.memory import Case, measure
from analytics_ingest_tests.support.loads import (
    declare,
    failure,
    load,
    project_asking,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.raw_server import flooding
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PIECE = b" " * 65_536
CHUNK = b"10000\r\n" + PIECE + b"\r\n"
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "a body of unknown length": (HEAD + b"\r\n", PIECE),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
    "a length that it states": (HEAD + b"Content-Length: 99999999999999\r\n\r\n", PIECE),
}
LIMIT = {"max_answer": "1MB"}
HANDLER = {"retry_on_status_codes": [200, 500], "max_retries": 2, "backoff_factor": 0}


@cache
def bomb(times: int) -> bytes:
    """100 MB of blanks, compressed once or several times."""
    if times > 1:
        return gzip.compress(bomb(times - 1))
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(100)) + packer.flush()


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, start: bytes, piece: bytes) -> Iterator[Any]:
    with flooding(start, piece) as server:
        monkeypatch.setenv("SOURCES__DEMO__BASE_URL", server.url)
        yield server


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("start", "piece"), ENDLESS.values(), ids=list(ENDLESS))
def test_a_page_without_end_is_one_error_and_not_requested_again(
    monkeypatch: pytest.MonkeyPatch, start: bytes, piece: bytes
) -> None:
    with served(monkeypatch, start, piece) as server:
        error = failure(declare(resource(error_handler=HANDLER), client=LIMIT))
    assert str(error) == (
        "demo.items: GET /items: the response is larger than 1MB; request smaller pages, or raise "
        "client.max_answer"
    )
    assert not isinstance(error, ApiDownError)
    assert server.answered == 1


@pytest.mark.timeout(30)
@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_decompressed_size_counts(api: ScriptedApi, times: int) -> None:
    encoding = ", ".join(["gzip"] * times)
    api.always("/items", Reply(bomb(times), headers={"Content-Encoding": encoding}))
    api.always("/others", {"data": [row(1)]})
    error = failure(declare(resource(), resource("others"), client=LIMIT))
    assert "demo.items: GET /items: the response is larger than 1MB" in str(error)
    assert len(api.requests_of("/items")) == 1


def test_a_page_within_the_limit_is_read(api: ScriptedApi) -> None:
    body = {"data": [row(1)], "filler": "x" * 900_000}
    api.always(
        "/items",
        Reply(gzip.compress(json.dumps(body).encode()), headers={"Content-Encoding": "gzip"}),
    )
    assert read_ids(declare(resource(), client=LIMIT)) == [1]


AUTHS: dict[str, Mapping[str, Any]] = {
    "token": {
        "type": "oauth2_client_credentials",
        "access_token_url": "{settings.base_url}/token",
    },
    "login": {
        "type": "session_token",
        "login_url": "login",
        "session_token_response_key": "id",
        "header": "X-Session",
    },
}


@pytest.mark.parametrize("auth", AUTHS.values(), ids=list(AUTHS))
def test_tokens_and_logins_have_a_limit_of_their_own(
    api: ScriptedApi, auth: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary")
    body = {"access_token": "t", "id": "t", "filler": "x" * 1_000_001}
    api.always("/token", body)
    api.always("/login", body)
    error = failure(declare(resource(error_handler=HANDLER), client={"auth": auth}))
    assert (
        "demo.items: GET /items: the response is larger than 1MB; check the addresses in auth"
        in (str(error))
    )
    assert api.requests_of("/items") == []
    assert len(api.asked) == 1


@pytest.mark.timeout(30)
@pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable"])
def test_of_an_error_only_the_begin_is_read(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    start = b"HTTP/1.1 " + status.encode() + b"\r\n\r\n"
    with served(monkeypatch, start, PIECE):
        error = failure(declare(resource(error_handler={"max_retries": 0})))
    assert f"the API answered {status}" in str(error)


@pytest.mark.timeout(30)
def test_of_a_redirect_only_the_begin_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    start = b"HTTP/1.1 302 Found\r\nLocation: /items/\r\n\r\n"
    with served(monkeypatch, start, PIECE) as server:
        error = failure(declare(resource(error_handler={"max_retries": 0})))
    assert isinstance(error, ApiError)
    assert server.answered == 31  # As many redirects as are followed.


@pytest.mark.timeout(30)
def test_try_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch, *ENDLESS["chunks"]):
        run = try_(resource(), client=LIMIT)
    assert run.status == 1
    assert "the response is larger than 1MB" in run.words


def test_neighbours_are_loaded(api: ScriptedApi) -> None:
    api.always("/a", Reply(b" " * 1_000_001))
    api.always("/b", Reply(b" " * 1_000_001))
    api.always("/items", {"data": [row(1)]})
    error = failure(declare(resource("a"), resource("b"), resource(), client=LIMIT))
    assert isinstance(error, PartialLoadError)
    assert set(error.failures) == {"a", "b"}


@pytest.mark.parametrize("value", ["256", "0MB", "-1MB", "1TB", "1.5MB", 0, 5, "1000000GB"])
def test_a_limit_that_is_not_a_size_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a size; write a number and KB, MB or GB"):
        declare(resource(), client={"max_answer": value})


LARGE_ROWS: dict[str, Callable[[int], Any]] = {
    "small": lambda number: row(number, name=f"name {number}"),
    "nested": lambda number: row(number, tags=[{"a": n, "b": [n]} for n in range(10)]),
    "wide": lambda number: row(number, **{f"field_{n}": f"value {n}" for n in range(20)}),
    "other letters": lambda number: row(number, name="Ж" * 200 + "🙂"),
}


@pytest.fixture(scope="module")
def measured(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[int, int]]:
    """Kind of rows → the bytes that reading a large page takes, and the size of that page."""
    api, sizes, cases = hub.new_api(), dict[str, int](), list[Case]()
    for number, (kind, create) in enumerate(LARGE_ROWS.items()):
        rows = list(rows_of(create, 12_000_000))
        body = f'{{"data": [{", ".join(rows)}]}}'.encode()
        api.always(f"/small_{number}", Reply(f'{{"data": [{rows[0]}]}}'.encode()))
        api.always(f"/large_{number}", Reply(body))
        sizes[kind] = len(body)
        small = resource(path=f"/small_{number}")
        cases.append((small, resource(path=f"/large_{number}"), len(rows)))
    with project_asking(api, tmp_path_factory.mktemp("measured")):
        return dict(zip(sizes, zip(measure(cases), sizes.values(), strict=True), strict=True))


def rows_of(create: Callable[[int], Any], size: int) -> Iterator[str]:
    """Rows as JSON, until they have that many bytes."""
    for number in itertools.count():
        if size <= 0:
            return
        text = json.dumps(create(number), ensure_ascii=False)
        size -= len(text.encode())
        yield text


@pytest.mark.parametrize("kind", LARGE_ROWS)
def test_a_large_page_takes_at_most_three_times_its_size(
    measured: Mapping[str, tuple[int, int]], kind: str
) -> None:
    """Measured in a process of its own; its imports are not a part of the page."""
    taken, size = measured[kind]
    assert taken < 3 * size


NUMBERED = [{"n": number, "text": "x" * 500} for number in range(10_000)]
OBJECTS: dict[str, tuple[str, Any]] = {
    "the body itself": ("$", {"id": 7, "updated_at": None, "points": NUMBERED}),
    "deeper": ("$", {"id": 7, "updated_at": None, "points": {"of": {"all": NUMBERED}}}),
    "below a key": ("data", {"data": {"id": 7, "updated_at": None, "points": NUMBERED}}),
    "one of a map": ("data.*", {"data": {"a": {"id": 7, "points": NUMBERED}}}),
}


@pytest.mark.parametrize(("selector", "body"), OBJECTS.values(), ids=list(OBJECTS))
def test_a_long_list_in_a_row_of_its_own_is_kept_whole(
    api: ScriptedApi, selector: str, body: Any
) -> None:
    api.always("/items", body)
    declaration = declare(resource(data_selector=selector))
    load(declaration)
    (points,) = table("items", "points")
    kept = json.loads(points)
    assert (kept["of"]["all"] if isinstance(kept, dict) else kept) == NUMBERED

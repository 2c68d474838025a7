"""Whatever one request raises fails its resource by name, and nobody else; no message shows it."""

import errno
import gc
import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dlt.normalize.normalize import Normalize

from analytics_ingest.common.errors import ApiError, LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.http import response as responses
from analytics_ingest.extract.listing import Listing
from analytics_ingest.load.rows.batches import Batches
from analytics_ingest_tests.support.loads import declare, load, open_items, read_ids, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.raw_server import answering, http
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

GOOD = {"data": rows(1)}
HANDLER = {"retry_on_status_codes": [429], "max_retries": 1, "backoff_factor": 0}
OAUTH2 = {"type": "oauth2", "access_token_url": "token"}


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Connection: close", *lines, "", ""]).encode()


CHUNKS = head("Transfer-Encoding: chunked")
RAW: dict[str, bytes] = {
    "a chunk of size -5": CHUNKS + b"-5\r\nhello\r\n0\r\n\r\n",
    "a chunk of size x": CHUNKS + b"zz\r\nhello\r\n0\r\n\r\n",
    "an endless chunk size": CHUNKS + b"F" * 70_000,
    "a length of -5": head("Content-Length: -5") + b"canary",
    "a length that is no number": head("Content-Length: canary") + b"canary",
    "two lengths": head("Content-Length: 3", "Content-Length: 6") + b"canary",
    "a link that is no address": http(
        b"", status="302 Found", more_head="Location: http://[x/\r\n"
    ),
    "a link to a bad port": http(
        b"", status="302 Found", more_head="Location: http://x:99999/\r\n"
    ),
    "a date beyond all calendars": http(
        b"{}",
        status="429 Slow",
        more_head="Retry-After: Mon, 01 Jan 2026 00:00:00 +99999999999999\r\n",
    ),
    "an unknown encoding": http(b"{}", more_head="Content-Encoding: canary, gzip\r\n"),
    "a charset that is none": http(b"\xff", more_head="Content-Type: a/b; charset=\x00canary\r\n"),
    "a thousand headers": http(b"{}", more_head="".join(f"X-{n}: canary\r\n" for n in range(1000))),
    "a status of text": b"HTTP/1.1 canary\r\n\r\n",
    "a status of 103": http(b"", status="103 Early Hints"),
    "a status of 999": http(b"{}", status="999 canary"),
}


@pytest.fixture
def collected(reply: bytes) -> Iterator[None]:
    """Collect what urllib3 leaves open of a response with two lengths: Python warns of it."""
    yield
    if reply == RAW["two lengths"]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("reply", RAW.values(), ids=list(RAW))
def test_an_odd_response_fails_its_resource_alone(
    monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    good = http(json.dumps(GOOD).encode())
    with answering(lambda target: reply if target == "/odd" else good) as url:
        monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
        check_alone(
            declare(resource("odd", error_handler=HANDLER), resource("items"), concurrency=1)
        )


TOKENS: dict[str, Any] = {
    "a token with a line break": {"access_token": "to\nken-canary"},
    "a token of other letters": {"access_token": "token-canary-\u2019"},
    "a token with half a surrogate": {"access_token": "token-canary-\ud800"},
    "a validity of 1e300": {"access_token": "ok", "expires_in": 1e300},
    "a validity of 1e999": Reply(b'{"access_token": "canary", "expires_in": 1e999}'),
    "a validity of text": {"access_token": "canary", "expires_in": "soon"},
    "no JSON": Reply(b"canary"),
    "a deep list": Reply(b"[" * 100_000),
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=list(TOKENS))
def test_an_odd_token_fails_its_resource_alone(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, token: Any
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary")
    api.always("/token", token)
    api.on("/odd", lambda asked: GOOD if asked.headers["authorization"] == "Bearer ok" else 1)
    api.always("/items", GOOD)
    odd = resource("odd", auth={**OAUTH2, "access_token_url": f"{api.url}/token"})
    if isinstance(token, dict) and token["access_token"] == "ok":
        assert read_ids(declare(odd, resource())) == [1, 1]
    else:
        check_alone(declare(odd, resource(), concurrency=1))


@pytest.mark.parametrize(
    "kind", [MemoryError, ValueError, KeyError, AssertionError, OSError, OverflowError]
)
@pytest.mark.parametrize("place", ["while it is sent", "while it is read"])
def test_what_nobody_foresaw_fails_its_resource_alone(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, kind: type[Exception], place: str
) -> None:
    def raise_for_odd(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any) -> Any:
            if any("odd" in repr(vars(a)) for a in args if hasattr(a, "__dict__")):
                raise kind("canary")
            return call(*args)

        return wrapper

    if place == "while it is sent":
        monkeypatch.setattr(responses, "decode", raise_for_odd(responses.decode))
    else:
        original = Listing._select_and_advance  # pyright: ignore[reportPrivateUsage]
        monkeypatch.setattr(Listing, "_select_and_advance", raise_for_odd(original))
    api.always("/odd", GOOD)
    api.always("/items", GOOD)
    odd = resource("odd", params={"q": "odd"}, error_handler=HANDLER)
    error = check_alone(declare(odd, resource(), concurrency=1))
    if kind is MemoryError:
        assert "too little memory" in str(error)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "mount it for writing"),
        (errno.EACCES, "give this process the right to"),
    ],
)
@pytest.mark.parametrize("where", [Batches, Normalize], ids=["reading", "loading"])
def test_what_the_machine_lacks_is_named(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, number: int, words: str, where: type
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(number, "canary")

    monkeypatch.setattr(where, "add" if where is Batches else "run", fail)
    api.always("/items", GOOD)
    with pytest.raises(LoadError) as caught:
        load(declare(resource()))
    error = caught.value
    assert words in str(error)
    assert "canary" not in str(error)


def check_alone(declaration: ApiDeclaration) -> LoadError:
    """Read both resources; only the rows of `items` reach the warehouse, and `odd` is named."""
    kept: list[Any] = []
    with pytest.raises(LoadError) as caught, open_items(declaration) as (items, _):
        kept += items
    assert isinstance(caught.value, ApiError)
    assert "demo.odd: " in str(caught.value)
    assert "canary" not in str(caught.value)
    assert [row["id"] for row in kept] == [1]
    return caught.value

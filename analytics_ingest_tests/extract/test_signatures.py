"""Each request is signed as declared, right before it is sent, also one whose URL the API gave."""

import hashlib
import hmac
import time
from base64 import b64encode
from datetime import datetime, timezone
from typing import Any

import pytest
from requests import Request

from analytics_ingest.auth.aws_sigv4 import AwsSigV4
from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

KEY = "canary-key-of-signatures"
HMAC = {
    "type": "hmac",
    "text_to_sign": "{timestamp}\n{nonce}\n{method}\n{host}\n{target}\n{body}\n{settings.user}",
    "signature_headers": {
        "X-Signature": "v1={signature}",
        "X-Time": "{timestamp}",
        "X-Nonce": "{nonce}",
        "X-User": "{settings.user}",
    },
}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the signatures of these tests need: secret_key, or access_key_id, secret_access_key and
    session_token."""
    monkeypatch.setenv("SOURCES__DEMO__SECRET_KEY", KEY)
    monkeypatch.setenv("SOURCES__DEMO__USER", "shop-1")
    monkeypatch.setenv("SOURCES__DEMO__ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("SOURCES__DEMO__SECRET_ACCESS_KEY", "canary-secret-access-key")
    monkeypatch.setenv("SOURCES__DEMO__SESSION_TOKEN", "canary-session")


def digest(text: str, algorithm: str = "sha256", key: bytes = KEY.encode()) -> bytes:
    """What a server computes of a request."""
    return hmac.new(key, text.encode(), algorithm).digest()


def is_signed(api: ScriptedApi, asked: Asked) -> bool:
    """Whether a request has the signature of `HMAC`."""
    base = api.url.removeprefix("http://").partition("/")[2]
    target = f"/{base}{asked.path}" + (f"?{asked.raw_query}" if asked.raw_query else "")
    at, nonce, host = (asked.headers[name] for name in ("x-time", "x-nonce", "host"))
    lines = [at, nonce, asked.method, host, target, asked.body.decode(), "shop-1"]
    assert abs(time.time() - int(at)) < 30
    return asked.headers["x-signature"] == f"v1={digest(chr(10).join(lines)).hex()}"


def test_pages_links_retries_and_bodies_are_signed_with_hmac(api: ScriptedApi) -> None:
    pages, failed = by_offset(rows(25)), []

    def script(asked: Asked) -> Any:
        if not is_signed(api, asked):
            return Reply({"error": "wrong signature"}, 401)
        if not failed:
            failed.append(asked)
            return Reply(status=500)
        at = int(asked.query.get("offset", "0"))
        rest = f"{api.url}{asked.path}?limit=10&offset={at + 10}&q=a%20b"
        served = rows(25)[at : at + 10]
        return {"data": served, "next": rest if at < 20 else None}

    api.on("/linked", script)
    api.on("/posted", lambda asked: pages(asked) if is_signed(api, asked) else Reply(status=401))
    handler = {"retry_on_status_codes": [500], "backoff_factor": 0}
    linked = resource(
        "linked", paginator={"type": "json_link", "next_url_path": "next"}, error_handler=handler
    )
    body = {"method": "POST", "json": {"text": "é"}, "paginator": {"type": "offset", "limit": 10}}
    declaration = declare(linked, resource("posted", **body), client={"auth": HMAC})
    assert read_ids(declaration, "linked") == list(range(1, 26))
    assert read_ids(declaration, "posted") == list(range(1, 26))
    nonces = [asked.headers["x-nonce"] for asked in api.asked]
    assert len(set(nonces)) == len(nonces) == 7


def test_a_signature_in_the_query_signs_the_query_before_it(api: ScriptedApi) -> None:
    secret = b"\x00\x01binary"
    auth = {
        "type": "hmac",
        "algorithm": "sha512",
        "secret_key_encoding": "hex",
        "signature_encoding": "base64",
        "timestamp_format": "ms",
        "text_to_sign": "{path}?{query}#{body_sha256}",
        "signature_params": {"at": "{timestamp}", "sig": "{signature}"},
    }

    def script(asked: Asked) -> Any:
        before, _, _ = asked.raw_query.partition("&sig=")
        base = api.url.removeprefix("http://").partition("/")[2]
        text = f"/{base}{asked.path}?{before}#{hashlib.sha256(b'').hexdigest()}"
        expected = b64encode(digest(text, "sha512", secret)).decode()
        assert abs(int(asked.query["at"]) / 1000 - time.time()) < 30
        if asked.query["sig"] != expected or asked.raw_query.count("at=") != 1:
            return Reply(status=401)
        rest = f"{api.url}/items?{asked.raw_query}&page=2"
        numbers = [3, 4] if "page" in asked.query else [1, 2]
        return {"data": [row(n) for n in numbers], "next": None if "page" in asked.query else rest}

    api.on("/items", script)
    paginator = {"type": "json_link", "next_url_path": "next"}
    declaration = declare(resource(paginator=paginator, incremental=None), client={"auth": auth})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__DEMO__SECRET_KEY", secret.hex())
        extract(declaration)
        assert len(api.asked) == 2
        patch.setenv("SOURCES__DEMO__SECRET_KEY", "canary-not-hex")
        error = failure(declaration)
    assert isinstance(error, SettingError)
    assert "auth.secret_key is not written in hex" in str(error)
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"text_to_sign": "{verb}"}, "auth.text_to_sign: holds {verb}; allowed are {timestamp}"),
        ({"signature_headers": {"X-A": "{timestamp}"}}, "sends no {signature}"),
        ({"signature_headers": {"X A": "{signature}"}}, "'X A' is not the name of a header"),
        ({"algorithm": "RS256"}, "'RS256' is unknown; allowed are sha256, sha1"),
        ({"secret_key": KEY}, "holds a literal secret"),
    ],
)
def test_a_signature_that_cannot_work_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare(resource(), client={"auth": {**HMAC, **keys}})
    assert problem in str(caught.value)
    assert KEY not in str(caught.value)


VECTORS = {
    "get-vanilla": ("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "get-vanilla-query-order-key-case": (
        "GET",
        "/?Param2=value2&Param1=value1",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "post-vanilla": (
        "POST",
        "/",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
}
"""Of the test suite that AWS publishes for Signature Version 4."""


@pytest.mark.parametrize("name", VECTORS)
def test_signature_version_4_is_that_of_the_published_cases(name: str) -> None:
    method, target, signature = VECTORS[name]
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    auth = AwsSigV4("AKIDEXAMPLE", secret, None, "us-east-1", "service")
    request = Request(method, f"https://example.amazonaws.com{target}").prepare()
    now = datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc)
    assert auth.sign(request, now).headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


def test_a_load_signs_each_page_with_signature_version_4(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(15)))
    auth = {"type": "aws_sigv4", "region": "eu-west-1", "service": "execute-api"}
    endpoint = {"paginator": {"type": "offset", "limit": 10}, "params": {"q": "a b+ü"}}
    assert len(read_ids(declare(resource(**endpoint), client={"auth": auth}))) == 15
    signatures = {asked.headers["authorization"] for asked in api.asked}
    assert len(signatures) == len(api.asked) == 2
    for asked in api.asked:
        assert asked.raw_query.startswith("limit=10&offset=")
        assert asked.raw_query.endswith("&q=a%20b%2B%C3%BC")
        assert asked.headers["x-amz-security-token"] == "canary-session"
        signed = "SignedHeaders=host;x-amz-date;x-amz-security-token"
        assert signed in asked.headers["authorization"]


def test_signature_version_4_leaves_the_bytes_of_a_query_as_they_are() -> None:
    auth = AwsSigV4("AKIDEXAMPLE", "secret", None, "eu-west-1", "execute-api")
    request = Request("GET", "https://api.example.com/items?t=%FF%80a+b&n=%C3%A9&e").prepare()
    signed = auth.sign(request, datetime(2026, 1, 5, tzinfo=timezone.utc))
    assert str(signed.url).partition("?")[2] == "e=&n=%C3%A9&t=%FF%80a%20b"

"""JSON web tokens: signed as declared, renewed in time, refused by name where they cannot be."""

import builtins
import json
import time
import traceback
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

KEY = "canary-" + "k" * 40
PAGED = {"type": "offset", "limit": 2}
EC_KEY = generate_private_key(SECP256R1())


def pem(passphrase: str = "") -> str:
    """The private key as text, encrypted if there is a passphrase."""
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return EC_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__SECRET_KEY", KEY)
    monkeypatch.setenv("SOURCES__DEMO__ISSUER", "12345")


def declaration(**keys: Any) -> Any:
    auth = {"type": "jwt", "algorithm": "HS256", **keys}
    return declare(resource(paginator=PAGED), client={"auth": auth})


def sent(api: ScriptedApi, **keys: Any) -> Asked:
    """The first request of an API whose tokens are declared so."""
    api.on("/items", by_offset(rows(1)))
    extract(declaration(**keys))
    return api.asked[0]


def test_a_token_holds_the_claims_and_headers_that_are_declared(api: ScriptedApi) -> None:
    claims = {"iss": "{settings.issuer}", "aud": "shop", "n": 3, "up": "{{ config.issuer | int }}"}
    token = sent(api, jwt_payload=claims, jwt_headers={"kid": "{settings.issuer}"}).headers[
        "authorization"
    ]
    read = jwt.decode(token, KEY, ["HS256"], audience="shop")
    assert {name: read[name] for name in claims} == {
        "iss": "12345",
        "aud": "shop",
        "n": 3,
        "up": 12345,
    }
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "12345"}
    assert read["nbf"] == read["iat"] == pytest.approx(time.time(), abs=30)
    assert read["exp"] == read["iat"] + 1200


def test_a_token_is_sent_with_a_prefix_or_in_the_query(api: ScriptedApi) -> None:
    word, token = sent(api, token_format="Bearer {token}").headers["authorization"].split(" ")
    assert word == "Bearer"
    assert jwt.decode(token, KEY, ["HS256"])
    api.asked.clear()
    assert jwt.decode(sent(api, name="t", location="query").query["t"], KEY, ["HS256"])


def test_a_key_may_be_encoded_in_base64(api: ScriptedApi) -> None:
    token = sent(api, base64_encode_secret_key=True, token_lifetime=60).headers["authorization"]
    read = jwt.decode(token, b64encode(KEY.encode()), ["HS256"])
    assert read["exp"] == read["iat"] + 60


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
def test_a_private_key_signs_and_may_have_a_passphrase(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, passphrase: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__SECRET_KEY", pem(passphrase))
    if passphrase:
        monkeypatch.setenv("SOURCES__DEMO__PASSPHRASE", passphrase)
    token = sent(api, algorithm="ES256").headers["authorization"]
    assert jwt.decode(token, EC_KEY.public_key(), ["ES256"])


def test_a_key_may_be_a_part_of_a_setting(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__CREDENTIALS_JSON", json.dumps({"private_key": pem()}))
    expression = "{{ json_loads(config['credentials_json'])['private_key'] }}"
    token = sent(api, algorithm="ES256", secret_key=expression).headers["authorization"]
    assert jwt.decode(token, EC_KEY.public_key(), ["ES256"])


def test_a_token_is_signed_anew_when_half_of_its_time_is_over(api: ScriptedApi) -> None:
    pages = by_offset(rows(5))
    api.on("/items", lambda asked: Reply(pages(asked), delay=0.6))
    extract(declaration(token_lifetime=2))
    first, second, third = (asked.headers["authorization"] for asked in api.asked)
    assert first == second != third


def test_a_token_that_is_refused_is_signed_anew_once(api: ScriptedApi) -> None:
    pages, seen = by_offset(rows(3)), list[str]()

    def script(asked: Asked) -> Any:
        seen.append(asked.headers["authorization"])
        return Reply({}, 401, delay=1.1) if len(seen) == 1 else pages(asked)

    api.on("/items", script)
    assert sorted(read_ids(declaration())) == [1, 2, 3]
    assert seen[0] != seen[1] == seen[2]


def test_what_an_api_says_of_a_token_is_redacted(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Reply:
        return Reply({"error": f"not allowed: {asked.headers['authorization']}"}, 403)

    api.on("/items", script)
    error = str(failure(declaration()))
    assert "not allowed: ***" in error


def test_a_key_that_cannot_sign_is_refused_without_showing_it(api: ScriptedApi) -> None:
    error = failure(declaration(algorithm="RS256"))
    assert isinstance(error, SettingError)
    assert "demo: no token can be signed (" in str(error)
    assert "auth.secret_key is a key for RS256" in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))
    assert api.asked == []


def test_a_missing_key_is_reported(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCES__DEMO__SECRET_KEY")
    assert "sources.demo.secret_key is not set" in str(failure(declaration()))


def test_what_to_install_is_reported(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_jwt(name: str, *arguments: Any, **keys: Any) -> Any:
        if name == "jwt":
            raise ImportError(name)
        return real(name, *arguments, **keys)

    monkeypatch.setattr(builtins, "__import__", without_jwt)
    error = failure(declaration())
    assert isinstance(error, SettingError)
    assert "auth.type jwt needs PyJWT, which is not installed" in str(error)
    assert "'.[jwt]'" in str(error)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"algorithm": None}, "algorithm: is required; declare one of HS256"),
        ({"algorithm": "none"}, "algorithm: 'none' is unknown; allowed are HS256"),
        ({"jwt_headers": {"alg": "HS256"}}, "jwt_headers.alg: is what algorithm says"),
        ({"jwt_payload": {"exp": 1}}, "jwt_payload.exp: follows from token_lifetime"),
        ({"secret_key": KEY}, "secret_key: holds a literal secret"),
        ({"secret_key": "{{ now_utc() }}"}, "secret_key: holds a literal secret"),
    ],
)
def test_a_token_that_cannot_work_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declaration(**keys)
    assert str(caught.value).startswith(f"demo: client.auth.{message}")
    assert KEY not in str(caught.value)


def exchanged(api: ScriptedApi, **keys: Any) -> Any:
    """An API whose signed token is exchanged for another at /token."""
    url = f"{api.url}/token"
    return declaration(type="oauth2_jwt_bearer", access_token_url=url, **keys)


def test_a_signed_token_is_exchanged_for_that_of_all_requests(api: ScriptedApi) -> None:
    api.always("/token", {"access_token": "given", "expires_in": 3600})
    api.on("/items", by_offset(rows(3)))
    assert sorted(
        read_ids(exchanged(api, jwt_payload={"iss": "{settings.issuer}", "scope": "read"}))
    ) == [1, 2, 3]
    (asked,) = api.requests_of("/token")
    form = dict(parse_qsl(asked.body.decode()))
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = jwt.decode(form["assertion"], KEY, ["HS256"])
    assert (claims["iss"], claims["scope"]) == ("12345", "read")
    sent_to_api = {request.headers["authorization"] for request in api.requests_of("/items")}
    assert sent_to_api == {"Bearer given"}


def test_an_exchange_that_fails_names_what_to_check(api: ScriptedApi) -> None:
    api.always("/token", Reply({"error": "canary"}, 400))
    error = str(failure(exchanged(api)))
    assert "the login was answered 400; check access_token_url, access_token_path" in error
    assert "canary" not in error


@pytest.mark.parametrize("name", ["expires_in", "expiresIn"])
@pytest.mark.parametrize("path", ["token", "data.token", "$['data']['token']"])
def test_the_lifetime_is_read_beside_the_token_of_an_exchange(
    api: ScriptedApi, name: str, path: str
) -> None:
    given = {"token": "given", name: 0.001}
    api.always("/token", given if path == "token" else {"data": given})
    api.on("/items", by_offset(rows(3)))
    extract(exchanged(api, access_token_path=path))
    assert len(api.requests_of("/token")) == len(api.requests_of("/items")) > 1


def test_the_token_of_an_exchange_may_be_deeper(api: ScriptedApi) -> None:
    api.always("/token", {"data": {"token": "deep"}})
    api.on("/items", by_offset(rows(1)))
    extract(exchanged(api, access_token_path="data.token"))
    assert api.requests_of("/items")[0].headers["authorization"] == "Bearer deep"

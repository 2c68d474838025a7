"""A new type of paginator or of auth is one new file: the rest of the project learns of it there.

The types of these tests are in a folder of their own, which a second process adds to the two
packages. Types are read once a process, and the other tests shall not see these.
"""

import hmac
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import analytics_ingest_tests
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

SECRET = "s3cr3t-v4lue"

PAGINATOR = '''
"""Paging by a token in a response header, until the body says that it was the last page."""

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.jsonpaths import compile_path, find_first_value
from analytics_ingest.paginators.base import Paginator, send_value


class HeaderTokenKeys(Keys):
    required = {"token_header": "the response header that holds the token"}
    exclusive = (("token_param", "token_body_path"),)
    json_paths = ("done_path",)

    token_header: str | None = None
    """Response header that holds the token of the next page."""
    token_param: str | None = None
    """Query parameter that sends the token back."""
    token_body_path: str | None = None
    """Place of the token in a JSON request body."""
    done_path: str = "done"
    """Where the body says that it is the last page."""


class HeaderToken(Paginator):
    name = "header_token"
    keys = HeaderTokenKeys

    def __init__(self, keys, settings):
        self._keys = keys
        self._done = compile_path(keys.done_path)

    def update_state(self, response, rows):
        self._token = response.headers[self._keys.token_header]
        self.has_next_page = not find_first_value(self._done, response.json())

    def update_request(self, request):
        keys = self._keys
        send_value(request, keys.token_param or "token", keys.token_body_path, self._token)
'''

AUTH = '''
"""A header that is signed with a secret key."""

import hmac

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.declared_types import Keys, Secret


class SignedHeaderKeys(Keys):
    secrets = {"signing_key": Secret("signing_key", "the key that signs requests")}
    required = {"signature_header": "the header that carries the signature"}

    signing_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.signing_key."""
    signature_header: str | None = None
    """The header that carries the signature."""


class SignedHeader(Auth):
    name = "signed_header"
    keys = SignedHeaderKeys

    def __init__(self, key, header):
        self._key, self._header = key, header

    @classmethod
    def build(cls, keys, context):
        return cls(context.read_secret(keys, "signing_key"), keys.signature_header)

    def __call__(self, request):
        digest = hmac.new(self._key.encode(), request.method.encode(), "sha256").hexdigest()
        request.headers[self._header] = digest
        return request
'''

START = """
import json, sys

import analytics_ingest.auth
import analytics_ingest.paginators

analytics_ingest.paginators.__path__.append(sys.argv[1] + "/paginators")
analytics_ingest.auth.__path__.append(sys.argv[1] + "/auth")
written = json.loads(sys.argv[2])
"""

VALIDATE = (
    START
    + """
from jsonschema import Draft202012Validator

from analytics_ingest.declaration.reference.key_reference import format_key_reference
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve


def problem(block):
    client = {"base_url": "https://shop.test", **block}
    attributes = {"client": client, "resources": [{"name": "items", "primary_key": "id"}]}
    validator = Draft202012Validator(Api.model_json_schema())
    for error in validator.iter_errors(attributes):
        return ".".join(map(str, error.absolute_path)) + ": " + error.message
    try:
        resolve("demo", Api.model_validate(attributes))
    except ValueError as error:
        return str(error)
    return None


print(json.dumps([[problem(block) for block in written], format_key_reference()]))
"""
)

LOAD = (
    START
    + """
import os

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.api_context import connect
from analytics_ingest_tests.support.loads import declare, load, resource, table

declaration = declare(resource(paginator=written["paginator"]), client={"auth": written["auth"]})
load(declaration)
items = frozenset(["items"])
shown = connect(declaration, items, EVERYTHING).redact(os.environ["SOURCES__DEMO__SIGNING_KEY"])
del os.environ["SOURCES__DEMO__SIGNING_KEY"]
try:
    connect(declaration, items, EVERYTHING)
except SettingError as error:
    print(json.dumps([table("items"), shown, str(error)]))
"""
)

TOKENS: dict[str, Any] = {"type": "header_token", "token_header": "X-Token"}
SIGNED: dict[str, Any] = {"type": "signed_header", "signature_header": "X-Signature"}
PAGINATOR_KEYS = "token_header, token_param, token_body_path, done_path"


@pytest.fixture
def types(tmp_path: Path) -> Path:
    """A folder with a new type of each kind."""
    for kind, text in (("paginators", PAGINATOR), ("auth", AUTH)):
        (tmp_path / "types" / kind).mkdir(parents=True)
        (tmp_path / "types" / kind / f"new_{kind}.py").write_text(text)
    return tmp_path / "types"


def run(program: str, types: Path, written: Any) -> Any:
    """What a program prints that knows the new types."""
    tests = Path(analytics_ingest_tests.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", program, str(types), json.dumps(written)],
        env={**os.environ, "PYTHONPATH": str(tests)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_the_keys_of_a_new_type_are_checked_and_documented(types: Path) -> None:
    problems = {
        None: {"paginator": {**TOKENS, "token_param": "t"}, "auth": SIGNED},
        "client.paginator: Additional properties are not allowed ('tokn' was unexpected)": {
            "paginator": {**TOKENS, "tokn": "t"}
        },
        f"demo: client.paginator.limit: does not belong to header_token; allowed are "
        f"{PAGINATOR_KEYS}": {"paginator": {**TOKENS, "limit": 5}},
        "demo: client.paginator.token_header: is required; declare the response header that holds "
        "the token": {"paginator": "header_token"},
        "demo: client.paginator.token_body_path: cannot be combined with token_param; remove "
        "one of them": {"paginator": {**TOKENS, "token_param": "a", "token_body_path": "b"}},
        "client.auth.signing_key: 1 is not of type 'string', 'null'": {
            "auth": {**SIGNED, "signing_key": 1}
        },
        "demo: client.auth.signature_header: is required; declare the header that carries the "
        "signature": {"auth": "signed_header"},
        "demo: client.auth.signing_key: holds a literal secret; leave it out and set it as "
        "sources.demo.signing_key, in the environment or in .dlt/secrets.toml": {
            "auth": {**SIGNED, "signing_key": SECRET}
        },
    }
    found, reference = run(VALIDATE, types, list(problems.values()))
    assert found == list(problems)
    assert "| `done_path` | text | `done` | header_token: where the body says that it" in reference
    assert "| `signature_header` | text |  | signed_header: the header that carries" in reference


def test_rows_are_loaded_with_new_types_and_the_secret_is_not_shown(
    api: ScriptedApi, types: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__SIGNING_KEY", SECRET)
    signature = hmac.new(SECRET.encode(), b"GET", "sha256").hexdigest()

    def page(asked: Asked) -> Reply:
        if asked.headers.get("x-signature") != signature:
            return Reply({}, 401)
        start = int(asked.query.get("token", "0"))
        body = {"data": rows(6)[start : start + 2], "done": start == 4}
        return Reply(body, headers={"X-Token": str(start + 2)})

    api.on("/items", page)
    loaded, shown, missing = run(LOAD, types, {"paginator": TOKENS, "auth": SIGNED})
    assert loaded == [1, 2, 3, 4, 5, 6]
    assert api.sent("/items", "token") == [None, "2", "4"]
    assert shown == "***"
    assert missing.startswith("demo: sources.demo.signing_key is not set; set ")

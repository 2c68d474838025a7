"""An address is judged by where its request would go, however it is spelled."""

import json
import os
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis.strategies import booleans

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.api_context import ApiContext, connect
from analytics_ingest.extract.listing import Listing
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.lookups import Address, lookups
from analytics_ingest_tests.support.raw_server import answering, http
from analytics_ingest_tests.support.spellings import ELSEWHERE, addresses

KEY = "canary-key-1"
API = "http://api.test:8080"
OWN = {
    API: ("api.test", 8080),
    "http://api.test": ("api.test", 80),
    "http://[::1]:8080": ("::1", 8080),
    "http://bücher.test": ("xn--bcher-kva.test", 80),
}
"""Base URLs, and where their requests go."""


class Api:
    """An API whose first page, or whose redirect, leads to `link`."""

    link = ""
    is_redirecting = False
    pages = 0

    def answer(self, target: str) -> bytes:
        """Give the first page once; whatever else is asked for is the last one."""
        self.pages += 1
        if self.pages > 1:
            return http(b'{"data": []}')
        if self.is_redirecting:
            head = f"Location: {self.link}\r\n"
            return http(b"", status="307 Temporary Redirect", more_head=head)
        return http(json.dumps({"data": [{"id": 1}], "next": self.link}).encode())

    def leads(self, link: str, *, is_redirecting: bool) -> None:
        """Lead elsewhere from now on."""
        self.link, self.is_redirecting, self.pages = link, is_redirecting, 0


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def asked(api: Api) -> Iterator[list[Address]]:
    """The addresses that connections are opened to."""
    with answering(api.answer) as url, lookups(OWN.values(), urlsplit(url).port or 0) as asked:
        yield asked


def connected(monkeypatch: pytest.MonkeyPatch, base_url: str = API) -> ApiContext:
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", KEY)
    auth = {"type": "api_key", "name": "key", "location": "query"}
    client = {"base_url": base_url, "auth": auth, "allow_http": True}
    paginator = {"type": "json_link", "next_url_path": "next"}
    items = resource(paginator=paginator, error_handler={"max_retries": 0})
    return connect(declare(items, client=client), frozenset(["items"]), EVERYTHING)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiContext]:
    opened = connected(monkeypatch)
    yield opened
    opened.client.close()


def read(connection: ApiContext) -> ApiError | None:
    """Read the listing, and give the error that it ends in."""
    template = connection.templates["items"]
    listing = Listing(template, {})
    try:
        while not listing.ended:
            request = template.build_api_request(listing.build_next_request())
            listing.accept(template.client.send(request))
    except ApiError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("base_url", "link"),
    [
        (API, "http://api.test:8080/items?page=2"),
        (API, "/items?page=2"),
        (API, "items?page=2"),
        (API, "?page=2"),
        (API, "//api.test:8080/items?page=2"),
        (API, "HTTP://API.Test:8080/items?page=2"),
        (API, "http://api.test:8080/items?at=http://evil.test/"),
        (API, "http://api.test:8080/items?after=a\\b"),
        (API, "http://api.test:8080/@evil.test/"),
        (API, "http://api.test:8080//evil.test/"),
        (API, "http://api.test:8080/items#@evil.test/"),
        ("http://api.test", "http://api.test:80/items?page=2"),
        ("http://api.test", "http://api.test:/items?page=2"),
        ("http://[::1]:8080", "http://[::1]:8080/items?page=2"),
        ("http://bücher.test", "http://xn--bcher-kva.test/items?page=2"),
        ("http://bücher.test", "http://BÜCHER.test/items?page=2"),
    ],
)
def test_a_link_to_the_api_is_followed(
    api: Api, asked: list[Address], monkeypatch: pytest.MonkeyPatch, base_url: str, link: str
) -> None:
    api.leads(link, is_redirecting=False)
    connection = connected(monkeypatch, base_url)
    assert read(connection) is None
    connection.client.close()
    assert api.pages == 2
    assert set(asked) == {OWN[base_url]}


@pytest.mark.parametrize(("link", "problem"), ELSEWHERE.items(), ids=map(repr, ELSEWHERE))
def test_a_link_that_might_lead_elsewhere_is_refused(
    api: Api, asked: list[Address], connection: ApiContext, link: str, problem: str
) -> None:
    api.leads(f"{link}?canary=2", is_redirecting=False)
    error = read(connection)
    assert isinstance(error, ApiError)
    assert str(error).startswith("demo.items: ")
    assert set(asked) == {OWN[API]}
    assert api.pages == 1
    assert "canary" not in str(error)
    assert problem in str(error) or is_unreadable(problem, error)


def is_header(link: str) -> bool:
    """Whether a server can send it as a header."""
    return not set(link) & set("\r\n\x00\ud800")


def is_unreadable(problem: str, error: ApiError) -> bool:
    """Whether a link that is not an address is refused by who reads it, or prepares it."""
    return problem == "an invalid address" and any(
        reason in str(error)
        for reason in ("could not complete the request", "lacks a value that the paginator")
    )


@pytest.mark.parametrize("link", list(filter(is_header, ELSEWHERE)), ids=repr)
def test_a_redirect_that_might_lead_elsewhere_is_refused(
    api: Api, asked: list[Address], connection: ApiContext, link: str
) -> None:
    api.leads(link, is_redirecting=True)
    error = read(connection)
    assert set(asked) == {OWN[API]}
    # Without its two slashes a Location is a path of the API, and may be followed.
    assert link in ("http:/evil.test/", "http:evil.test/", "http:///evil.test/") or error
    assert "canary" not in str(error)


EXAMPLES = os.environ.get("ANALYTICS_INGEST_EXAMPLES")


@settings(
    max_examples=int(EXAMPLES or 300),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(link=addresses(), is_redirecting=booleans())
@example(link="http://evil.test\\@api.test:8080/", is_redirecting=False)
@example(link="http://evil.test\\@api.test:8080/", is_redirecting=True)
def test_no_connection_is_opened_to_another_address(
    api: Api, asked: list[Address], connection: ApiContext, link: str, is_redirecting: bool
) -> None:
    assume(is_header(link) or not is_redirecting)
    api.leads(link, is_redirecting=is_redirecting)
    asked.clear()
    error = read(connection)
    assert set(asked) == {OWN[API]}
    reached = where_requests_goes(api, asked, link)
    if reached - {OWN[API]}:
        assert error or is_redirecting
    elif reached and not is_strange(link):
        assert error is None


def where_requests_goes(api: Api, asked: list[Address], link: str) -> set[Address]:
    """The addresses that connections are opened to by who follows a link without looking."""
    api.leads("", is_redirecting=False)
    asked.clear()
    try:
        url = link if urlsplit(link).scheme else urljoin(f"{API}/items", link)
        requests.get(url, timeout=10)
    except (requests.RequestException, ValueError):
        pass
    return set(asked)


def is_strange(link: str) -> bool:
    """Whether a link is refused for its spelling alone."""
    return not link.isprintable() or any(char in link for char in "\\@") or ":0" in link

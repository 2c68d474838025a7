"""An https API whose links say http is asked over https on its own port, and nobody else is."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.certificates import make_certificate
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.raw_server import answering, http

Page = Callable[[str], bytes]


class Api:
    """An API of two pages; a test says how the first one leads to the second."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = ""
        self.first: Page = lambda link: http(
            json.dumps({"data": [{"id": 1}], "next": link}).encode()
        )
        self.link = ""

    def answer(self, target: str) -> bytes:
        self.asked.append(target)
        if "page=2" in target:
            return http(b'{"data": [{"id": 2}]}')
        return self.first(self.link.format(port=urlsplit(self.url).port))


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    bundle, context = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", "canary-token")
    api = Api()
    with answering(api.answer, tls=context) as url:
        api.url = url
        monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
        yield api


def in_a_header(link: str) -> bytes:
    return http(b'{"data": [{"id": 1}]}', more_head=f'Link: <{link}>; rel="next"\r\n')


def as_a_redirect(link: str) -> bytes:
    return http(b"", status="302 Found", more_head=f"Location: {link}\r\n")


def items(paginator: str) -> dict[str, object]:
    return resource(paginator=paginator, error_handler={"max_retries": 0})


LINKS = [
    "http://127.0.0.1:{port}/items?page=2",
    "http://127.0.0.1/items?page=2",
    "HTTP://127.0.0.1:80/items?page=2",
    "http://127.0.0.1:8080/items?page=2",
    "https://127.0.0.1:{port}/items?page=2",
    "/items?page=2",
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("first", "paginator", "expected"),
    [(None, "json_link", [1, 2]), (in_a_header, "header_link", [1, 2])],
    ids=["in the body", "in a header"],
)
def test_a_link_is_followed_over_https_on_the_apis_own_port(
    api: Api, link: str, first: Page | None, paginator: str, expected: list[int]
) -> None:
    api.link, api.first = link, first or api.first
    assert read_ids(declare(items(paginator), client={"auth": {"type": "bearer"}})) == expected
    assert api.asked == ["/items", "/items?page=2"]


@pytest.mark.parametrize("link", LINKS)
def test_so_is_a_redirect(api: Api, link: str) -> None:
    api.link, api.first = link, as_a_redirect
    assert read_ids(declare(items("single_page"), client={"auth": {"type": "bearer"}})) == [2]
    assert api.asked == ["/items", "/items?page=2"]


@pytest.mark.parametrize(
    "link",
    [
        "http://backend:8000/items?page=2",
        "https://127.0.0.1:1/items?page=2",
        "http://nosy:other@127.0.0.1/items?page=2",
        "http://127.0.0.1.example/items?page=2",
        "ftp://127.0.0.1/items?page=2",
    ],
)
@pytest.mark.parametrize("is_redirect", [False, True], ids=["link", "redirect"])
def test_any_other_address_is_refused(api: Api, link: str, is_redirect: bool) -> None:
    api.link, api.first = link, as_a_redirect if is_redirect else api.first
    error = failure(declare(items("json_link"), client={"auth": {"type": "bearer"}}))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "page=2" not in str(error)
    assert api.asked == ["/items"]

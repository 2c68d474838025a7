"""The key goes to the API's own origin and nowhere else, whatever a page or a redirect says."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.canary_key import AUTHS, BEARER, IN_HEADER, IN_QUERY, KEY
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

pytestmark = pytest.mark.usefixtures("canary_key")


def sent_key(api: ScriptedApi) -> list[bool]:
    return [KEY in str(asked.query) + str(asked.headers) for asked in api.asked]


@pytest.mark.parametrize(
    ("auth", "paginator"),
    [
        pytest.param(IN_HEADER, "json_link", id="json_link, key in a header"),
        pytest.param(IN_QUERY, "header_link", id="header_link, key in the query"),
        pytest.param(BEARER, "auto", id="auto, bearer"),
    ],
)
def test_a_link_to_another_origin_is_refused(
    api: ScriptedApi, elsewhere: ScriptedApi, auth: dict[str, Any], paginator: str
) -> None:
    link = f"{elsewhere.url}/items?page=2"
    body = {"data": [row(1)], "next": link}
    api.always("/items", Reply(body, headers={"Link": f'<{link}>; rel="next"'}))
    elsewhere.always("/items", {"data": [row(2)]})
    error = failure(declare(resource(paginator=paginator), client={"auth": auth}))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert elsewhere.url.rpartition("/")[0] in str(error)
    assert "page=2" not in str(error)
    assert KEY not in str(error)
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "https://evil.example", "ftp://127.0.0.1", "http://127.0.0.1:1"]
)
def test_a_link_elsewhere_is_refused_in_any_spelling(api: ScriptedApi, prefix: str) -> None:
    api.always("/items", {"data": [row(1)], "next": f"{prefix}/items"})
    error = failure(declare(resource(paginator={"type": "json_link", "next_url_path": "next"})))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)


@pytest.mark.parametrize("link", ["http://127.0.0.1:port/items", "http://[::1/items"])
def test_a_link_that_is_not_an_address_is_an_error_of_the_api(api: ScriptedApi, link: str) -> None:
    api.always("/items", {"data": [row(1)], "next": link})
    error = failure(declare(resource(paginator={"type": "json_link", "next_url_path": "next"})))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)


@AUTHS
@pytest.mark.parametrize("status", [302, 308])
def test_a_redirect_to_another_origin_is_refused(
    api: ScriptedApi, elsewhere: ScriptedApi, auth: dict[str, Any], status: int
) -> None:
    headers = {"Location": f"{elsewhere.url}/items?from=canary-query"}
    api.always("/items", Reply(status=status, headers=headers))
    elsewhere.always("/items", {"data": [row(2)]})
    error = failure(declare(resource(), client={"auth": auth}))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert elsewhere.url.rpartition("/")[0] in str(error)
    assert "canary" not in str(error)
    assert elsewhere.asked == []


@AUTHS
def test_a_redirect_to_a_trailing_slash_is_followed_with_the_key(
    api: ScriptedApi, auth: dict[str, Any]
) -> None:
    def redirect(asked: Any) -> Reply:
        query = "&".join(f"{k}={v}" for k, v in asked.query.items())
        return Reply(status=307, headers={"Location": f"{api.url}/items/?{query}"})

    api.on("/items", redirect)
    api.always("/items/", {"data": [row(1)]})
    assert read_ids(declare(resource(), client={"auth": auth})) == [1]
    assert api.paths == ["/items", "/items/"]
    assert sent_key(api) == [True, True]


def test_a_relative_redirect_is_followed(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=308, headers={"Location": "items/"}))
    api.always("/items/", {"data": [row(1)]})
    assert read_ids(declare(resource())) == [1]


def test_redirects_without_end_are_an_error_of_the_api(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=302, headers={"Location": f"{api.url}/items"}))
    error = failure(declare(resource(error_handler={"max_retries": 0})))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)


def test_a_path_from_a_parents_row_that_leads_elsewhere_is_refused(
    api: ScriptedApi, elsewhere: ScriptedApi
) -> None:
    api.always("/parents", {"data": [row(1, url=f"{elsewhere.url}/items")]})
    declaration = declare(
        resource("parents", own={"selected": False}),
        resource(path="{resources.parents.url}"),
        client={"auth": IN_HEADER},
    )
    assert isinstance(failure(declaration), ApiError)
    assert elsewhere.asked == []


@pytest.mark.parametrize("spelling", ["key", "%6Bey", "k%65y"])
def test_a_key_that_a_link_already_holds_is_sent_once(api: ScriptedApi, spelling: str) -> None:
    link = f"{api.url}/items?page=2&{spelling}=stale%20&q=a%2Fb+c&key={KEY}&empty"
    following = {"data": [row(1)], "next": link}
    api.on("/items", lambda asked: {"data": []} if "page" in asked.query else following)
    paginator = {"type": "json_link", "next_url_path": "next"}
    read_ids(declare(resource(paginator=paginator), client={"auth": IN_QUERY}))
    assert [asked.raw_query for asked in api.asked] == [
        f"key={KEY}",
        f"page=2&q=a%2Fb+c&empty&key={KEY}",
    ]

"""Mistakes in paginators and auth, and secrets, which no message may hold."""

import pytest

from analytics_ingest_tests.declaration.declaring import declare, endpoint_mistake, mistake

SECRET = "s3cr3t-v4lue"
PAGINATORS = (
    "auto, cursor, header_cursor, header_link, json_link, json_response, offset, page_number, "
    "single_page"
)
OFFSET_KEYS = (
    "limit, limit_param, stop_after_empty_page, has_more_path, total_path, limit_body_path, "
    "offset, offset_param, offset_body_path, maximum_offset"
)
AUTHS = (
    "api_key, aws_sigv4, bearer, hmac, http_basic, basic, jwt, login, oauth2_client_credentials, "
    "oauth2, oauth2_jwt_bearer, selected, session_token"
)

ENDPOINTS = [
    pytest.param(
        "paginator: offest",
        f"paginator.type: 'offest' is unknown; allowed are {PAGINATORS}",
        id="an unknown paginator",
    ),
    pytest.param(
        "paginator: {type: pages, limit: 5}",
        f"paginator.type: 'pages' is unknown; allowed are {PAGINATORS}",
        id="an unknown paginator with keys",
    ),
    pytest.param(
        "paginator: {type: offset, page_param: p}",
        f"paginator.page_param: does not belong to offset; allowed are {OFFSET_KEYS}",
        id="a key of another paginator",
    ),
    pytest.param(
        "paginator: {type: json_link, limit: 5}",
        "paginator.limit: does not belong to json_link; allowed are next_url_path",
        id="a page size where none is sent",
    ),
    pytest.param(
        "paginator: {type: single_page, limit: 5}",
        "paginator.limit: does not belong to single_page; it has no further keys",
        id="a key of a paginator that has none",
    ),
    pytest.param(
        "paginator: {type: page_number, start_from_page: 1, base_page: 1}",
        "paginator.base_page: cannot be combined with start_from_page; remove one of them",
        id="the first page twice",
    ),
    pytest.param(
        "paginator: {type: offset, limit_param: a, limit_body_path: b}",
        "paginator.limit_body_path: cannot be combined with limit_param; remove one of them",
        id="the page size in query and body",
    ),
    pytest.param(
        "paginator: {type: cursor, cursor_param: a, cursor_body_path: b}",
        "paginator.cursor_body_path: cannot be combined with cursor_param; remove one of them",
        id="the cursor in query and body",
    ),
    pytest.param(
        "auth: oauth",
        f"auth.type: 'oauth' is unknown; allowed are {AUTHS}",
        id="an unknown auth",
    ),
    pytest.param(
        "auth: {type: bearer, api_key: sources.other.key}",
        "auth.api_key: does not belong to bearer; allowed are token",
        id="a key of another auth",
    ),
    pytest.param(
        "auth: {type: oauth2, token_url: /t, grant_type: authorization_code}",
        "auth.grant_type: 'authorization_code' is unknown; allowed are client_credentials, "
        "refresh_token",
        id="a grant that needs a browser",
    ),
    pytest.param(
        f"auth: {{type: bearer, token: {SECRET}}}",
        "auth.token: holds a literal secret; leave it out and set it as sources.shop.api_token, "
        "in the environment or in .dlt/secrets.toml",
        id="a literal token",
    ),
    pytest.param(
        f"auth: {{type: api_key, name: key, api_key: {SECRET}}}",
        "auth.api_key: holds a literal secret; leave it out and set it as sources.shop.api_key, "
        "in the environment or in .dlt/secrets.toml",
        id="a literal key",
    ),
    pytest.param(
        f"auth: {{type: http_basic, password: {SECRET}}}",
        "auth.password: holds a literal secret; leave it out and set it as "
        "sources.shop.password, in the environment or in .dlt/secrets.toml",
        id="a literal password",
    ),
    pytest.param(
        f"auth: {{type: oauth2, access_token_url: /token, client_secret: {SECRET}}}",
        "auth.client_secret: holds a literal secret; leave it out and set it as "
        "sources.shop.client_secret, in the environment or in .dlt/secrets.toml",
        id="a literal client secret",
    ),
]


@pytest.mark.parametrize(("written", "message"), ENDPOINTS)
def test_a_mistake_in_how_to_page_or_sign_in_is_explained(written: str, message: str) -> None:
    assert endpoint_mistake(written) == f"shop.b: endpoint.{message}"


@pytest.mark.parametrize(("written", "message"), ENDPOINTS)
def test_the_same_mistake_in_the_client_is_explained_once(written: str, message: str) -> None:
    text = mistake(f"client: {{base_url: https://shop.test, {written}}}")
    assert text == f"shop: client.{message}"
    assert SECRET not in text


@pytest.mark.parametrize(
    "client",
    [
        pytest.param(f"headers: {{Authorization: Bearer {SECRET}}}", id="in the client"),
        pytest.param(f"headers: {{authorization: Basic {SECRET}}}", id="in lower case"),
    ],
)
def test_an_authorization_header_with_a_literal_secret_is_refused(client: str) -> None:
    text = mistake(f"client: {{base_url: https://shop.test, {client}}}")
    assert text.lower().startswith("shop: client.headers.authorization: holds a literal secret")
    assert SECRET not in text


@pytest.mark.parametrize(
    ("client", "message"),
    [
        (
            "base_url: 'https://{a b}.shop.test'",
            "client.base_url: holds a brace; write {settings.<name>} for a setting",
        ),
        (
            "base_url: https://shop.test, headers: {X: \"{{ config['a'] | b64encode }}\"}",
            "client.headers: '{{ config['a'] | b64encode }}' is not an expression: No filter "
            "named 'b64encode'; correct it",
        ),
    ],
)
def test_what_no_setting_can_fill_in_the_client_is_refused(client: str, message: str) -> None:
    assert mistake(f"client: {{{client}}}") == f"shop: {message}"


def test_an_authorization_header_of_an_endpoint_with_a_literal_secret_is_refused() -> None:
    text = endpoint_mistake(f"headers: {{Authorization: Bearer {SECRET}}}")
    assert text.startswith("shop.b: endpoint.headers.Authorization: holds a literal secret")
    assert SECRET not in text


def test_oauth2_without_the_address_of_its_token_is_refused() -> None:
    text = endpoint_mistake("auth: oauth2")
    assert text.startswith("shop.b: endpoint.auth.access_token_url: is required")


@pytest.mark.parametrize(
    "auth",
    [
        "{type: bearer, token: sources.other.api_token}",
        "{type: api_key, name: key, api_key: sources.shared.my_Key_2}",
        "{type: api_key}",
        "{type: http_basic, username: sources.other.user}",
        "{type: oauth2, access_token_url: /token, access_token_request_data: {scope: read}}",
    ],
)
def test_auth_may_name_the_setting_that_holds_a_secret_or_say_nothing(auth: str) -> None:
    assert declare(f"client: {{base_url: https://shop.test, auth: {auth}}}").declared.client.auth

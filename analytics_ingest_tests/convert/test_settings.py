"""Secrets are never written; what stands elsewhere becomes a setting, and the user is informed."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, fenced, orders, shop

BASE = '"base_url": "https://shop.test"'


def client(auth: str, more: str = "") -> str:
    """The client of a document with this auth."""
    return f'"client": {{{BASE}, "auth": {auth}{more}}}'


AUTHS = [
    pytest.param(
        '{"type": "api_key", "name": "X-Key", "api_key": SECRET, "location": "header"}',
        {"type": "api_key", "name": "X-Key", "location": "header"},
        {"API_KEY": "the key, sent in the header X-Key"},
        id="api_key in a header",
    ),
    pytest.param(
        '{"type": "api_key", "name": "key", "api_key": SECRET, "location": "query"}',
        {"type": "api_key", "name": "key", "location": "query"},
        {"API_KEY": "the key, sent in the query parameter key"},
        id="api_key in the query",
    ),
    pytest.param(
        'APIKeyAuth("X-Key", SECRET)',
        {"type": "api_key", "name": "X-Key", "location": "header"},
        {"API_KEY": "the key, sent in the header X-Key"},
        id="dlt's class",
    ),
    pytest.param(
        '{"type": "bearer", "token": SECRET}',
        {"type": "bearer"},
        {"API_TOKEN": "the bearer token"},
        id="bearer",
    ),
    pytest.param(
        '{"token": SECRET}', {"type": "bearer"}, {"API_TOKEN": "the bearer token"}, id="a token"
    ),
    pytest.param(
        "SECRET_REFERENCE", {"type": "bearer"}, {"API_TOKEN": "the bearer token"}, id="a secret"
    ),
    pytest.param(
        '{"type": "basic", "username": SECRET, "password": SECRET}',
        {"type": "http_basic"},
        {"USERNAME": "the name of the user", "PASSWORD": "the password of the user"},
        id="basic",
    ),
    pytest.param(
        '{"type": "http_basic", "username": SECRET}',
        {"type": "http_basic", "password": ""},
        {"USERNAME": "the name of the user"},
        id="basic without a password",
    ),
    pytest.param(
        '{"type": "oauth2", "client_id": SECRET, "client_secret": SECRET, "token_url": "/token", '
        '"scope": ["a", "b"]}',
        {
            "type": "oauth2_client_credentials",
            "access_token_url": "/token",
            "scope": ["a", "b"],
        },
        {
            "CLIENT_ID": "the id of the OAuth2 client",
            "CLIENT_SECRET": "the secret of the OAuth2 client",
        },
        id="oauth2",
    ),
    pytest.param(
        '{"type": "oauth2", "client_id": SECRET, "client_secret": SECRET, '
        '"refresh_token": SECRET, "token_url": "/token"}',
        {
            "type": "oauth2_client_credentials",
            "access_token_url": "/token",
            "grant_type": "refresh_token",
        },
        {
            "REFRESH_TOKEN": "the OAuth2 refresh token",
            "CLIENT_ID": "the id of the OAuth2 client",
            "CLIENT_SECRET": "the secret of the OAuth2 client",
        },
        id="oauth2 with a refresh token",
    ),
    pytest.param(
        '{"type": "oauth2", "client_id": SECRET, "client_secret": SECRET}',
        {
            "type": "oauth2_client_credentials",
            "access_token_url": "{settings.access_token_url}",
        },
        {
            "CLIENT_ID": "the id of the OAuth2 client",
            "CLIENT_SECRET": "the secret of the OAuth2 client",
            "ACCESS_TOKEN_URL": "takes the place of {settings.access_token_url} in requests of the "
            "client",
        },
        id="oauth2 without its address",
    ),
    pytest.param(
        '{"type": "session_token", "login_url": "/login", "username": SECRET, "password": SECRET, '
        '"header": "X-Session", "session_token_response_key": "id", '
        '"validate_session_url": "/me"}',
        {
            "type": "session_token",
            "login_url": "/login",
            "header": "X-Session",
            "session_token_response_key": "id",
            "validate_session_url": "/me",
        },
        {"USERNAME": "the name of the user", "PASSWORD": "the password of the user"},
        id="session_token",
    ),
]
SECRETS = [
    pytest.param('dlt.secrets["shop_key"]', id="dlt.secrets"),
    pytest.param('dlt.secrets.get("sources.shop.shop_key", str)', id="dlt.secrets.get"),
    pytest.param("dlt.secrets.value", id="dlt.secrets.value"),
    pytest.param('dlt.config["shop_key"]', id="dlt.config"),
    pytest.param('os.environ["SHOP_KEY"]', id="os.environ"),
    pytest.param('os.getenv("SHOP_KEY", "s3cr3t-literal")', id="os.getenv with a default"),
    pytest.param("SHOP_KEY", id="a variable that is not defined"),
    pytest.param("\"{{ config['shop_key'] }}\"", id="an expression"),
    pytest.param('"s3cr3t-literal"', id="a literal"),
    pytest.param("<your key>", id="a text to be filled in"),
    pytest.param("f\"{dlt.secrets['shop_key']}\"", id="an f-string"),
    pytest.param("get_key()", id="a function"),
]


@pytest.mark.parametrize(("auth", "written", "to_be_set"), AUTHS)
def test_auth_says_how_and_the_secrets_are_to_be_set(
    desk: Desk, auth: str, written: dict[str, object], to_be_set: dict[str, str]
) -> None:
    document = orders(client=client(auth.replace("SECRET_REFERENCE", 'dlt.secrets["x"]')))
    found = desk.new(document.replace("SECRET", 'dlt.secrets["x"]'))
    assert found.client["auth"] == written
    assert found.to_be_set == {
        f"SOURCES__SHOP__{key}": meaning for key, meaning in to_be_set.items()
    }


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    ("auth", "kept"),
    [
        ('{"type": "api_key", "name": "X-Key", "api_key": SECRET, "location": "header"}', 3),
        ('{"type": "bearer", "token": SECRET}', 1),
        ('{"type": "http_basic", "username": SECRET, "password": SECRET}', 1),
    ],
)
def test_a_secret_is_not_written_in_any_form(desk: Desk, secret: str, auth: str, kept: int) -> None:
    written = desk.new(orders(client=client(auth.replace("SECRET", secret))))
    assert len(written.client["auth"]) == kept
    for text in (written.text, written.report):
        assert "s3cr3t" not in text
        assert "shop_key" not in text


def test_the_file_says_where_the_key_is_read_from(desk: Desk) -> None:
    assert (
        "    auth:  # sources.shop.api_token is read when a load begins\n      type: bearer\n"
        in desk.new(orders()).text
    )


@pytest.mark.parametrize(
    ("headers", "written", "headers_left"),
    [
        ('{"Authorization": "Bearer " + dlt.secrets["t"]}', {"type": "bearer"}, None),
        ('{"Authorization": f"Basic {encode(x)}"}', {"type": "http_basic"}, None),
        ('{"Authorization": sign(x)}', {"type": "bearer"}, None),
        (
            '{"Authorization": dlt.secrets["t"], "X-A": "1"}',
            {"type": "api_key", "name": "Authorization", "location": "header"},
            {"X-A": "1"},
        ),
        (
            '{"Authorization": "Token {}".format(dlt.secrets["t"])}',
            None,
            {"Authorization": "Token {settings.t}"},
        ),
        (
            '{"Authorization": "Bearer abcdefgh"}',
            {"type": "bearer"},
            None,
        ),
        ('{"X-Api-Key": "abcdefgh"}', None, {"X-Api-Key": "{settings.x_api_key}"}),
        ('{"X-Api-Key": dlt.secrets["k"]}', None, {"X-Api-Key": "{settings.k}"}),
    ],
)
def test_headers_that_carry_a_secret_become_auth_or_settings(
    desk: Desk, headers: str, written: object, headers_left: object
) -> None:
    found = desk.new(orders(client=f'"client": {{{BASE}, "headers": {headers}}}'))
    assert found.client.get("auth") == written
    assert found.client.get("headers") == headers_left
    assert "abcdefgh" not in found.text + found.report


def test_a_key_with_a_word_before_it_is_sent_as_a_header(desk: Desk) -> None:
    auth = (
        '{"type": "api_key", "name": "Authorization", "location": "header", '
        '"api_key": f"Token {dlt.secrets[\'k\']}"}'
    )
    found = desk.new(orders(client=client(auth)))
    assert found.client == {
        "base_url": "https://shop.test",
        "headers": {"Authorization": "Token {settings.k}"},
    }
    assert list(found.to_be_set) == ["SOURCES__SHOP__K"]


def test_the_word_beside_a_user_is_reported(desk: Desk) -> None:
    auth = """{"type": "basic", "username": f"{dlt.secrets['email']}/token", "password": "x"}"""
    to_be_set = desk.new(orders(client=client(auth))).to_be_set
    assert to_be_set["SOURCES__SHOP__USERNAME"] == "the name of the user, in the form …/token"
    assert to_be_set["SOURCES__SHOP__PASSWORD"] == "the password of the user"


def test_a_literal_secret_in_the_query_becomes_a_setting(desk: Desk) -> None:
    found = desk.new(orders('"params": {"api_key": "abcdefgh", "page_token": "first"}'))
    assert found.endpoint()["params"] == {"api_key": "{settings.api_key}", "page_token": "first"}
    assert "abcdefgh" not in found.text + found.report


WITH_DEFAULT = "{{ settings.site | default('main') }}"
VALUES = [
    pytest.param('dlt.config["site"]', "{settings.site}", id="dlt.config"),
    pytest.param('dlt.secrets["site"]', "{settings.site}", id="dlt.secrets"),
    pytest.param('dlt.config.get("sources.shop.site")', "{settings.site}", id="dlt.config.get"),
    pytest.param("dlt.config.value", "{settings.site}", id="dlt.config.value"),
    pytest.param('dlt.config.get("site", "main")', WITH_DEFAULT, id="with a default"),
    pytest.param('os.getenv("SHOP_SITE")', "{settings.shop_site}", id="the environment"),
    pytest.param('os.environ.get("SITE", "main")', WITH_DEFAULT, id="the environment, a default"),
    pytest.param("site", "{settings.site}", id="a variable that is not defined"),
    pytest.param("settings.SITE", "{settings.site}", id="an attribute"),
    pytest.param('config["site"]', "{settings.site}", id="a subscript"),
    pytest.param("\"{{ config['site'] }}\"", "{settings.site}", id="an expression"),
    pytest.param('"{config.site}"', "{settings.site}", id="a placeholder"),
    pytest.param('"eu-" + dlt.config["site"]', "eu-{settings.site}", id="a sum"),
    pytest.param("f\"eu-{dlt.config['site']}\"", "eu-{settings.site}", id="an f-string"),
    pytest.param('"eu-{}".format(site)', "eu-{settings.site}", id="format"),
    pytest.param('"eu-%s" % site', "eu-{settings.site}", id="per cent"),
    pytest.param('site or "main"', "main", id="or"),
    pytest.param('"eu" or "it\'s"', "eu", id="or with a quote"),
    pytest.param('dlt.config.get("site", "it\'s")', "it's", id="a default with a quote"),
]


@pytest.mark.parametrize(("value", "written"), VALUES)
def test_a_value_that_is_elsewhere_is_a_setting(desk: Desk, value: str, written: str) -> None:
    found = desk.new(orders(f'"params": {{"site": {value}}}'))
    assert found.endpoint()["params"] == {"site": written}
    names = {"{settings.shop_site}": "SHOP_SITE"}.get(written, "SITE")
    expected = ["SOURCES__SHOP__API_TOKEN"]
    expected += [f"SOURCES__SHOP__{names}"] if "settings" in written else []
    assert list(found.to_be_set) == expected


@pytest.mark.parametrize(
    ("url", "written", "message"),
    [
        ('"https://shop.test/v1"', "https://shop.test/v1", None),
        ('"shop.test/v1"', "https://shop.test/v1", None),
        ('"https://{subdomain}.shop.test"', "https://{settings.subdomain}.shop.test", None),
        ('f"https://{sub}.shop.test/"', "https://{settings.sub}.shop.test/", None),
        ('"https://" + dlt.config["sub"] + ".shop.test"', "https://{settings.sub}.shop.test", None),
        ('"https://<account>.shop.test"', "https://{settings.account}.shop.test", None),
        ("\"https://{{ config['sub'] }}.shop.test\"", "https://{settings.sub}.shop.test", None),
        ('"https://bob:pass1234@shop.test"', "https://shop.test", None),
        ('os.getenv("URL", "https://shop.test")', "https://shop.test", None),
        ('"https://api.example.com/v2"', "https://api.example.com/v2", "is an example"),
        ('"https://your-domain.shop.test"', "https://your-domain.shop.test", "is an example"),
        ('"http://shop.test"', "http://shop.test", "plain http"),
        ('"http://127.0.0.1:8000"', "http://127.0.0.1:8000", None),
        ('dlt.config["base_url"]', "https://api.example.com", "does not name"),
        ("API_URL", "https://api.example.com", "does not name"),
        ("None", "https://api.example.com", "does not name"),
        ('""', "https://api.example.com", "does not name"),
        ("build_url()", "https://api.example.com", "does not name"),
        ('"/v2/"', "https://api.example.com/v2", "its path /v2"),
    ],
)
def test_the_address_is_one_that_loads_or_is_to_be_set(
    desk: Desk, url: str, written: str, message: str | None
) -> None:
    found = desk.new(orders(client=f'"client": {{"base_url": {url}}}'))
    assert found.client["base_url"] == written
    assert message is None or message in found.to_be_set["SOURCES__SHOP__BASE_URL"]
    assert (message is None) == ("SOURCES__SHOP__BASE_URL" not in found.to_be_set)
    assert "pass1234" not in found.text + found.report


def test_a_document_without_a_client_loads_once_the_address_is_set(desk: Desk) -> None:
    found = desk.new(fenced('rest_api_source({"resources": ["orders"]})'))
    assert found.client == {"base_url": "https://api.example.com"}
    assert list(found.to_be_set) == ["SOURCES__SHOP__BASE_URL"]


def test_a_setting_is_listed_with_the_resources_that_need_it(desk: Desk) -> None:
    resources = [f'{{"name": "r{n}", "endpoint": {{"path": "/{{team}}/r{n}"}}}}' for n in range(6)]
    hint = desk.new(shop(*resources)).to_be_set["SOURCES__SHOP__TEAM"]
    assert hint == "takes the place of {settings.team} in requests of r0, r1, r2, r3 and 2 more"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ('",".join(dlt.config["names"])', "several values are separated by commas"),
        ('",".join(dlt.config["names"].split(","))', "several values are separated by commas"),
        ('"|".join(dlt.config["names"])', "several values are separated by '|'"),
        ('dlt.config["names"]', ""),
    ],
)
def test_a_setting_of_joined_values_says_what_is_between_them(
    desk: Desk, value: str, hint: str
) -> None:
    found = desk.new(orders(f'"params": {{"names": {value}}}'))
    assert found.endpoint()["params"] == {"names": "{settings.names}"}
    assert found.to_be_set["SOURCES__SHOP__NAMES"].partition("; ")[2] == hint


@pytest.mark.parametrize(
    ("endpoint", "key"),
    [
        ('"params": {"since": datetime.now().timestamp()}', "endpoint.params.since"),
        ('"params": {"f": lambda x: x}', "endpoint.params.f"),
        ('"response_actions": [hook, {"action": handle()}]', "endpoint.response_actions"),
        ('"paginator": MyPaginator(3)', "endpoint.paginator"),
        ('"params": {"x": "{{ my_function(3) }}"}', "params.x"),
        ('"params": {"x": "{{ record.a ~ 1 }}"}', "params.x"),
    ],
)
def test_code_is_not_run_but_omitted_and_reported(desk: Desk, endpoint: str, key: str) -> None:
    found = desk.new(orders(endpoint))
    assert any(f"{key} is left out" in line for line in found.assumed)


def test_a_literal_secret_in_the_body_becomes_a_setting(desk: Desk) -> None:
    found = desk.new(orders('"method": "POST", "json": {"api_key": "abcdefgh", "n": 1}'))
    assert found.endpoint()["json"] == {"api_key": "{settings.api_key}", "n": 1}


def test_placeholders_of_all_requests_are_settings(desk: Desk) -> None:
    defaults = (
        '"resource_defaults": {"primary_key": "id", "endpoint": {"params": {"team": "{team}", '
        '"site": "{{ config[\'site\'] }}"}}}'
    )
    client = (
        f'"client": {{{BASE}, "headers": {{"X-Team": "{{{{ team }}}}"}}, "auth": {{'
        '"type": "oauth2", "token_url": "https://{region}.test/token"}}'
    )
    found = desk.new(orders(client=client, defaults=defaults))
    assert found.client["headers"] == {"X-Team": "{settings.team}"}
    assert found.client["auth"]["access_token_url"] == "https://{settings.region}.test/token"
    assert found.attributes["resource_defaults"]["endpoint"] == {
        "params": {"team": "{settings.team}", "site": "{settings.site}"}
    }


def test_settings_in_expressions_are_to_be_set(desk: Desk) -> None:
    paginator = (
        '"paginator": {"type": "cursor", "cursor_param": "c", "cursor_path": "next", '
        '"stop_condition": "{{ response.page >= config[\'last_page\'] }}"}'
    )
    found = desk.new(orders(paginator))
    assert found.endpoint()["paginator"]["stop_condition"] == "response.page >= config['last_page']"
    assert "SOURCES__SHOP__LAST_PAGE" in found.to_be_set


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param('"headers": {"apiToken": "CANARY"}', id="camelCase"),
        pytest.param('"headers": {"Cookie": "CANARY"}', id="a cookie"),
        pytest.param('"params": {"clientSecret": "CANARY"}', id="in the query"),
        pytest.param('"json": {"user": {"password": "CANARY"}}', id="in an object of the body"),
        pytest.param('"json": {"users": [{"api_key": "CANARY"}]}', id="in a list of the body"),
        pytest.param('"path": "/orders?a=1&access_token=CANARY"', id="in the address"),
        pytest.param(
            '"auth": {"type": "oauth2", "token_url": "https://u:CANARY@a.test/?token=CANARY"}',
            id="in the address of a token server",
        ),
        pytest.param(
            '"auth": {"type": "oauth2", "token_url": "/t", '
            '"access_token_request_data": {"client_secret": "CANARY"}}',
            id="in a token request",
        ),
    ],
)
def test_a_secret_is_written_nowhere(desk: Desk, endpoint: str) -> None:
    written = desk.new(shop(f'{{"name": "orders", "endpoint": {{"path": "/orders", {endpoint}}}}}'))
    assert "CANARY" not in written.text + written.report
    assert any("not written" in line for line in written.assumed)


def test_a_secret_in_the_base_url_is_not_written(desk: Desk) -> None:
    written = desk.new(
        shop(client='"client": {"base_url": "https://shop.test?api_key=CANARY&a=1"}')
    )
    assert written.client["base_url"] == "https://shop.test?api_key={settings.api_key}&a=1"
    assert "CANARY" not in written.text + written.report


PLACES = [
    *("${search}", "{{ secrets.search }}", "{{ env.SEARCH }}", "{{ vars['search'] }}"),
    *(
        "${secrets.search}",
        "${config.search}",
        "${env.SEARCH}",
        "${env:SEARCH}",
        "${ secret.search }",
    ),
]


@pytest.mark.parametrize("place", PLACES)
def test_a_setting_in_another_form_is_a_setting(desk: Desk, place: str) -> None:
    text = f'{{"name": "orders", "endpoint": {{"path": "/orders", "params": {{"q": "{place}"}}}}}}'
    written = desk.new(shop(text))
    assert written.endpoint()["params"] == {"q": "{settings.search}"}
    assert "SOURCES__SHOP__SEARCH" in written.to_be_set


HELD = [
    ("${settings.search_word}", "{settings.search_word}"),
    ("$SEARCH_WORD", "{settings.search_word}"),
    ("in:${secrets.place} by:${config.author}", "in:{settings.place} by:{settings.author}"),
    ("$top", "$top"),
    ("$USD", "$USD"),
    ("costs $SEARCH_WORD", "costs $SEARCH_WORD"),
    ("secrets.search", "secrets.search"),
    ("*", "*"),
]


@pytest.mark.parametrize(("place", "written"), HELD)
def test_only_a_placeholder_is_a_setting(desk: Desk, place: str, written: str) -> None:
    found = desk.new(orders(f'"params": {{"q": "{place}"}}, "headers": {{"X-Word": "{place}"}}'))
    assert found.endpoint()["params"] == {"q": written}
    assert found.endpoint()["headers"] == {"X-Word": written}


def test_a_setting_of_the_address_is_called_as_in_its_holder(desk: Desk) -> None:
    client = '"client": {"base_url": "https://${config.team}.shop.test", "auth": "bearer"}'
    listing = '{"name": "orders", "endpoint": {"path": "/${secrets.account}/orders"}}'
    found = desk.new(shop(listing, client=client))
    assert found.client["base_url"] == "https://{settings.team}.shop.test"
    assert found.endpoint()["path"] == "/{settings.account}/orders"
    assert {"SOURCES__SHOP__TEAM", "SOURCES__SHOP__ACCOUNT"} <= {*found.to_be_set}


def test_a_default_is_taken_where_a_setting_cannot_be(desk: Desk) -> None:
    client = (
        '"client": {"base_url": f"https://{dlt.config.get(\'host\', \'shop.test\')}/v1", '
        '"auth": {"type": "bearer"}}'
    )
    pages = '"paginator": {"type": "offset", "limit": dlt.config.get("size", 50)}'
    written = desk.new(
        shop(f'{{"name": "orders", "endpoint": {{"path": "/orders", {pages}}}}}', client=client)
    )
    assert written.client["base_url"] == "https://shop.test/v1"
    assert written.endpoint()["paginator"] == {"type": "offset", "limit": 50}


def test_a_setting_with_a_default_is_optional(desk: Desk) -> None:
    params = '"params": {"day": f"{dlt.config.get(\'begin\', \'2026-01-01\')}/x"}'
    written = desk.new(orders(params))
    assert written.endpoint()["params"] == {"day": "{{ settings.begin | default('2026-01-01') }}/x"}
    assert written.to_be_set["SOURCES__SHOP__BEGIN"].startswith("optional; ")


SECRETS = [
    '"params": {"api_key": os.environ.get("ACCESS", "hunter2")}',
    '"params": {"password": dlt.config.get("page_word", "hunter2")}',
    '"params": {"x": dlt.config.get("api_token", "hunter2")}',
    '"params": {"x": f"a{dlt.config.get(\'secret\', \'hunter2\')}"}',
    '"json": {"client_secret": os.getenv("ACCESS", "hunter2")}, "method": "POST"',
    '"headers": {"X-Api-Key": os.getenv("ACCESS", "hunter2")}',
]


@pytest.mark.parametrize("part", SECRETS)
def test_the_default_of_a_secret_is_not_written(desk: Desk, part: str) -> None:
    written = desk.new(orders(part))
    assert "hunter2" not in written.text + written.report


def test_a_number_that_has_a_default_is_taken_and_reported(desk: Desk) -> None:
    written = desk.new(orders('"params": {"limit": dlt.config.get("limit", 50)}'))
    assert written.endpoint()["params"] == {"limit": 50}
    assert any("holds the default of the setting limit, 50" in line for line in written.assumed)


@pytest.mark.parametrize("default", ["main", "1.2.3", "'a\\\\'", "007", "-5"])
def test_a_default_that_the_document_writes_as_an_expression_is_read(
    desk: Desk, default: str
) -> None:
    text = f"https://{{{{ settings.host | default({default}) }}}}.test"
    client = f'"client": {{"base_url": "{text}", "auth": {{"type": "bearer"}}}}'
    assert desk.new(shop(client=client)).client["base_url"].endswith(".test")


@pytest.mark.parametrize(
    "endpoint",
    [
        '"headers": {"X-Api-Key": "{{ config.get(\'key\', \'sk_live_abcdef123456\') }}"}',
        '"params": {"api_key": "{{ config[\'key\'] or \'sk_live_abcdef123456\' }}"}',
        '"method": "POST", "json": {"x": "{{ config.get(\'password\', \'sk_live_abcdef\') }}"}',
    ],
)
def test_the_default_of_a_place_for_a_secret_is_not_written(desk: Desk, endpoint: str) -> None:
    written = desk.new(orders(endpoint))
    assert "sk_live" not in written.text + written.report


def test_the_default_of_another_setting_is_kept(desk: Desk) -> None:
    written = desk.new(orders('"params": {"unit": "{{ config.get(\'unit\', \'metric\') }}"}'))
    assert written.endpoint()["params"] == {"unit": "{{ config.get('unit', 'metric') }}"}

"""Settings that are missing or cannot work: one sentence, with the names to set."""

from pathlib import Path
from typing import Any

import pytest
from dlt.common.runtime import run_context

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.settings import SettingValues, read_base_url
from analytics_ingest_tests.support.loads import declare, extract, failure, load, resource
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def with_auth(auth: Any) -> ApiDeclaration:
    return declare(resource(), client={"auth": auth})


@pytest.mark.parametrize(
    ("auth", "name"),
    [
        pytest.param({"type": "api_key", "name": "k"}, "api_key", id="api_key"),
        pytest.param("bearer", "api_token", id="bearer"),
        pytest.param("basic", "username", id="basic"),
        pytest.param({"type": "oauth2", "access_token_url": "t"}, "client_id", id="oauth2"),
    ],
)
@pytest.mark.parametrize("empty", [False, True], ids=["missing", "empty"])
def test_a_missing_secret_is_reported_with_its_setting_and_variable(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, auth: Any, name: str, empty: bool
) -> None:
    if empty:
        monkeypatch.setenv(f"SOURCES__DEMO__{name.upper()}", "")
    error = failure(with_auth(auth))
    assert isinstance(error, SettingError)
    assert f"sources.demo.{name}" in str(error)
    assert f"SOURCES__DEMO__{name.upper()}" in str(error)
    assert ".dlt/secrets.toml" in str(error)
    assert "\n" not in str(error)
    assert api.asked == []


def test_a_missing_secret_of_a_name_of_its_own_is_reported_by_that_name(api: ScriptedApi) -> None:
    error = failure(with_auth({"type": "bearer", "token": "sources.shared.pat"}))
    assert isinstance(error, SettingError)
    assert "sources.shared.pat" in str(error)
    assert "SOURCES__SHARED__PAT" in str(error)


@pytest.mark.parametrize("url", ["https://api.example.com", "http://api.example.com:80/v2"])
def test_the_placeholder_base_url_is_reported_with_its_setting_and_variable(url: str) -> None:
    error = failure(declare(resource(), client={"base_url": url}))
    assert isinstance(error, SettingError)
    assert "placeholder" in str(error)
    assert "sources.demo" in str(error)
    assert "SOURCES__DEMO__BASE_URL" in str(error)


@pytest.mark.parametrize(
    "url", ["demo.example.org", "ftp://demo.example.org", "http://", "http://127.0.0.1:port", "/v1"]
)
def test_a_base_url_that_is_not_an_address_is_reported(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
    error = failure(declare(resource()))
    assert isinstance(error, SettingError)
    assert "SOURCES__DEMO__BASE_URL" in str(error)


@pytest.mark.parametrize("url", ["user:canary@demo.example.org", "http://u:canary@api.example.com"])
def test_a_password_in_a_wrong_base_url_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
    assert "canary" not in str(failure(declare(resource())))


@pytest.mark.parametrize(
    ("slashes", "path"), [("", "/v3/items"), ("/", "/v3/items"), ("", "v3/items")]
)
def test_the_setting_replaces_the_whole_base_url(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, slashes: str, path: str
) -> None:
    api.always("/v3/items", {"data": []})
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", api.url + slashes)
    base_url = {"base_url": "https://api.example.com/v1/"}
    extract(declare(resource(path=path), client=base_url))
    assert api.paths == ["/v3/items"]


@pytest.mark.parametrize("setting", ["{settings.base_url}", "{{ config['base_url'] | trim }}"])
def test_the_setting_is_filled_in_where_the_declared_base_url_names_it(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    api.always("/v2/items", {"data": []})
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", api.url)
    extract(declare(resource(), client={"base_url": f"{setting}/v2"}))
    assert api.paths == ["/v2/items"]


def test_without_the_setting_the_declared_base_url_is_asked(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    api.always("/v3/items", {"data": []})
    extract(declare(resource(), client={"base_url": f"{api.url}/v3/"}))
    assert api.paths == ["/v3/items"]


def test_the_base_url_can_be_in_config_toml(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    (project / ".dlt").mkdir()
    (project / ".dlt" / "config.toml").write_text(f"[sources.demo]\nbase_url = '{api.url}'\n")
    run_context.active().reload()
    api.always("/items", {"data": []})
    extract(declare(resource()))
    assert api.paths == ["/items"]


def test_the_base_url_can_be_in_secrets_toml(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    (project / ".dlt").mkdir()
    (project / ".dlt" / "secrets.toml").write_text(f"[sources.demo]\nbase_url = '{api.url}'\n")
    run_context.active().reload()
    api.always("/items", {"data": []})
    extract(declare(resource()))
    assert api.paths == ["/items"]


@pytest.mark.parametrize("url", ["http://demo.example.org", "http://10.0.0.1/v2", "HTTP://a.b"])
def test_plain_http_is_refused_unless_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
    with pytest.raises(SettingError) as caught:
        read_base_url(declare(resource()), SettingValues("demo"))
    assert str(caught.value) == (
        f"demo: the base URL '{url}' is plain http, so the key would be sent in the clear; set "
        "SOURCES__DEMO__BASE_URL in the environment, or base_url under [sources.demo] in "
        ".dlt/secrets.toml to an https address, or declare client.allow_http: true"
    )
    assert (
        read_base_url(declare(resource(), client={"allow_http": True}), SettingValues("demo"))
        == url
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "127.1.2.3", "[::1]"])
def test_plain_http_to_this_machine_is_allowed(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"http://{host}")
    assert read_base_url(declare(resource()), SettingValues("demo")) == f"http://{host}"


WAREHOUSE_MISTAKES = {
    "a part is missing": (
        "postgres",
        "postgresql://loader@localhost/analytics",
        "demo: the warehouse is postgres, which needs "
        "DESTINATION__WAREHOUSE__CREDENTIALS__PASSWORD; set it in the environment or in "
        ".dlt/secrets.toml, or all in one as DESTINATION__WAREHOUSE__CREDENTIALS",
    ),
    "no address": (
        "postgres",
        "canary",
        "demo: DESTINATION__WAREHOUSE__CREDENTIALS is not what postgres needs; dlt's page on that "
        "destination shows the form",
    ),
    "no destination": (
        "nonsense",
        "canary",
        "demo: DESTINATION__WAREHOUSE__DESTINATION_TYPE is 'nonsense', which dlt does not know; "
        "set it to e.g. duckdb, postgres, snowflake or bigquery",
    ),
    "no driver": (
        "clickhouse",
        "clickhouse://loader:canary@localhost:9000/analytics",
        "demo: the driver of the warehouse is not installed; pip install 'dlt[clickhouse]'",
    ),
}


@pytest.mark.parametrize("name", WAREHOUSE_MISTAKES)
def test_a_mistake_in_the_settings_of_the_warehouse_is_one_sentence(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kind, credentials, sentence = WAREHOUSE_MISTAKES[name]
    monkeypatch.setenv("DESTINATION__WAREHOUSE__DESTINATION_TYPE", kind)
    monkeypatch.setenv("DESTINATION__WAREHOUSE__CREDENTIALS", credentials)
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert str(caught.value) == sentence
    assert not api.asked

"""Settings of the API in its declaration: read inside the load, sent where they stand, secret."""

import logging
from pathlib import Path
from typing import Any

import pytest
from dlt.common.runtime import run_context

from analytics_ingest.common.errors import SettingError
from analytics_ingest_tests.support.loads import declare, extract, failure, load, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__ORG", "a/b c")
    monkeypatch.setenv("SOURCES__DEMO__NUMBER", "00123")


@pytest.mark.parametrize(
    "path",
    [
        "/orgs/{settings.org}/items",
        "/orgs/{{ config['org'] }}/items",
        "/orgs/{config.org}/items",
        "/orgs/{{ config.org }}/items",
    ],
)
def test_a_setting_in_the_path_is_encoded(api: ScriptedApi, path: str) -> None:
    api.always("/orgs/a%2Fb%20c/items", {"data": [row(1)]})
    assert read_ids(declare(resource(path=path))) == [1]


def test_a_setting_can_be_in_query_headers_and_body_as_it_is(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    declaration = declare(
        resource(
            method="POST",
            params={"org": "{settings.org}"},
            headers={"X-Org": "is {settings.number}"},
            json={"deep": [{"org": "{settings.org}"}], "n": "{settings.number}"},
        ),
        client={"headers": {"X-All": "{settings.number}", "X-Json": '{"a": 1}'}},
    )
    ids = sorted(read_ids(declaration))
    (asked,) = api.asked
    assert asked.query == {"org": "a/b c"}
    assert asked.json == {"deep": [{"org": "a/b c"}], "n": "00123"}
    assert asked.headers["x-org"] == "is 00123"
    assert (asked.headers["x-all"], asked.headers["x-json"]) == ("00123", '{"a": 1}')
    assert ids == [1]


def test_a_setting_can_be_in_a_form(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    extract(declare(resource(method="POST", data={"org": "{settings.number}"})))
    assert api.asked[0].body == b"org=00123"


def test_a_param_that_fills_the_path_may_hold_a_setting(api: ScriptedApi) -> None:
    api.always("/orgs/00123/items", {"data": [row(1)]})
    declaration = declare(resource(path="/orgs/{o}/items", params={"o": "{settings.number}"}))
    assert read_ids(declaration) == [1]
    assert api.asked[0].query == {}


@pytest.mark.parametrize("written", ["{settings.place}", "{place}", "{{ config['place'] }}"])
def test_a_setting_can_be_in_the_base_url(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    monkeypatch.setenv("SOURCES__DEMO__PLACE", api.url.removeprefix("http://"))
    api.always("/v1/items", {"data": [row(1)]})
    assert read_ids(declare(resource(), client={"base_url": f"http://{written}/v1"})) == [1]


def test_the_setting_of_the_base_url_replaces_it_with_its_placeholders(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    extract(declare(resource(), client={"base_url": "https://{settings.unset}.example.org"}))
    assert api.paths == ["/items"]


def test_a_setting_can_be_in_config_toml(api: ScriptedApi, project: Path) -> None:
    (project / ".dlt").mkdir()
    (project / ".dlt" / "config.toml").write_text("[sources.demo]\nteam = 17\n")
    run_context.active().reload()
    api.always("/teams/17", {"data": []})
    extract(declare(resource(path="/teams/{settings.team}")))
    assert api.paths == ["/teams/17"]


def test_a_setting_is_a_secret_where_the_declaration_signs_with_it(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__PAT", "t0ken")
    api.always("/items", {"data": []})
    client = {"headers": {"Authorization": "Token {settings.pat}"}}
    extract(declare(resource("items"), resource("b", path="/items"), client=client))
    assert [asked.headers["authorization"] for asked in api.asked] == ["Token t0ken"] * 2


MISSING: dict[str, Any] = {
    "path": (resource(path="/{settings.unset}"), {}),
    "query": (resource(params={"a": "{settings.unset}"}), {}),
    "header": (resource(headers={"a": "{settings.unset}"}), {}),
    "body": (resource(method="POST", json={"a": ["{settings.unset}"]}), {}),
    "values": (resource(params={"a": {"type": "each", "values": "{settings.unset}"}}), {}),
    "client's header": (resource(), {"headers": {"a": "{settings.unset}"}}),
    "token's address": (
        resource(),
        {"auth": {"type": "oauth2", "token_url": "{settings.unset}/token"}},
    ),
}


@pytest.mark.parametrize("place", MISSING)
def test_a_missing_setting_is_reported_at_the_start_with_its_variable(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Also where another resource could be asked before."""
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "x")
    written, client = MISSING[place]
    error = failure(declare(resource("first"), written, client=client))
    assert isinstance(error, SettingError)
    assert str(error) == (
        "demo: sources.demo.unset is not set; set SOURCES__DEMO__UNSET in the environment, or "
        "unset under [sources.demo] in .dlt/secrets.toml"
    )
    assert api.asked == []


def test_all_missing_settings_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    client = {"base_url": "https://{settings.sub}.example.org", "auth": {"type": "basic"}}
    error = failure(declare(resource(path="/{settings.org}/{settings.team}"), client=client))
    assert str(error) == (
        "demo: sources.demo.sub, sources.demo.username, sources.demo.password, sources.demo.team "
        "are not set; set SOURCES__DEMO__SUB, SOURCES__DEMO__USERNAME, SOURCES__DEMO__PASSWORD, "
        "SOURCES__DEMO__TEAM in the environment, or sub, username, password, team under "
        "[sources.demo] in .dlt/secrets.toml"
    )


def test_a_setting_of_a_resource_that_is_not_loaded_may_be_missing(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    declaration = declare(resource(), resource("other", path="/{settings.unset}"))
    extract(declaration, "items")
    assert api.paths == ["/items"]


def test_a_missing_setting_in_the_base_url_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    error = failure(declare(resource(), client={"base_url": "https://{settings.sub}.example.org"}))
    assert isinstance(error, SettingError)
    assert "SOURCES__DEMO__SUB in the environment" in str(error)


@pytest.mark.timeout(10)
def test_the_value_of_a_setting_is_in_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__PLACE", closed_port().removeprefix("http://"))
    monkeypatch.setenv("SOURCES__DEMO__ORG", "canary")
    handler = {"max_retries": 0}
    written = resource(path="/{settings.org}", error_handler=handler)
    error = failure(declare(written, client={"base_url": "http://{settings.place}/v1"}))
    assert "demo.items: GET /{settings.org}: no response from http://***" in str(error)


def test_the_value_of_a_setting_is_in_no_log(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__ORG", "canary")
    # Dagster's storage turns off the loggers that exist, Kubernetes' client those of urllib3.
    monkeypatch.setattr(logging.getLogger("urllib3.connectionpool"), "disabled", False)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    api.always("/canary", {"data": []})
    load(declare(resource(path="/{settings.org}")))
    assert api.paths == ["/canary"]
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn")]
    assert any("GET" in line for line in logged)
    assert "canary" not in "".join(logged)


def test_a_base_url_that_a_setting_makes_no_address_is_reported_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__SUB", "canary")
    error = failure(declare(resource(), client={"base_url": "{settings.sub}.example.org"}))
    assert isinstance(error, SettingError)
    assert "'{settings.sub}.example.org' is not an http or https address" in str(error)


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("{settings.org}", "a/b c"),
        ("{settings['org']}", "a/b c"),
        ("{{ config['org'] }}", "a/b c"),
        ("{{{settings.org}}}", "{a/b c}"),
        ("{{settings.org}}", "{settings.org}"),
        ("{{ settings.org }}", "{ settings.org }"),
        ("{{ items {{ settings.id }} }}", "{ items { settings.id } }"),
        ("{{ config {{ id }} }}", "{ config { id } }"),
        ("{{}}", "{}"),
    ],
)
def test_double_braces_are_literal_unless_they_are_airbytes(
    api: ScriptedApi, declared: str, sent: str
) -> None:
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(method="POST", params={"q": declared}, json={"q": [declared]})))
    (asked,) = api.asked
    assert (asked.query["q"], asked.json["q"]) == (sent, [sent])

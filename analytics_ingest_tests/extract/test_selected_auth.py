"""Auth that a setting selects: what is sent, which settings are needed, what is refused."""

from typing import Any

import pytest

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

OPTIONS = {
    "api key": {"type": "api_key", "name": "X-Key"},
    "own": {"type": "bearer", "token": "{{ config['own_token'] }}"},
    "oauth": {"type": "oauth2", "token_url": "token", "grant_type": "client_credentials"},
    "open": None,
}


def declaration(options: Any = OPTIONS, **keys: Any) -> Any:
    auth = {"type": "selected", "selected_by": "{settings.kind}", "options": options, **keys}
    return declare(resource(), client={"auth": auth})


@pytest.mark.parametrize(
    ("kind", "settings", "sent"),
    [
        ("api key", {"API_KEY": "k-12345"}, {"x-key": "k-12345"}),
        ("own", {"OWN_TOKEN": "t-12345"}, {"authorization": "Bearer t-12345"}),
        ("oauth", {"CLIENT_ID": "i", "CLIENT_SECRET": "s"}, {"authorization": "Bearer given"}),
        ("open", {}, {}),
    ],
)
def test_the_selected_option_signs_and_needs_its_own_settings_alone(
    api: ScriptedApi,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    settings: dict[str, str],
    sent: dict[str, str],
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KIND", kind)
    monkeypatch.delenv("SOURCES__DEMO__API_KEY", raising=False)
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"{api.url}/")
    for name, value in settings.items():
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", value)
    api.always("/token", {"access_token": "given"})
    api.always("/items", {"data": rows(1)})
    extract(declaration())
    headers = api.requests_of("/items")[0].headers
    assert {n: v for n, v in headers.items() if n in ("x-key", "authorization")} == sent


def test_the_setting_that_selects_must_be_set(api: ScriptedApi) -> None:
    error = failure(declaration())
    assert isinstance(error, SettingError)
    assert "demo: sources.demo.kind is not set" in str(error)


SELECTORS = ("{settings.kind}", "{{ config['kind'] }}", "{{ config.get('kind') }}")


@pytest.mark.parametrize("value", [None, "", " ", "None", "canary"])
@pytest.mark.parametrize("selector", SELECTORS)
def test_without_a_selected_option_nothing_is_sent(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, selector: str, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("SOURCES__DEMO__KIND", value)
    error = failure(declaration(selected_by=selector))
    assert isinstance(error, SettingError)
    assert "sources.demo.kind " in str(error)
    assert "canary" not in str(error)
    assert api.asked == []


def test_an_expression_without_a_value_names_the_setting_and_what_is_allowed(
    api: ScriptedApi,
) -> None:
    error = str(failure(declaration(selected_by=SELECTORS[-1])))
    assert "demo: sources.demo.kind is not set, but selects one of auth.options" in error
    assert "allowed are api key, own, oauth, open" in error


def test_a_setting_of_the_selected_option_must_be_set(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KIND", "own")
    assert "sources.demo.own_token is not set" in str(failure(declaration()))


def test_a_value_that_selects_nothing_is_refused(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KIND", "canary")
    error = str(failure(declaration()))
    assert (
        "sources.demo.kind does not match any of auth.options; allowed are api key, own, oauth"
        in error
    )
    assert "canary" not in error


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "options: is required; declare an auth block for each value"),
        ({"a": {"type": "unknown"}}, "options.a.type: 'unknown' is unknown; allowed are"),
        (
            {"a": {"type": "api_key", "api_key": "canary-key"}},
            "options.a.api_key: holds a literal secret",
        ),
        ({"a": {"type": "bearer", "nme": "x"}}, "options.a.nme: Extra inputs are not permitted"),
        ({"a": "bearer", "b": {"type": "jwt"}}, "options.b.algorithm: is required"),
    ],
)
def test_an_option_that_cannot_work_is_refused_by_its_key(options: Any, message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declaration(options)
    assert str(caught.value).startswith(f"demo: client.auth.{message}")
    assert "canary" not in str(caught.value)

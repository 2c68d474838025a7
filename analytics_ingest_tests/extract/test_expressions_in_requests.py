"""Airbyte's expressions in requests: over settings, window, parent, values and page."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from analytics_ingest.common.errors import ApiError, SettingError
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    read,
    read_ids,
    resource,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"ORG": "Acme", "KEY": "canary-key", "DAYS": "5", "LIVE": "false", "IDS": '["x", "y"]'}
    for name, value in given.items():
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", value)


def test_an_expression_may_be_in_every_part_of_a_request(api: ScriptedApi) -> None:
    api.always("/acme/items", {"data": [row(1)]})
    written = resource(
        method="POST",
        path="/{{ config['org'] | lower }}/items",
        params={
            "n": "{{ config['days'] | int + 1 }}",
            "live": "{{ 'on' if config['live'] else 'off' }}",
            "list": "{{ config['ids'] | join(',') }}",
            "{{ config['org'] | lower }}_id": "of {{ config.org | upper }} {settings.days}",
        },
        headers={"X-Org": "is {{ config['org'] | upper }}"},
        json={
            "days": "{{ config['days'] }}",
            "n": "{{ config['days'] | int }}",
            "deep": [{"ids": "{{ config['ids'] | sort }}", "t": "{{ config.days | int }}d"}],
            "query": "{{ items(of: 1) {{ id }} }}",
        },
    )
    ids = sorted(read_ids(declare(written)))
    (asked,) = api.asked
    assert parse_qs(asked.raw_query) == {
        "n": ["6"],
        "live": ["off"],
        "list": ["x,y"],
        "acme_id": ["of ACME 5"],
    }
    assert asked.headers["x-org"] == "is ACME"
    assert asked.json == {
        "days": 5,
        "n": 5,
        "deep": [{"ids": ["x", "y"], "t": "5d"}],
        "query": "{ items(of: 1) { id } }",
    }
    assert ids == [1]


def test_a_list_is_sent_as_several_parameters(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(params={"id": "{{ config['ids'] | list }}"})))
    assert api.asked[0].raw_query == "id=x&id=y"


@pytest.mark.parametrize("given", ["a_b, c,", '["a_b", "c"]'])
def test_a_setting_with_commas_is_a_list_where_its_items_are_read(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KINDS", given)
    api.always("/items", {"data": []})
    params = {
        "all": "{{ (config['kinds'] | list) + ['d'] }}",
        "joined": "{{ '|'.join(config['kinds']) }}",
        "first": "{{ (config['kinds'] | list)[0] }}",
        "has": "{{ 'b' in (config['kinds'] | list) }}",
    }
    extract(declare(resource(params=params)))
    assert parse_qs(api.asked[0].raw_query) == {
        "all": ["a_b", "c", "d"],
        "joined": ["a_b|c"],
        "first": ["a_b"],
        "has": ["False"],
    }


@pytest.mark.parametrize(
    "data", [{"of": "{{ config['org'] | lower }}"}, "of={{ config.org|lower }}"]
)
def test_an_expression_may_be_in_a_form(api: ScriptedApi, data: Any) -> None:
    api.always("/items", {"data": []})
    extract(declare(resource(method="POST", data=data)))
    assert api.asked[0].body == b"of=acme"


EMPTY = [
    "{{ config.get('gone') }}",
    "{{ config.get('gone') }}\n",
    "{{ config['gone'] or '' }}",
    "{{ config['live'] | int | default('') if false }}",
    "{% if config['live'] %}x{% endif %}",
    "{{ none if config['org'] else 'x' }}",
]


@pytest.mark.parametrize("text", EMPTY)
def test_what_an_expression_leaves_empty_is_not_sent(api: ScriptedApi, text: str) -> None:
    api.always("/items", {"data": [row(1)]})
    body = {"a": text, "b": {"c": text}, "d": 1}
    written = resource(method="POST", params={"a": text}, headers={"X-A": text}, json=body)
    extract(declare(written, client={"headers": {"X-B": text}}))
    (asked,) = api.asked
    assert asked.query == {}
    assert {"x-a", "x-b"} & set(asked.headers) == set()
    assert asked.json == {"b": {}, "d": 1}


def test_an_expression_may_be_in_what_all_requests_share(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    monkeypatch.setenv("SOURCES__DEMO__PLACE", api.url.upper().removeprefix("HTTP://"))
    api.always("/items", {"data": [row(1)]})
    client = {
        "base_url": "http://{{ config['place'] | lower }}",
        "headers": {"Authorization": "Basic {{ (config['key'] ~ ':') | base64encode }}"},
    }
    assert read_ids(declare(resource(), client=client)) == [1]
    assert api.asked[0].headers["authorization"] == "Basic Y2FuYXJ5LWtleTo="


def test_what_an_expression_makes_of_a_setting_is_in_no_message(api: ScriptedApi) -> None:
    client = {"headers": {"Authorization": "Basic {{ (config['key'] ~ ':') | base64encode }}"}}
    signed = {"sig": "{{ config['key'] | hmac('x') }}"}

    def echo(asked: Asked) -> Reply:
        return Reply({"error": f"no {asked.headers['authorization']} {asked.query['sig']}"}, 401)

    api.on("/items", echo)
    message = str(failure(declare(resource(params=signed), client=client)))
    assert "no Basic *** ***" in message


def test_the_window_may_be_in_an_expression(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    written = resource(
        path="/items",
        params={
            "from": "{{ format_datetime(stream_interval['start_time'], '%d.%m.%Y') }}",
            "to": "{{ timestamp(stream_slice.end_time) | int }}",
            "plain": "{{ stream_interval.start_time }}",
        },
        incremental={"cursor_path": "updated_at", "max_window": "12h"},
    )
    extract(declare(written), window=day(5))
    assert api.sent("/items", "from") == ["05.01.2026"] * 2
    # The pieces of a window are requested at the same time.
    assert set(api.sent("/items", "to")) == {"1767614400", "1767657600"}
    assert set(api.sent("/items", "plain")) == {"2026-01-05T00:00:00Z", "2026-01-05T12:00:00Z"}


def test_the_window_is_read_in_the_declared_format(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    params = {"from": "{{ stream_interval['start_time'] | int * 1000 }}"}
    incremental = {"cursor_path": "updated_at", "param_format": "epoch_s"}
    declaration = declare(resource(params=params, incremental=incremental))
    assert declaration.resources["items"].sends_start
    assert not declaration.resources["items"].sends_end
    extract(declaration, window=day(5))
    assert api.sent("/items", "from") == ["1767571200000"]


def test_a_parent_bound_by_an_expression_alone_has_children(api: ScriptedApi) -> None:
    api.always("/groups", {"data": [row(1, slug="Ab"), row(2, slug="Cd")]})
    api.on("/items", lambda asked: {"data": [row(asked.query["of"])]})
    params = {
        "slug": {"type": "resolve", "resource": "groups", "field": "slug"},
        "of": "{{ stream_partition['slug'] | lower }}",
    }
    assert sorted(read_ids(declare(resource("groups"), resource(params=params)), "items")) == [
        "ab",
        "cd",
    ]
    assert sorted(asked.raw_query for asked in api.requests_of("/items")) == ["of=ab", "of=cd"]


def test_a_substream_may_be_named_in_an_expression_alone(api: ScriptedApi) -> None:
    api.always("/groups", {"data": [row(7)]})
    api.always("/items", {"data": [row(1)]})
    router = {"parent_stream": "groups", "parent_key": "id", "partition_field": "group"}
    json = {"filter": "{{ 'group = ' ~ stream_slice['group'] }}"}
    extract(
        declare(resource("groups"), resource(method="POST", json=json, partition_router=router)),
        "items",
    )
    assert api.requests_of("/items")[0].json == {"filter": "group = 7"}


def test_a_list_of_values_may_be_named_in_an_expression_alone(api: ScriptedApi) -> None:
    api.on("/items", lambda asked: {"data": [row(asked.query["f"])]})
    params = {
        "kind": {"type": "each", "values": ["a", "b"]},
        "f": "{{ stream_slice.kind | upper }}",
    }
    assert sorted(read_ids(declare(resource(params=params)))) == ["A", "B"]
    assert sorted(asked.raw_query for asked in api.asked) == ["f=A", "f=B"]


def test_the_token_of_the_next_page_is_sent_from_the_second_page_on(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        number = int(asked.query.get("after", "c1")[1:])
        return {"data": [row(number)], "next": f"c{number + 1}" if number < 3 else None}

    api.on("/items", script)
    written = resource(
        method="POST",
        paginator={"type": "cursor", "cursor_path": "next"},
        params={"after": "{{ next_page_token['next_page_token'] }}", "a": "1"},
        headers={
            "X-Page": "{{ 'first' if not next_page_token else next_page_token.next_page_token }}"
        },
        json={"q": "{{ 'more' if next_page_token else 'start' }}", "b": 2},
    )
    assert read_ids(declare(written)) == [1, 2, 3]
    assert [asked.query for asked in api.asked] == [
        {"a": "1"},
        {"a": "1", "after": "c2"},
        {"a": "1", "after": "c3"},
    ]
    assert [asked.headers["x-page"] for asked in api.asked] == ["first", "c2", "c3"]
    assert [asked.json for asked in api.asked] == [
        {"q": "start", "b": 2},
        {"q": "more", "b": 2},
        {"q": "more", "b": 2},
    ]


def test_an_offset_may_be_read_by_an_expression_too(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        first = int(asked.query["offset"])
        return {"data": [row(n) for n in range(first, min(first + 2, 5))]}

    api.on("/items", script)
    params = {"range": "{{ next_page_token['next_page_token'] if next_page_token else 0 }}-"}
    assert read_ids(declare(resource(paginator={"type": "offset", "limit": 2}, params=params))) == [
        0,
        1,
        2,
        3,
        4,
    ]
    assert api.sent("/items", "range")[:3] == ["0-", "2-", "4-"]


def test_a_path_holds_what_an_expression_gives_and_is_quoted(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__ORG", "A b#ü")
    api.always("/v1/a%20b%23%C3%BC/items", {"data": [row(1)]})
    assert read_ids(declare(resource(path="/{{ 'v1/' ~ config.org | lower }}/items"))) == [1]


@pytest.mark.parametrize(
    "path",
    [
        "v1/{{ '/' ~ config.org }}",
        "{{ '/v1/' ~ config.org }}",
        "{{ 'v1/' ~ config.org[:0] }}/a",
        "/{{ config.org[:0] }}/v1/a",
    ],
)
def test_a_slash_between_a_path_and_an_expression_is_sent_once(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__ORG", "a")
    api.always("/v1/a", {"data": [row(1)]})
    assert read_ids(declare(resource(path=path))) == [1]


def test_the_missing_settings_of_expressions_are_reported_together(api: ScriptedApi) -> None:
    written = resource(
        path="/{{ config['a'] | lower }}",
        headers={"X": "{{ config['deep']['b'] | upper }}", "Y": "{{ config.get('c') | upper }}"},
    )
    error = failure(declare(written, client={"headers": {"Z": "{{ config.d | hash }}"}}))
    assert isinstance(error, SettingError)
    assert "demo: sources.demo.d, sources.demo.a, sources.demo.deep.b are not set" in str(error)
    assert api.asked == []


def test_a_nested_setting_is_read_in_its_section(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__DEEP__B", "c")
    api.always("/C", {"data": [row(1)]})
    assert read(declare(resource(path="/{{ config['deep']['b'] | upper }}")))


def test_an_error_fails_its_resource_by_name_and_key(api: ScriptedApi) -> None:
    api.always("/other", {"data": [row(1)]})
    text = "{{ format_datetime(config['key'], '%Y') }}"
    error = failure(declare(resource(headers={"X-A": text}), resource("other")))
    assert isinstance(error, ApiError)
    assert f"demo.items: endpoint.headers.X-A: '{text}' cannot be evaluated (ValueError)" in str(
        error
    )
    assert "canary" not in str(error)
    assert api.paths == ["/other"]

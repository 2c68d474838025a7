"""Expressions of a paginator: over the answer of a page, in a sandbox, with or without braces."""

from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError, SettingError
from analytics_ingest.common.expressions.evaluate import Expression
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    read_ids,
    resource,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


def cursor(**keys: Any) -> dict[str, Any]:
    return {"type": "cursor", "cursor_param": "from", **keys}


VALUES = [
    "response.meta.next",
    "{{ response.meta.next }}",
    "{{response['meta']['next']}}",
    "{{ response.get('meta', {}).get('next') }}",
    "{{ response.meta.next if response.meta.next else None }}",
    "str(response.meta.next)",
    "int(response.meta.next) if response.meta.next else None",
    "headers['x-next']",
    "{{ headers.get('X-Next') }}",
    "{% if response.meta.next %}{{ response.meta.next }}{% endif %}",
    "{% set next = response.meta.next %}{{ next }}",
    "{% for key, next in headers.items() if key | lower == 'x-next' %}{{ next }}{% endfor %}",
]


@pytest.mark.parametrize("text", VALUES)
def test_an_expression_gives_the_next_cursor(api: ScriptedApi, text: str) -> None:
    def script(asked: Asked) -> Reply:
        number = int(asked.query.get("from", 1))
        more = number < 3
        body = {"data": [row(number)], "meta": {"next": number + 1} if more else {}}
        return Reply(body, headers={"X-Next": str(number + 1)} if more else {})

    api.on("/items", script)
    assert read_ids(declare(resource(paginator=cursor(cursor_value=text)))) == [1, 2, 3]
    assert api.sent("/items", "from") == [None, "2", "3"]


STOPS = [
    "not response.more",
    "{{ not response.more }}",
    "{{ response.more == False }}",
    "{{ response.get('more') is false }}",
    "{{ last_page_size < 2 }}",
    "{{ response.data | length < 2 }}",
    "len(response.data) < 2",
    "{{ response['after'] is none }}",
    "response['after'] is None",
    "response['after'] is not None and response.more is False or response.more is not True",
    "{{ response.after == None }}",
    "{{ response.over }}",
    "{{ response.more == false and (response.data | length) == 1 or last_record is none }}",
    "{{ headers['x-more'] == 'no' }}",
    "{{ last_record.id >= 3 }}",
]


@pytest.mark.parametrize("text", STOPS)
def test_a_condition_that_is_true_of_a_page_ends_the_listing(api: ScriptedApi, text: str) -> None:
    """The API promises a next page for ever; `over` is a text, as some write it."""

    def script(asked: Asked) -> Reply:
        is_last = "from" in asked.query
        body = {
            "data": [row(3)] if is_last else [row(1), row(2)],
            "next": f"c{len(api.asked)}",
            "more": not is_last,
            "over": str(is_last).lower(),
            **({} if is_last else {"after": "x"}),
        }
        return Reply(body, headers={"X-More": "no" if is_last else "yes"})

    api.on("/items", script)
    assert read_ids(
        declare(resource(paginator=cursor(cursor_path="next", stop_condition=text)))
    ) == [1, 2, 3]
    assert len(api.asked) == 2


def test_a_value_and_a_condition_page_by_the_last_row(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        after = int(asked.query.get("from", 0))
        return {"data": [row(number) for number in range(after + 1, min(after + 2, 5) + 1)]}

    api.on("/items", script)
    paginator = cursor(
        cursor_value="{{ last_record['id'] }}", stop_condition="{{ last_page_size < 2 }}"
    )
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3, 4, 5]
    assert api.sent("/items", "from") == [None, "2", "4"]


@pytest.mark.parametrize(
    "keys",
    [
        {"cursor_path": "next", "stop_condition": "{{ last_record.id >= 3 }}"},
        {"cursor_value": "last_record.id + 1"},
    ],
)
def test_a_listing_without_rows_is_empty_though_the_expression_needs_one(
    api: ScriptedApi, keys: dict[str, Any]
) -> None:
    api.always("/items", {"data": [], "next": None})
    assert read_ids(declare(resource(paginator=cursor(**keys)))) == []
    assert len(api.asked) == 1


def test_an_expression_may_give_the_next_url(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)], "base": api.url, "next": "/p2"})
    api.always("/p2", {"data": [row(2)], "base": ""})
    paginator = {"type": "cursor", "cursor_value": "{{ response.base ~ response.next }}"}
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]


@pytest.mark.parametrize("name", ["config['team']", "settings.team", "config.get('team')"])
def test_an_expression_may_use_settings(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__TEAM", "t1")
    api.in_turn("/items", [{"data": [row(1)], "next": {"t1": "x"}}, {"data": [row(2)]}])
    declaration = declare(resource(paginator=cursor(cursor_value=f"response.next[{name}]")))
    assert read_ids(declaration) == [1, 2]
    assert api.sent("/items", "from") == [None, "x"]


def test_a_missing_setting_of_an_expression_is_reported_at_the_start(api: ScriptedApi) -> None:
    error = failure(declare(resource(paginator=cursor(cursor_value="config['unset']"))))
    assert isinstance(error, SettingError)
    assert "SOURCES__DEMO__UNSET" in str(error)
    assert api.asked == []


BODY = {"items": [1, 2], "n": None, "text": "abc", "deep": {"get": "key"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("response.items", [1, 2]),
        ("response.deep.get", "key"),
        ("response['items'] | length", 2),
        ("response.missing", None),
        ("response.missing.a.b", None),
        ("response.missing.get('a').b", None),
        ("response.n.a", None),
        ("response.get('n').get('a')", None),
        ("response.missing == none", True),
        ("response.n is none and response.missing is none", True),
        ("response.missing == null", True),
        ("len(response.missing) + len(response.n)", 0),
        ("response.missing or 'x'", "x"),
        ("not response.missing", True),
        ("True and not False", True),
        ("last_record", None),
        ("last_page_size + 1", 8),
        ("{{ response.text }}-{{ response.missing }}", "abc-"),
        ("response.text.nothing()", None),
        ("'00123'", "00123"),
        ("response.text | replace('b', 'x')", "axc"),
        ("response.text.split('b')[-1]", "c"),
        ("(last_page_size / 2) | round(0, 'ceil') | int", 4),
        ("last_page_size * 2 >= 14 and last_page_size % 2 == 1", True),
    ],
)
def test_what_is_missing_is_nothing_and_what_is_there_has_its_type(
    text: str, expected: Any
) -> None:
    variables = {"response": BODY, "headers": {}, "last_record": None, "last_page_size": 7}
    assert Expression("cursor_value", text, SettingValues("demo")).evaluate(variables) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[(value, False) for value in (None, False, 0, "", [], {})],
        *[(value, False) for value in ("false", "False", "none", "null", "0", "[]", "{}")],
        *[(value, True) for value in (True, 1, "x", "true", [0], {"a": 0})],
    ],
)
def test_a_text_that_says_false_is_false(value: Any, expected: bool) -> None:
    condition = Expression("stop_condition", "response.x", SettingValues("demo"))
    assert condition.is_true({"response": {"x": value}}) is expected


@pytest.mark.parametrize(
    "text",
    [
        "response.n + 1",
        "response.missing > 1",
        "''.__class__.__mro__[1].__subclasses__()",
        "response.__class__.__init__.__globals__['os'].system('true')",
        "'{0.__class__}'.format(response)",
        "headers.update({'a': 1})",
        "response.items.append(3)",
        "1 / 0",
        "response.missing()(1) + 1",
        "'x' * 999999999",
        "[1] * 999999999",
        "9 ** 9 ** 9",
        "'%999999999d' % 1",
        "'{:999999999}'.format(1)",
        "'x'.center(999999999)",
        "1.5 | round(999999999, 'ceil')",
        "'a'" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 9,
        "'a'" + " | replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 9,
    ],
)
def test_what_cannot_be_evaluated_fails_the_resource_without_a_value(
    api: ScriptedApi, text: str
) -> None:
    api.always("/items", {"data": [row(1)], **BODY, "canary": "canary"})
    api.always("/other", {"data": [row(1)]})
    declaration = declare(resource(paginator=cursor(cursor_value=text)), resource("other"))
    error = failure(declaration)
    assert isinstance(error, PagingError)
    assert f"demo.items: GET /items: the paginator's cursor_value '{text}'" in str(error)
    assert "cannot be evaluated" in str(error)
    assert "canary" not in str(error)
    assert len(api.requests_of("/other")) == 1


def test_an_expression_changes_nothing_of_the_page(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    text = "{{ response.data.append({'id': 2}) }}"
    assert isinstance(failure(declare(resource(paginator=cursor(cursor_value=text)))), PagingError)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("response.a[", "'response.a[' is not an expression: unexpected '}', expected ']'"),
        ("{{ response | nope }}", "is not an expression: No filter named 'nope'."),
        (
            "{{ page.next }}",
            "'page' is unknown; allowed are response, headers, last_record, last_page_size, "
            "config, settings",
        ),
        ("open('/etc/passwd')", "'open' is unknown"),
        ("range(999999999)", "'range' is unknown"),
        ("'x' | center(999999999)", "No filter named 'center'."),
        (
            "{% for a in response.l recursive %}{{ a }}{% endfor %}",
            "holds a statement (recursive for); allowed are if, for and set",
        ),
        ("{% set a %}1{% endset %}{{ a }}", "holds a statement (assignblock)"),
        ("str(**response)", "holds a statement (arguments by * or **)"),
        ("{% macro a() %}1{% endmacro %}{{ a() }}", "holds a statement (macro)"),
        ("{% include 'a' %}", "holds a statement (include)"),
        ("(" * 400 + "1" + ")" * 400, "is nested too deeply"),
        ("response.a" * 200, "has 2000 characters; an expression has 1000 at most"),
        ("", "is empty and has no effect"),
    ],
)
@pytest.mark.parametrize("key", ["cursor_value", "stop_condition"])
def test_a_mistake_in_an_expression_is_refused_with_the_declaration(
    key: str, text: str, problem: str
) -> None:
    with pytest.raises(DeclarationError) as refused:
        declare(resource(paginator=cursor(**{key: text})))
    assert str(refused.value).startswith(f"demo.items: endpoint.paginator.{key}: ")
    assert problem in str(refused.value)


def test_an_expression_of_the_clients_paginator_holds_for_all(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)], "next": "c2"})
    paginator = cursor(cursor_path="next", stop_condition="{{ True }}")
    written = {"name": "items", "endpoint": {"path": "/items", "data_selector": "data"}}
    extract(declare(written, client={"paginator": paginator}))
    assert len(api.asked) == 1

"""Values of a declaration are sent as JSON spells them, in each part of a request."""

from datetime import date, datetime, timezone
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import declare, extract, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

SPELLED: list[tuple[Any, str]] = [
    (True, "true"),
    (False, "false"),
    (3, "3"),
    (1.5, "1.5"),
    (0, "0"),
    (date(2024, 1, 1), "2024-01-01"),
    (datetime(2024, 1, 1, 10, tzinfo=timezone.utc), "2024-01-01T10:00:00Z"),
    ("True", "True"),
    ("", ""),
]
NAMED = {f"p{number}": value for number, (value, _) in enumerate(SPELLED)}
AS_TEXT = {f"p{number}": text for number, (_, text) in enumerate(SPELLED)}


def test_in_the_query(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(params=NAMED)))
    assert api.asked[0].query == AS_TEXT


def test_in_headers(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    headers = {f"X-{name}": value for name, value in NAMED.items()}
    extract(declare(resource(headers=headers), client={"headers": {"X-Client": 3, "X-Flag": True}}))
    sent = api.asked[0].headers
    assert {name: sent[f"x-{name}"] for name in AS_TEXT} == AS_TEXT
    assert (sent["x-client"], sent["x-flag"]) == ("3", "true")


def test_in_a_form(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(method="POST", data=NAMED)))
    sent = parse_qs(api.asked[0].body.decode(), keep_blank_values=True)
    assert sent == {name: [text] for name, text in AS_TEXT.items()}


def test_in_a_json_body(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(method="POST", json={"values": NAMED, "list": list(NAMED.values())})))
    as_json = [text if isinstance(value, date) else value for value, text in SPELLED]
    assert api.asked[0].json == {
        "values": dict(zip(NAMED, as_json, strict=True)),
        "list": as_json,
    }


@pytest.mark.parametrize("body", [[{"keyword": "x", "limit": 2}], [], [1, "{settings.word}"]])
def test_a_list_is_a_json_body(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, body: list[Any]
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__WORD", "w")
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(method="POST", json=body)))
    if body:
        assert api.asked[0].json == ["w" if item == "{settings.word}" else item for item in body]


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (3, "3")])
def test_in_a_path(api: ScriptedApi, value: Any, text: str) -> None:
    api.always(f"/items/{text}", {"data": [row(1)]})
    assert read_ids(declare(resource(path="/items/{p}", params={"p": value}))) == [1]


def test_values_of_a_list(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    values = [True, False, 3, date(2024, 1, 1)]
    extract(declare(resource(params={"archived": {"type": "each", "values": values}})))
    assert sorted(map(str, api.sent("/items", "archived"))) == ["2024-01-01", "3", "false", "true"]


def test_values_that_a_parent_fills(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(True), row(False)]})
    for text in ("true", "false"):
        api.always(f"/items/{text}", {"data": [row(text)]})
    field = "{resources.parents.id}"
    child = resource(
        method="POST",
        path=f"/items/{field}",
        params={"q": f"is:{field}"},
        headers={"X-Parent": field},
        json={"alone": field, "within": f"is {field}"},
    )
    assert sorted(read_ids(declare(resource("parents", own={"selected": False}), child))) == [
        "false",
        "true",
    ]
    for asked in api.asked[1:]:
        text = asked.path.rpartition("/")[2]
        assert asked.query == {"q": f"is:{text}"}
        assert asked.headers["x-parent"] == text
        assert asked.json == {"alone": text == "true", "within": f"is {text}"}


def test_a_paginator_cannot_write_into_a_list() -> None:
    paginator = {"type": "offset", "limit": 2, "offset_body_path": "offset"}
    with pytest.raises(DeclarationError) as caught:
        declare(resource(method="POST", json=[1], paginator=paginator))
    assert str(caught.value) == (
        "demo.items: endpoint.paginator.offset_body_path: writes into the body, but endpoint.json "
        "is a list; use an object there"
    )


def test_a_json_body_is_an_object_or_a_list() -> None:
    with pytest.raises(ValidationError, match="is not an object or a list"):
        declare(resource(method="POST", json="text"))

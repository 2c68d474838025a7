"""Each mistake of a declaration that an answer betrays is a sentence of `try`."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest.cli import main
from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.previews import run_try, try_, write_declaration
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

OFFSET = {"type": "offset", "limit": 10}
CLIENT = {"auth": "bearer"}


def found(api: ScriptedApi, body: Any, **endpoint: Any) -> str:
    """What looks wrong in one answer."""
    api.always("/items", body)
    trial = try_(resource(**endpoint))
    assert trial.status == 1
    assert "canary" not in trial.text
    return "\n".join(trial.wrong)


@pytest.mark.parametrize(
    ("body", "endpoint", "told"),
    [
        pytest.param(
            {"items": rows(2), "total": 2},
            {},
            ["data_selector 'data' finds nothing", "items, total", "'items'"],
            id="the selector finds nothing",
        ),
        pytest.param(
            {"error": "canary"}, {}, ["answered 200 with an error"], id="an error in place of rows"
        ),
        pytest.param("canary", {}, ["a bare text"], id="a text in place of rows"),
        pytest.param(
            {"data": [{"id": 1, "modified": "2026-01-05T10:00:00Z", "name": "canary"}]},
            {},
            ["'updated_at' is in none of 1 rows", "look like timestamps: modified"],
            id="the cursor is not there",
        ),
        pytest.param(
            {"data": [row(1), row(2, None)]},
            {},
            ["'updated_at' is missing in 1 of 2 rows"],
            id="a cursor is null",
        ),
        pytest.param(
            {"data": [row(1, "05.01.2026 10:00")]},
            {},
            ["cannot be read as iso8601", "cursor_format: '%d.%m.%Y %H:%M'"],
            id="the cursor is written differently",
        ),
        pytest.param(
            {"data": [row(1, 1767607200000)]},
            {},
            ["cannot be read as iso8601", "cursor_format: 'epoch_ms'"],
            id="the cursor is an epoch",
        ),
        pytest.param(
            {"data": [row(1, 1767607200)]},
            {"incremental": {"cursor_format": "epoch_ms"}},
            ["of the year 1970", "cursor_format: 'epoch_s'"],
            id="seconds read as milliseconds",
        ),
        pytest.param(
            {"data": [{"uid": "a", "updated_at": "2026-01-05T10:00:00Z"}] * 2},
            {},
            ["the primary key 'id' is missing in 2 of 2 rows"],
            id="the key is missing",
        ),
        pytest.param(
            {"data": [row(1, uid="a"), row(1, uid="b")]},
            {},
            ["(id) is not unique", "1 of 2 rows", "unique on this page: uid"],
            id="the key is not unique",
        ),
        pytest.param({"data": [1, 2]}, {}, ["2 of 2 rows are no objects"], id="rows are numbers"),
        pytest.param(
            {"data": rows(3)},
            {"paginator": {"type": "offset", "limit": 2}},
            ["2 rows a page were asked for and 3 came", "the same page came twice"],
            id="the page size is ignored",
        ),
        pytest.param(
            {"data": rows(10)},
            {"paginator": OFFSET},
            ["the same page came twice: with offset 10"],
            id="a full page comes twice",
        ),
        pytest.param(
            {"data": rows(3)},
            {"paginator": OFFSET},
            ["the same page came twice: with offset 3", "paginator: single_page"],
            id="a short page comes twice",
        ),
        pytest.param(
            {"data": rows(2), "paging": {"next": "canary"}},
            {},
            ["the answer names a next one at 'paging.next'"],
            id="a next page is not followed",
        ),
        pytest.param(Reply({}, 401), {}, ["401 Unauthorized; check the key"], id="401"),
        pytest.param(Reply({}, 403), {}, ["403 Forbidden; check the key"], id="403"),
        pytest.param(Reply({}, 429), {}, ["429 Too Many Requests"], id="429"),
        pytest.param(Reply({}, 500), {}, ["500 Internal Server Error"], id="500"),
        pytest.param(Reply(b"<html>canary"), {}, ["is not JSON"], id="no JSON"),
    ],
)
def test_a_mistake_is_told(
    api: ScriptedApi, body: Any, endpoint: dict[str, Any], told: Sequence[str]
) -> None:
    sentences = found(api, body, **endpoint)
    assert [part for part in told if part not in sentences] == []
    assert sentences.startswith("items: ")
    assert "demo.items: GET" not in sentences


def test_a_capped_page_size_is_told_with_what_it_means(api: ScriptedApi) -> None:
    def capped(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        return {"data": rows(20)[start : start + 5]}

    api.on("/items", capped)
    trial = try_(resource(paginator=OFFSET))
    assert trial.status == 1
    assert "10 rows a page were asked for and 5 came, though there are more" in trial.wrong[0]
    assert "limit: 5" in trial.wrong[0]
    assert trial.cells("items")[2:4] == ["5", "2"]


def test_what_is_refused_is_asked_once(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 503))
    handler = {"retry_on_status_codes": [503], "max_retries": 3, "backoff_factor": 60}
    trial = try_(resource(error_handler=handler))
    assert trial.cells("items")[1:4] == ["503", "", "1"]


def test_each_resource_is_tried_whatever_the_others_answer(api: ScriptedApi) -> None:
    api.always("/down", Reply({}, 500))
    api.always("/items", {"data": rows(1)})
    trial = try_(resource("down"), resource())
    assert trial.cells("items")[1:3] == ["200", "1"]
    assert [line for line in trial.wrong if line.startswith("down: ")] == trial.wrong


def test_a_parameter_of_the_window_that_the_api_does_not_know_is_told(api: ScriptedApi) -> None:
    api.on("/items", lambda asked: {"data": [] if "sinse" in asked.query else rows(2)})
    trial = try_(resource(incremental={"start_param": "sinse"}))
    assert trial.status == 1
    assert "sent by sinse as 2026-01-05T00:00:00Z" in trial.wrong[0]


def test_an_empty_listing_is_worth_knowing_and_nothing_wrong(api: ScriptedApi) -> None:
    api.always("/items", {"data": [], "total": 0})
    trial = try_(resource())
    assert "the listing is empty at 'data' (its keys: data, total)" in trial.words
    assert trial.status == 0


def test_a_listing_of_children_that_is_not_there_is_told(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(5)})
    trial = try_(resource("parents"), resource(path="/parents/{resources.parents.id}/itemz"))
    assert trial.cells("items")[1:4] == ["404", "", "3"]
    assert "404 Not Found" in trial.wrong[0]


def test_declared_fields_that_do_not_fit_are_told(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, size="canary"), row(2, size=3)]})
    own = {"fields": {"id": "integer", "size": "integer", "name": "string"}, "required": ["name"]}
    trial = try_(resource(own=own))
    assert trial.wrong == [
        "items: the required field 'name' is missing in 2 of 2 rows",
        "items: the field 'size' is declared so that 1 of 2 values do not fit; correct its type",
    ]
    assert "canary" not in trial.text


def test_a_missing_key_is_told_with_its_setting_and_variable(api: ScriptedApi) -> None:
    trial = try_(resource(), client=CLIENT)
    assert trial.status == 1
    assert "sources.demo.api_token is not set" in trial.words
    assert "SOURCES__DEMO__API_TOKEN in the environment" in trial.words
    assert api.asked == []


def test_a_placeholder_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL", raising=False)
    trial = try_(resource())
    assert trial.status == 1
    assert "SOURCES__DEMO__BASE_URL" in trial.words


def test_an_api_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", closed_port())
    trial = try_(resource())
    assert "no answer from http://127.0.0.1" in trial.wrong[0]
    assert trial.cells("items")[1] == ""


def test_an_unknown_resource_is_told_with_those_that_are_declared(api: ScriptedApi) -> None:
    write_declaration(resource(), resource("others"))
    trial = run_try("itmes")
    assert trial.status == 1
    assert "'itmes' is not declared; allowed are items, others" in trial.words


def test_an_unknown_api_is_told_with_those_that_are_declared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_declaration(resource())
    assert main(["try", "dmeo", "--defs", "defs"]) == 1
    assert "declared are demo" in " ".join(capsys.readouterr().out.split())


def test_a_mistake_in_the_declaration_is_told_by_its_key(api: ScriptedApi) -> None:
    assert "resources.0.endpoint.pth" in try_(resource(pth="/x")).words
    assert "'items' is declared twice" in try_(resource(), resource()).words


def test_a_parent_that_serves_its_children_only_is_judged_too(api: ScriptedApi) -> None:
    api.on("/parents", by_offset([{"key": 1}]))
    child = resource(path="/parents/{resources.parents.key}/items")
    api.always("/parents/1/items", {"data": rows(1)})
    trial = try_(resource("parents", own={"selected": False}), child)
    assert any("'id' is missing" in line for line in trial.wrong)

"""`try` prints a sentence for each mistake of a declaration that an answer shows."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest.cli import main
from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import by_offset, by_page, row, rows
from analytics_ingest_tests.support.previews import run_try, try_, write_declaration
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

OFFSET = {"type": "offset", "limit": 10}
CLIENT = {"auth": "bearer"}


def findings_of(api: ScriptedApi, body: Any, **endpoint: Any) -> str:
    """What looks wrong in one answer."""
    api.always("/items", body)
    run = try_(resource(**endpoint))
    assert run.status == 1
    assert "canary" not in run.text
    return "\n".join(run.wrong)


@pytest.mark.parametrize(
    ("body", "endpoint", "parts"),
    [
        pytest.param(
            {"items": rows(2), "total": 2},
            {},
            ["data_selector 'data' matches nothing", "items, total", "'items'"],
            id="the selector finds nothing",
        ),
        pytest.param(
            {"error": "canary"}, {}, ["answered 200 with an error"], id="an error in place of rows"
        ),
        pytest.param("canary", {}, ["a text or a number"], id="a text in place of rows"),
        pytest.param(
            {"data": [{"id": 1, "modified": "2026-01-05T10:00:00Z", "name": "canary"}]},
            {},
            ["updated_at is null or unreadable in 1 row", "no row has it", "timestamps: modified"],
            id="the cursor is not there",
        ),
        pytest.param(
            {"data": [row(1), row(2, None)]},
            {},
            ["updated_at is null or unreadable in 1 row, which every window loads again"],
            id="a cursor is null",
        ),
        pytest.param(
            {"data": [row(1, "05.01.2026 10:00")]},
            {},
            ["1 of 1 values are not iso8601", "cursor_format: '%d.%m.%Y %H:%M'"],
            id="the cursor is written differently",
        ),
        pytest.param(
            {"data": [row(1, 1767607200000)]},
            {},
            ["1 of 1 values are not iso8601", "cursor_format: 'epoch_ms'"],
            id="the cursor is an epoch",
        ),
        pytest.param(
            {"data": [row(1, 1767607200)]},
            {"incremental": {"cursor_format": "epoch_ms"}},
            ["of the year 1970", "cursor_format: 'epoch_s'"],
            id="seconds read as milliseconds",
        ),
        pytest.param(
            {"data": [row(1, "2999-01-05T10:00:00Z")]},
            {},
            ["updated_at is more than 1h in the future in 1 row", "of the year 2999"],
            id="a cursor is in the future",
        ),
        pytest.param(
            {"data": [{"uid": "a", "updated_at": "2026-01-05T10:00:00Z"}] * 2},
            {},
            ["check primary_key: 2 rows without a usable id", "the primary key id is absent"],
            id="the key is missing",
        ),
        pytest.param(
            {"data": [row(1, uid="a"), row(1, uid="b")]},
            {},
            ["(id) is not unique", "1 of 2 rows", "unique on this page: uid"],
            id="the key is not unique",
        ),
        pytest.param({"data": [1, 2]}, {}, ["2 of 2 rows are not objects"], id="rows are numbers"),
        pytest.param(
            {"data": rows(3)},
            {"paginator": {"type": "offset", "limit": 2}},
            ["asked for 2 rows a page and 3 came", "the same page came twice"],
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
def test_a_mistake_is_a_sentence(
    api: ScriptedApi, body: Any, endpoint: dict[str, Any], parts: Sequence[str]
) -> None:
    sentences = findings_of(api, body, **endpoint)
    assert [part for part in parts if part not in sentences] == []
    assert sentences.startswith("items: ")
    assert "demo.items: GET" not in sentences


def test_a_capped_page_size_is_explained(api: ScriptedApi) -> None:
    def capped(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        return {"data": rows(20)[start : start + 5]}

    api.on("/items", capped)
    run = try_(resource(paginator=OFFSET))
    assert run.status == 1
    assert "asked for 10 rows a page and 5 came, though there are more" in run.wrong[0]
    assert "limit: 5" in run.wrong[0]
    assert run.cells("items")[2:4] == ["5", "2"]


@pytest.mark.parametrize("first", [{}, {"base_page": 0}], ids=["open", "declared"])
@pytest.mark.parametrize("at_0", [rows(3), []], ids=["page 1 again", "an empty page"])
def test_an_api_that_counts_from_1_is_named(
    api: ScriptedApi, first: dict[str, Any], at_0: list[Any]
) -> None:
    served = by_page(rows(7), 3)
    api.on("/items", lambda asked: {"data": at_0} if asked.query["page"] == "0" else served(asked))
    run = try_(resource(paginator={"type": "page_number", "limit": 3, **first}))
    assert run.status == 1
    assert "base_page: 1" in " ".join(run.wrong)
    assert "single_page" not in " ".join(run.wrong)


def test_a_refused_request_is_sent_once(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 503))
    handler = {"retry_on_status_codes": [503], "max_retries": 3, "backoff_factor": 60}
    run = try_(resource(error_handler=handler))
    assert run.cells("items")[1:4] == ["503", "", "1"]


def test_each_resource_is_previewed_whatever_the_others_answer(api: ScriptedApi) -> None:
    api.always("/down", Reply({}, 500))
    api.always("/items", {"data": rows(1)})
    run = try_(resource("down"), resource())
    assert run.cells("items")[1:3] == ["200", "1"]
    assert [line for line in run.wrong if line.startswith("down: ")] == run.wrong


def test_a_parameter_of_the_window_that_the_api_does_not_know_looks_wrong(api: ScriptedApi) -> None:
    api.on("/items", lambda asked: {"data": [] if "sinse" in asked.query else rows(2)})
    run = try_(resource(incremental={"start_param": "sinse"}))
    assert run.status == 1
    assert "sent by sinse as 2026-01-05T00:00:00Z" in run.wrong[0]


def test_an_empty_listing_is_worth_knowing_and_not_wrong(api: ScriptedApi) -> None:
    api.always("/items", {"data": [], "total": 0})
    run = try_(resource())
    assert "the listing is empty at 'data' (its keys: data, total)" in run.words
    assert run.status == 0


def test_a_listing_of_children_that_does_not_exist_looks_wrong(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(5)})
    run = try_(resource("parents"), resource(path="/parents/{resources.parents.id}/itemz"))
    assert run.cells("items")[1:4] == ["404", "", "3"]
    assert "404 Not Found" in run.wrong[0]


def test_declared_fields_that_do_not_fit_look_wrong(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, size="canary"), row(2, size=3)]})
    own = {"fields": {"id": "integer", "size": "integer", "name": "string"}, "required": ["name"]}
    run = try_(resource(own=own))
    assert run.wrong == [
        "items: check schema: Required, but null: name in 2 rows; "
        "Values of another type: size in 1 row; correct the declared fields",
    ]
    assert "canary" not in run.text


def test_the_missing_part_of_a_primary_key_is_named(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, kind="a"), row(2)]})
    run = try_(resource(own={"primary_key": ["id", "kind"]}))
    assert "1 row without a usable id, kind" in run.wrong[0]
    assert "the primary key kind is absent; no single field is unique" in run.wrong[0]


def test_a_missing_key_names_its_setting_and_variable(api: ScriptedApi) -> None:
    run = try_(resource(), client=CLIENT)
    assert run.status == 1
    assert "sources.demo.api_token is not set" in run.words
    assert "SOURCES__DEMO__API_TOKEN in the environment" in run.words
    assert api.asked == []


def test_a_placeholder_address_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL", raising=False)
    run = try_(resource())
    assert run.status == 1
    assert "SOURCES__DEMO__BASE_URL" in run.words


def test_an_api_that_does_not_answer_looks_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", closed_port())
    run = try_(resource())
    assert "no response from http://127.0.0.1" in run.wrong[0]
    assert run.cells("items")[1] == ""


def test_an_unknown_resource_is_refused_with_those_that_are_declared(api: ScriptedApi) -> None:
    write_declaration(resource(), resource("others"))
    run = run_try("itmes")
    assert run.status == 1
    assert "'itmes' is not declared; allowed are items, others" in run.words


def test_an_unknown_api_is_refused_with_those_that_are_declared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_declaration(resource())
    assert main(["try", "dmeo", "--defs", "defs"]) == 1
    assert "declared are demo" in " ".join(capsys.readouterr().out.split())


def test_a_mistake_in_the_declaration_names_its_key(api: ScriptedApi) -> None:
    assert "resources.0.endpoint.pth" in try_(resource(pth="/x")).words
    assert "'items' is declared twice" in try_(resource(), resource()).words


@pytest.mark.parametrize(
    ("endpoint", "meant"),
    [({"data_selecter": "x"}, "data_selector"), ({"paginator": {"limt": 1, "type": "x"}}, "limit")],
)
def test_a_misspelled_key_is_shown_with_the_one_that_was_meant(
    api: ScriptedApi, endpoint: dict[str, Any], meant: str
) -> None:
    assert f"did you mean {meant}?" in try_(resource(**endpoint)).words
    assert "did you mean" not in try_(resource(zzz=1)).words


def test_a_parent_that_only_serves_its_children_is_checked_too(api: ScriptedApi) -> None:
    api.on("/parents", by_offset([{"key": 1}]))
    child = resource(path="/parents/{resources.parents.key}/items")
    api.always("/parents/1/items", {"data": rows(1)})
    run = try_(resource("parents", own={"selected": False}), child)
    assert any("the primary key id is absent" in line for line in run.wrong)


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        (Reply({}, 202), ["202", "the API answered 202 Accepted: the data is not ready yet"]),
        (Reply(b""), ["200", "the response has no body"]),
        ({"data": rows(1), "error": "x"}, ["200", "rows along with an error"]),
        ({"data": [], "success": False}, ["200", "an error in place of rows"]),
        (Reply({"message": "_size must be <= 1000"}, 400), ["400", "'_size must be <= 1000'"]),
        (Reply({}, 429, {"Retry-After": "9999"}), ["429", "asks to wait 9999 s"]),
        (Reply({}, 206), ["206", "retry_on_status_codes lists it"]),
    ],
    ids=str,
)
def test_a_response_counts_as_in_a_load(api: ScriptedApi, reply: Any, parts: Sequence[str]) -> None:
    api.always("/items", reply)
    status, sentence = parts
    run = try_(resource(error_handler={"retry_on_status_codes": [206]}))
    assert run.cells("items")[1] == status
    assert [sentence in line for line in run.wrong] == [True]
    assert len(api.asked) == 1


def test_a_wrong_key_that_is_answered_with_no_rows_looks_wrong(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", "canary")
    api.always("/items", {"data": []})
    api.always("/others", {"data": []})
    run = try_(resource(), resource("others"), client=CLIENT)
    assert run.status == 1
    assert "answers 200 to an invalid key too" in run.wrong[0]
    assert len(api.asked) == 3


def test_a_key_that_is_checked_looks_right_though_nothing_comes(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", "canary")
    right = {"data": []}
    api.on("/items", lambda a: right if "canary" in a.headers["authorization"] else Reply({}, 401))
    run = try_(resource(), client=CLIENT)
    assert run.status == 0


IGNORED = [
    ({"start_param": "since", "end_param": "until"}, {}, True),
    ({"start_param": "since"}, {}, True),
    ({"start_param": "since", "end_param": "until"}, {"since": "until"}, False),
    # A bound that names a month returns all rows of it.
    ({"start_param": "since", "param_format": "%Y-%m"}, {"since": ""}, False),
]


@pytest.mark.parametrize(("incremental", "bounds", "is_wrong"), IGNORED)
def test_a_window_that_the_api_ignores_looks_wrong(
    api: ScriptedApi, incremental: dict[str, str], bounds: dict[str, str], is_wrong: bool
) -> None:
    moments = [f"2026-01-{day:02}T10:00:00Z" for day in range(1, 21)]
    data = [row(n, at) for n, at in enumerate(moments)]

    def answer(asked: Asked) -> dict[str, Any]:
        (start, end) = next(iter(bounds.items()), ("", ""))
        lower, upper = asked.query.get(start, ""), asked.query.get(end, "9")
        return {"data": [one for one in data if lower <= one["updated_at"] <= upper]}

    api.on("/items", answer)
    wrong = try_(resource(paginator="single_page", incremental=incremental)).wrong
    sentences = [sentence for sentence in wrong if "outside the windows that were sent" in sentence]
    assert bool(sentences) == is_wrong
    assert all(" by since" in sentence for sentence in sentences)


def test_a_window_that_the_api_refuses_looks_wrong(api: ScriptedApi) -> None:
    refusal = Reply({"message": "since is not a number"}, 400)
    api.on("/items", lambda asked: refusal if "since" in asked.query else {"data": rows(2)})
    run = try_(resource(incremental={"start_param": "since"}))
    assert run.status == 1
    assert "refuses one sent by since as iso8601" in run.wrong[0]
    assert "the API answered 400 Bad Request: 'since is not a number'" in run.wrong[0]


def test_more_fields_than_a_load_adds_columns_look_wrong(api: ScriptedApi) -> None:
    fields = {f"f{number}": number for number in range(1_000)}
    sentences = findings_of(api, {"data": [row(1, **fields), row(2)]})
    assert "check schema: 1 row with fields beyond max_new_columns, kept in _other_fields" in (
        sentences
    )


def test_dates_as_cursors_of_hourly_partitions_look_wrong(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, "2026-01-05"), row(2, "2026-01-05T10:00:00Z")]})
    hourly = {"partitions": {"every": "hourly", "start": "2026-01-01"}}
    (sentence,) = try_(resource(), **hourly).wrong
    assert "check cursor: updated_at is a date in 1 row: a date is a whole day" in sentence
    assert "declare incremental.lookback: 1d" in sentence
    assert try_(resource(incremental={"lookback": "1d"}), **hourly).wrong == []


def test_equal_keys_under_two_parents_look_wrong(api: ScriptedApi) -> None:
    api.always("/epics", {"data": rows(4)})
    for number in range(1, 5):
        api.always(f"/epics/{number}/stories", {"data": rows(3)})
    path = "/epics/{resources.epics.id}/stories"
    run = try_(resource("epics"), resource("stories", path=path))
    (sentence,) = run.wrong
    assert sentence.startswith("stories: check primary_key: 3 rows have the id of a row that came")
    assert "primary_key: [_epics_id, id]" in sentence
    assert run.cells("stories")[3] == "2"
    apart = {"include_from_parent": ["id"], "primary_key": ["_epics_id", "id"]}
    assert try_(resource("epics"), resource("stories", path=path, own=apart)).wrong == []


def test_equal_keys_of_two_listed_values_look_wrong(api: ScriptedApi) -> None:
    api.always("/items", {"data": rows(2)})
    run = try_(resource(params={"repo": {"type": "each", "values": ["a", "b", "c"]}}))
    assert "2 rows have the id of a row that came for another of repo" in run.wrong[0]


def test_a_second_parent_that_is_refused_says_nothing(api: ScriptedApi) -> None:
    api.always("/epics", {"data": rows(2)})
    api.always("/epics/1/stories", {"data": rows(3)})
    api.always("/epics/2/stories", Reply({}, 404))
    stories = resource("stories", path="/epics/{resources.epics.id}/stories")
    assert try_(resource("epics"), stories).wrong == []


def test_parents_without_a_usable_id_look_wrong(api: ScriptedApi) -> None:
    api.always("/epics", {"data": [row(1, slug="a"), row(2, slug=""), row(3)]})
    api.always("/epics/a/stories", {"data": rows(1)})
    stories = resource("stories", path="/epics/{resources.epics.slug}/stories")
    (sentence,) = try_(resource("epics"), stories).wrong
    assert "2 rows of epics have no usable 'slug' (missing, empty, '.' or '..')" in sentence


FIELDS = {"id": "integer", "updated_at": "timestamp", "size": "integer"}


@pytest.mark.parametrize(
    ("contract", "sentence"),
    [
        ({"columns": "freeze"}, "refuses color where the table exists without them"),
        ({"columns": "discard_row"}, "discards the rows with color where"),
        ({"columns": "discard_value"}, "discards the values of color where"),
        ({"data_type": "freeze"}, "refuses values of another type (size__v_text)"),
        ({"data_type": "discard_row"}, "discards the rows with values of another type"),
        ("freeze", "refuses a new table; set tables: evolve for the first load"),
        ({"tables": "discard_row"}, "discards all rows of a new table"),
    ],
)
def test_what_a_contract_would_refuse_or_discard_looks_wrong(
    api: ScriptedApi, contract: Any, sentence: str
) -> None:
    api.always("/items", {"data": [row(1, size=1), row(2, size="canary", color="canary")]})
    run = try_(resource(own={"fields": FIELDS, "schema_contract": contract}))
    (line,) = [line for line in run.wrong if "schema_contract" in line]
    assert line.startswith(f"items: schema_contract {sentence}")
    assert "canary" not in run.text


@pytest.mark.parametrize("contract", ["evolve", {"columns": "freeze", "data_type": "freeze"}])
def test_a_contract_that_the_rows_keep_looks_right(api: ScriptedApi, contract: Any) -> None:
    api.always("/items", {"data": [row(1, size=1), row(2, size=None)]})
    assert try_(resource(own={"fields": FIELDS, "schema_contract": contract})).wrong == []


def test_the_first_load_may_add_what_nobody_declared(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, size=1), row(2, size="x")]})
    contract = {"columns": "freeze", "data_type": "discard_value"}
    (sentence,) = try_(resource(own={"schema_contract": contract})).wrong
    assert "schema_contract discards values of another type (size__v_text)" in sentence

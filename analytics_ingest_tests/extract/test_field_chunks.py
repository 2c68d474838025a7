"""Fields that requests ask for in chunks, and the rows that are merged of them."""

import itertools
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.field_lists import FieldList
from analytics_ingest.extract.requests.field_chunks import divide
from analytics_ingest_tests.support.field_chunks import ALL, ROWS, by_fields, chunked
from analytics_ingest_tests.support.loads import day, declare, failure, load, read, table, utc
from analytics_ingest_tests.support.loads import resource as plain
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

CHUNKS = ["id,updated_at,a", "id,b,c"]
OFFSET = {"paginator": {"type": "offset", "limit": 2}}


@pytest.mark.parametrize(
    ("limits", "chunks"),
    [
        ({}, ["k,aa,bbb,cccc,d"]),
        ({"max_count": 1}, ["k,aa", "k,bbb", "k,cccc", "k,d"]),
        ({"max_count": 3}, ["k,aa,bbb,cccc", "k,d"]),
        ({"max_count": 4}, ["k,aa,bbb,cccc,d"]),
        ({"max_length": 11}, ["k,aa,bbb", "k,cccc,d"]),
        ({"max_length": 10}, ["k,aa", "k,bbb", "k,cccc", "k,d"]),
        ({"max_length": 1}, ["k,aa", "k,bbb", "k,cccc", "k,d"]),
    ],
    ids=str,
)
def test_fields_are_divided_by_their_number_or_by_their_characters_with_the_separator(
    limits: dict[str, int], chunks: list[str]
) -> None:
    declared = replace(FieldList("fields", [], always=("k",)), **limits)
    assert [",".join(c) for c in divide(declared, ["aa", "bbb", "cccc", "d"])] == chunks


def test_a_field_that_comes_twice_is_asked_for_once() -> None:
    declared = FieldList("fields", [], always=("k", "k"), max_count=2)
    assert list(divide(declared, ["a", "k", "b", "a", "c"])) == [["k", "a", "b"], ["k", "c"]]


def test_fields_without_a_limit_are_sent_with_commas_in_one_request(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    fields = {"type": "fields", "values": ALL, "always": ["id"]}
    load(declare(plain(params={"fields": fields})))
    assert api.sent("/items", "fields") == ["id,updated_at,a,b,c"]
    assert table("items", "id", "c")[0] == (1, "c1")


def test_each_page_is_requested_for_each_chunk_and_its_rows_are_merged(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    stats = load(declare(chunked(endpoint=OFFSET)))["items"]
    merged = [(r["id"], r["a"], r["b"], r["c"]) for r in ROWS]
    assert table("items", "id", "a", "b", "c") == merged
    asked = [(a.query["offset"], a.query["fields"]) for a in api.asked]
    assert asked == list(itertools.product(["0", "2", "4"], CHUNKS))
    assert (stats.pages, stats.rows_read, stats.requests, stats.retries) == (3, 5, 6, 0)


def test_objects_are_merged_and_a_null_takes_no_value_away(api: ScriptedApi) -> None:
    own: dict[str, Any] = {
        CHUNKS[0]: {"id": 1, "in": {"x": {"one": 1}, "list": [1], "both": 1}, "a": "a", "b": None},
        CHUNKS[1]: {"in": {"x": {"two": 2}, "list": [2], "both": 2}, "b": "b", "a": None, "id": 1},
    }
    api.on("/items", lambda asked: {"data": [own[asked.query["fields"]]]})
    (merged,) = read(declare(chunked()))
    expected = {"x": {"one": 1, "two": 2}, "list": [2], "both": 2}
    assert (merged["a"], merged["b"], merged["in"]) == ("a", "b", expected)


def test_rows_of_chunks_may_come_in_any_order(api: ScriptedApi) -> None:
    served = by_fields(ROWS), by_fields(ROWS[::-1])
    api.on("/items", lambda asked: served[asked.query["fields"] == CHUNKS[1]](asked))
    assert [r["c"] for r in read(declare(chunked()))] == ["c1", "c2", "c3", "c4", "c5"]


def test_one_chunk_is_requested_again_after_a_refusal_that_passes(api: ScriptedApi) -> None:
    failed = []

    def script(asked: Asked) -> Any:
        if asked.query["fields"] == CHUNKS[1] and not failed:
            return failed.append(1) or Reply(status=500)
        return by_fields(ROWS)(asked)

    api.on("/items", script)
    handler = {"retry_on_status_codes": [500], "backoff_factor": 0.01}
    stats = load(declare(chunked(endpoint={"error_handler": handler})))["items"]
    assert api.sent("/items", "fields") == [*CHUNKS, CHUNKS[1]]
    assert (stats.requests, stats.retries) == (3, 1)
    assert table("items", "c") == ["c1", "c2", "c3", "c4", "c5"]


def moving(times: int) -> Any:
    """Serve the rows, one further for the second chunk as often as `times`."""
    moved = itertools.count()

    def script(asked: Asked) -> Any:
        is_moved = asked.query["fields"] == CHUNKS[1] and next(moved) < times
        return by_fields(ROWS[1:] if is_moved else ROWS[:-1])(asked)

    return script


def test_a_page_whose_rows_move_between_its_chunks_is_requested_again(api: ScriptedApi) -> None:
    api.on("/items", moving(3))
    stats = load(declare(chunked()))["items"]
    assert api.sent("/items", "fields") == CHUNKS * 4
    assert stats.retries == 3
    assert table("items", "id", "c") == [(n, f"c{n}") for n in range(1, 5)]


def test_a_page_whose_rows_move_each_time_fails_with_what_to_do(api: ScriptedApi) -> None:
    api.on("/items", moving(4))
    message = str(failure(declare(chunked())))
    assert message.startswith(
        "demo.items: GET /items: endpoint.params.fields: the 2 requests for the fields of a page "
        "returned rows with different id, 4 times; declare params that sort"
    )
    assert len(api.asked) == 8


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([{"id": 1}], []),
        ([], [{"id": 1}]),
        ([{"id": 1}], [{"id": 1}, {"id": 2}]),
    ],
    ids=["missing", "before none", "one more"],
)
def test_chunks_with_other_rows_are_never_merged(api: ScriptedApi, first: Any, second: Any) -> None:
    served = dict(zip(CHUNKS, (first, second), strict=True))
    api.on("/items", lambda asked: {"data": served[asked.query["fields"]]})
    assert "rows with different id, 4 times" in str(failure(declare(chunked())))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{"a": "canary"}], "rows of chunks are merged by id, and a row lacks it; add it to"),
        ([{"id": None, "a": "canary"}], "a row lacks it"),
        (["canary"], "a row lacks it"),
        ([{"id": "canary"}, {"id": "canary"}], "two rows of a page have the same; declare in merg"),
    ],
    ids=["no key", "null", "a text", "twice"],
)
def test_rows_without_distinct_keys_fail_by_the_name_of_their_key(
    api: ScriptedApi, rows: list[Any], problem: str
) -> None:
    api.always("/items", {"data": rows})
    message = str(failure(declare(chunked())))
    assert message.startswith("demo.items: GET /items: endpoint.params.fields: ")
    assert problem in message
    assert "canary" not in message


@pytest.mark.parametrize("status", [404, 400, 410])
def test_a_chunk_that_is_refused_does_not_end_the_listing(api: ScriptedApi, status: int) -> None:
    """Where the first chunk has rows, the page is there."""

    def script(asked: Asked) -> Any:
        is_refused = asked.query["offset"] == "4" and asked.query["fields"] == CHUNKS[1]
        return Reply({"error": "no"}, status) if is_refused else by_fields(ROWS)(asked)

    api.on("/items", script)
    assert str(status) in str(failure(declare(chunked(endpoint=OFFSET))))


def test_a_first_chunk_that_is_not_found_beyond_the_last_page_ends_the_listing(
    api: ScriptedApi,
) -> None:
    def script(asked: Asked) -> Any:
        return Reply(status=404) if asked.query["offset"] == "4" else by_fields(ROWS[:4])(asked)

    api.on("/items", script)
    assert len(read(declare(chunked(endpoint=OFFSET)))) == 4
    assert len(api.asked) == 5


def test_an_error_in_place_of_the_rows_of_a_later_chunk_is_reported(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        is_second = asked.query["fields"] == CHUNKS[1]
        return {"error": {"code": "bad field"}} if is_second else by_fields(ROWS)(asked)

    api.on("/items", script)
    assert "an error in place of rows" in str(failure(declare(chunked())))


def test_pages_are_prefetched_in_chunks(api: ScriptedApi) -> None:
    served = [{"id": n, "updated_at": "2026-01-05", "b": f"b{n}"} for n in range(40)]
    total = {"total": len(served)}
    api.on("/items", lambda asked: {**by_fields(served)(asked), **total})
    load(declare(chunked(endpoint={"paginator": {"type": "offset", "limit": 2}}), concurrency=4))
    assert table("items", "b") == sorted(f"b{n}" for n in range(40))
    assert api.most_at_once > 1
    assert [a.query["offset"] for a in api.asked].count("38") == 2


def test_a_window_is_sent_with_each_chunk(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    endpoint = {"incremental": {"start_param": "since", "end_param": "until"}}
    assert len(read(declare(chunked(endpoint=endpoint)), window=day(5))) == 5
    assert api.sent("/items", "since")[:2] == ["2026-01-05T00:00:00Z"] * 2
    assert api.sent("/items", "fields")[:2] == CHUNKS


def test_the_cursor_may_be_a_field_of_a_later_chunk(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    values = ["a", "b", "c", "updated_at"]
    assert len(read(declare(chunked(values=values)), window=day(5))) == 5
    assert read(declare(chunked(values=values)), window=day(6)) == []


def test_an_empty_window_is_probed_with_all_chunks(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        return {"data": []} if "since" in asked.query else by_fields(ROWS)(asked)

    api.on("/items", script)
    endpoint = {"incremental": {"start_param": "since"}}
    message = str(failure(declare(chunked(endpoint=endpoint)), window=day(5)))
    assert "a row that it returns without the filter is missing" in message
    assert api.sent("/items", "fields") == CHUNKS * 3


def test_children_are_requested_in_chunks(api: ScriptedApi) -> None:
    api.always("/shops", {"data": [{"id": "x"}, {"id": "y"}]})
    api.on("/shops/x", by_fields(ROWS[:2]))
    api.on("/shops/y", by_fields(ROWS[2:]))
    shops = plain("shops", incremental=None)
    items = chunked(
        own={"include_from_parent": ["id"], "primary_key": ["id", "_shops_id"]},
        endpoint={"path": "/shops/{resources.shops.id}"},
    )
    load(declare(shops, items))
    assert table("items", "_shops_id", "id", "c")[1:3] == [("x", 2, "c2"), ("y", 3, "c3")]


def test_a_404_of_a_later_chunk_does_not_mean_that_a_parent_has_no_children(
    api: ScriptedApi,
) -> None:
    api.always("/shops", {"data": [{"id": "x"}]})
    api.in_turn("/shops/x", [{"data": [{"id": 1}]}, Reply(status=404)])
    items = chunked(endpoint={"path": "/shops/{resources.shops.id}"})
    assert "404" in str(failure(declare(plain("shops", incremental=None), items)))


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        ({"path": "/of/{fields}"}, ["/of/id%2Cupdated_at%2Ca", "/of/id%2Cb%2Cc"]),
        (
            {"json": {"f": {"list": "{fields}"}}, "method": "POST"},
            [{"f": {"list": ["id", "updated_at", "a"]}}, {"f": {"list": ["id", "b", "c"]}}],
        ),
        (
            {"json": {"q": "select {fields} from x"}, "method": "POST"},
            [{"q": "select id,updated_at,a from x"}, {"q": "select id,b,c from x"}],
        ),
        (
            {"json": {"q": "{{ stream_partition['fields'] | join('+') }}"}, "method": "POST"},
            [{"q": "id+updated_at+a"}, {"q": "id+b+c"}],
        ),
    ],
    ids=str,
)
def test_a_chunk_fills_its_placeholder_anywhere_in_a_request(
    api: ScriptedApi, place: dict[str, Any], sent: list[Any]
) -> None:
    api.otherwise(lambda _: {"data": [{"id": 1}]})
    read(declare(chunked(endpoint=place)))
    assert [a.json if a.body else a.path for a in api.asked][:2] == sent


def test_a_page_in_a_body_keeps_what_the_paginator_has_written(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        is_first = "after" not in asked.json["page"]
        return {"data": [{"id": 1 if is_first else 2}], "next": "p2" if is_first else None}

    api.on("/items", script)
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_body_path": "page.after"}
    body = {"page": {"fields": "{fields}", "size": 1}}
    endpoint = {"json": body, "method": "POST", "paginator": paginator}
    assert len(read(declare(chunked(endpoint=endpoint)))) == 2
    pages = [(a.json["page"].get("after"), a.json["page"]["fields"][1]) for a in api.asked]
    assert pages == [(None, "updated_at"), (None, "b"), ("p2", "updated_at"), ("p2", "b")]


def linked(api: ScriptedApi, query: str) -> None:
    """Serve a page and one that a link leads to, with a query of its own."""

    def script(asked: Asked) -> Any:
        if "page" in asked.query:
            return {"data": [{"id": 2}]}
        held = quote(asked.query["fields"], safe="")
        return {"data": [{"id": 1}], "next": f"{api.url}/items?page=2{query.format(held)}&z=%20"}

    api.on("/items", script)


def test_the_fields_in_a_link_to_the_next_page_are_those_of_the_chunk(api: ScriptedApi) -> None:
    linked(api, "&fields={}")
    assert len(read(declare(chunked(endpoint={"paginator": "json_link"})))) == 2
    assert [a.raw_query for a in api.asked][2:] == [
        "page=2&fields=id%2Cupdated_at%2Ca&z=%20",
        "page=2&fields=id%2Cb%2Cc&z=%20",
    ]


def test_a_link_that_does_not_hold_the_fields_fails(api: ScriptedApi) -> None:
    linked(api, "")
    message = str(failure(declare(chunked(endpoint={"paginator": "json_link"}))))
    assert "does not hold the fields where the first one does" in message
    assert "declare a paginator that sends a parameter, not a link" in message


def test_rows_are_merged_by_a_key_of_their_own(api: ScriptedApi) -> None:
    served = [{"id": n, "day": d, "b": f"{n}{d}"} for n in (1, 2) for d in ("x", "y")]
    api.on("/items", by_fields(served))
    items = chunked(
        always=["id", "day"],
        merge_by=["id", "day"],
        own={"primary_key": [], "write_disposition": "replace"},
    )
    assert sorted(r["b"] for r in read(declare(items))) == ["1x", "1y", "2x", "2y"]


def test_rows_are_merged_by_the_key_that_processing_steps_make(api: ScriptedApi) -> None:
    """A filter sees the whole row, so it takes no row away before."""
    served = [{"of": {"n": n}, "id": 0, "b": f"b{n}", "updated_at": "2026-01-05"} for n in (1, 2)]
    api.on("/items", by_fields(served))
    steps = [
        {"add": {"id": "{{ record.of.n }}"}},
        {"filter": "{{ record.b == 'b2' and record.updated_at }}"},
    ]
    items = chunked(always=["of"], own={"processing_steps": steps})
    assert [(r["id"], r["b"]) for r in read(declare(items))] == [(2, "b2")]


def test_steps_that_do_not_make_the_key_see_only_merged_rows(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS[:1]))
    steps = [{"add": {"all": "{{ record.a ~ record.b.upper() }}"}}]
    (row,) = read(declare(chunked(own={"processing_steps": steps})))
    assert row["all"] == "a1B1"


@pytest.mark.parametrize("limits", [{}, {"max_count": 2}], ids=str)
def test_the_rows_of_a_parent_name_the_fields(api: ScriptedApi, limits: dict[str, int]) -> None:
    api.always("/properties", {"data": [{"name": name} for name in ALL]})
    api.on("/items", by_fields(ROWS))
    own = {"selected": False, "primary_key": []}
    properties = plain("properties", own=own, incremental=None)
    fields = {"type": "fields", "resource": "properties", "field": "name", "always": ["id"]}
    items = plain(params={"fields": {**fields, **limits}}, paginator=OFFSET["paginator"])
    load(declare(items, properties))
    assert table("items", "id", "c") == [(n, f"c{n}") for n in range(1, 6)]
    chunks = CHUNKS if limits else ["id,updated_at,a,b,c"]
    assert api.sent("/items", "fields") == chunks * 3
    assert len(api.requests_of("/properties")) == 1


def test_the_rows_of_a_parent_name_the_fields_of_each_listing(api: ScriptedApi) -> None:
    api.always("/properties", {"data": [{"name": name} for name in ALL]})
    api.always("/shops", {"data": [{"id": "x"}, {"id": "y"}]})
    api.on("/shops/x", by_fields(ROWS[:2]))
    api.on("/shops/y", by_fields(ROWS[2:]))
    own = {"selected": False, "primary_key": []}
    items = chunked(
        resource="properties", field="name", endpoint={"path": "/shops/{resources.shops.id}"}
    )
    properties = plain("properties", own=own, incremental=None)
    load(declare(items, plain("shops", incremental=None), properties))
    assert table("items", "id", "c") == [(n, f"c{n}") for n in range(1, 6)]


@pytest.mark.parametrize("rows", [[], [{"nmae": "a"}]], ids=str)
def test_a_parent_that_names_no_field_fails_the_resource(api: ScriptedApi, rows: Any) -> None:
    api.always("/properties", {"data": rows})
    own = {"selected": False, "primary_key": []}
    properties = plain("properties", own=own, incremental=None)
    items = chunked(resource="properties", field="name")
    message = str(failure(declare(items, properties)))
    assert message == (
        "demo.items: endpoint.params.fields: no row of properties has a usable 'name', so there "
        "are no fields to request; check that listing"
    )


def test_a_setting_lists_the_fields(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__LISTED", ",".join(ALL))
    api.on("/items", by_fields(ROWS))
    assert len(read(declare(chunked(values="{settings.listed}")))) == 5
    assert api.sent("/items", "fields") == CHUNKS


def test_a_large_page_is_merged_too(api: ScriptedApi) -> None:
    served = [{"id": n, "a": "x" * 900, "b": f"b{n}"} for n in range(5000)]
    api.on("/items", by_fields(served))
    merged = read(declare(chunked(values=["a", "b"], max_count=1)))
    assert len(merged) == 5000
    assert {(r["a"] == "x" * 900, r["b"] == f"b{r['id']}") for r in merged} == {(True, True)}


def test_an_expression_that_reads_the_page_stays_with_each_chunk(api: ScriptedApi) -> None:
    pages: dict[Any, Any] = {None: ({"id": 1}, "p2"), "p2": ({"id": 2}, None)}

    def script(asked: Asked) -> Any:
        row, following = pages[asked.query.get("after")]
        return {"data": [row], "next": following}

    api.on("/items", script)
    after = {"after": "{{ next_page_token['next_page_token'] }}"}
    endpoint = {"params": after, "paginator": {"type": "cursor", "cursor_path": "next"}}
    assert len(read(declare(chunked(endpoint=endpoint)))) == 2
    asked = [(a.query.get("after"), a.query["fields"]) for a in api.asked]
    assert asked == list(itertools.product([None, "p2"], CHUNKS))


def test_an_expression_that_reads_the_page_beside_the_fields_fails(api: ScriptedApi) -> None:
    api.on("/items", lambda _: {"data": [{"id": 1}], "next": "p2"})
    both = "{{ stream_partition['fields'] | join(',') }} {{ next_page_token['next_page_token'] }}"
    endpoint = {"params": {"q": both}, "paginator": {"type": "cursor", "cursor_path": "next"}}
    message = str(failure(declare(chunked(endpoint=endpoint))))
    assert "write no expression that reads the fields and next_page_token" in message


def test_each_chunk_counts_in_a_rate_budget(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    read(declare(chunked(endpoint=OFFSET), rate={"requests": 4, "per": "1s"}))
    first, *_, last = (asked.at for asked in api.asked)
    assert len(api.asked) == 6
    assert last - first > 0.9


def test_windows_in_pieces_are_requested_in_chunks(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    sent = {"start_param": "since", "end_param": "until", "max_window": "1d"}
    window = Window(utc(2026, 1, 4), utc(2026, 1, 7))
    read(declare(chunked(endpoint={"incremental": sent}), concurrency=1), window=window)
    asked = {(a.query["since"][:10], a.query["fields"]) for a in api.asked}
    assert asked >= set(itertools.product(["2026-01-04", "2026-01-05", "2026-01-06"], CHUNKS))


def test_elements_of_xml_are_merged(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Reply:
        names = [name for name in asked.query["fields"].split(",") if name in ROWS[0]]
        rows = ["".join(f"<{n}>{row[n]}</{n}>" for n in names) for row in ROWS]
        items = "".join(f"<item>{row}</item>" for row in rows)
        return Reply(f"<all>{items}</all>".encode(), headers={"Content-Type": "text/xml"})

    api.on("/items", script)
    endpoint = {"decoder": "xml", "data_selector": "all.item"}
    merged = read(declare(chunked(endpoint=endpoint)))
    assert [(r["id"], r["a"], r["c"]) for r in merged][-1] == ("5", "a5", "c5")


def test_a_resource_that_fails_requests_no_further_chunk(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [{"id": 1}]}, Reply(status=403)])
    assert "403" in str(failure(declare(chunked(max_count=1))))
    assert len(api.asked) == 2


@pytest.mark.parametrize(
    "paginator", [{"type": "offset", "limit": 2}, {"type": "page_number", "base_page": 1}], ids=str
)
def test_rows_that_move_on_a_later_page_fail_where_pages_are_counted(
    api: ScriptedApi, paginator: dict[str, Any]
) -> None:
    """A row that leaves the first page moves another one to it, from a page that is to come."""
    served = [*ROWS]

    def script(asked: Asked) -> dict[str, Any]:
        start = asked.query.get("offset") or str(2 * int(asked.query["page"]) - 2)
        if start == "2" and asked.query["fields"] == CHUNKS[1]:
            del served[0]
        rows = served[int(start) : int(start) + 2]
        wanted = {"id", *asked.query["fields"].split(",")}
        return {"data": [{n: v for n, v in row.items() if n in wanted} for row in rows]}

    api.on("/items", script)
    message = str(failure(declare(chunked(endpoint={"paginator": paginator}))))
    assert "so a row may have moved to a page that was read before" in message


def test_a_page_token_that_keeps_the_fields_of_the_first_request_fails(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        start, _, fields = asked.query.get("after", f"0|{asked.query['fields']}").partition("|")
        query = {"fields": fields, "offset": start, "limit": "2"}
        page = by_fields(ROWS)(Asked(asked.method, asked.path, query, asked.headers, b"", asked.at))
        return {**page, "next": f"{int(start) + 2}|{fields}" if int(start) < 4 else None}

    api.on("/items", script)
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_param": "after"}
    message = str(failure(declare(chunked(endpoint={"paginator": paginator}))))
    assert "the API returned the fields of another request" in message


@pytest.mark.parametrize(
    "endpoint",
    [
        {"params": {"since": "{{ day_delta(-30) }}"}},
        {"headers": {"X-At": "{{ now_utc() }}"}},
        {"params": {"at": "{{ now_utc().timestamp() }}"}, **OFFSET},
    ],
    ids=str,
)
def test_a_request_may_hold_the_present_moment(api: ScriptedApi, endpoint: dict[str, Any]) -> None:
    api.on("/items", by_fields(ROWS))
    assert [r["c"] for r in read(declare(chunked(endpoint=endpoint)))] == [r["c"] for r in ROWS]


def test_a_later_chunk_whose_response_is_ignored_fails(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        is_second = asked.query["fields"] == CHUNKS[1]
        return Reply({"error": "no"}, 403) if is_second else by_fields(ROWS)(asked)

    api.on("/items", script)
    actions = {"response_actions": [{"status_code": 403, "action": "ignore"}]}
    message = str(failure(declare(chunked(endpoint=actions))))
    assert "response_actions ignore the response to a request for some of the fields" in message
    assert len(api.asked) == 2


@pytest.mark.parametrize("other", ["1", 1.0, 1])
def test_a_key_may_be_a_number_in_one_chunk_and_a_text_in_another(
    api: ScriptedApi, other: Any
) -> None:
    own = {CHUNKS[0]: {"id": 1, "a": "a"}, CHUNKS[1]: {"id": other, "b": "b"}}
    api.on("/items", lambda asked: {"data": [own[asked.query["fields"]]]})
    (merged,) = read(declare(chunked()))
    assert (merged["a"], merged["b"]) == ("a", "b")


def test_steps_after_the_one_that_makes_the_key_see_only_merged_rows(api: ScriptedApi) -> None:
    api.on("/items", by_fields(ROWS))
    steps = [
        {"add": {"id": "{{ record.id + 10 }}"}},
        {"add": {"n": "{{ 10 / (record.c | length) }}"}},
    ]
    rows = read(declare(chunked(own={"processing_steps": steps})))
    assert [(r["id"], r["n"]) for r in rows] == [(r["id"] + 10, 5) for r in ROWS]


def test_changed_rows_of_a_parent_that_names_the_fields_are_refused() -> None:
    names = plain("names", incremental={})
    items = chunked(resource="names", field="name", own={"parents": "changed"})
    with pytest.raises(DeclarationError, match="the rows of names name the fields of each request"):
        declare(names, items)

"""What a document shows elsewhere than where it should: in examples, descriptions and names."""

import json

from analytics_ingest.convert.report import report
from analytics_ingest_tests.convert.openapi_documents import (
    CHANGING,
    NUMBER,
    ROW,
    TEXT,
    Json,
    answering,
    converted,
    document,
    endpoints,
    get,
    listing,
    merged,
    query,
    rows,
    thing,
)

PAGE = query("page", {**NUMBER, "default": 1})
UNTYPED: Json = {"type": "object"}
SHOWN: Json = {
    "data": [
        {"id": "a", "updated_at": "2026-01-01T10:00:00Z", "size": 1},
        {"id": "b", "updated_at": "2026-01-02T10:00:00Z", "size": 1.5},
    ]
}


def shown(example: object, schema: Json = UNTYPED) -> Json:
    return {"get": {"parameters": [], "responses": answering(schema, example=example)}}


def test_an_answer_without_fields_is_read_by_its_example() -> None:
    for example in (SHOWN, json.dumps(SHOWN)):
        declaration = converted(document({"/items": shown(example)}))
        (item,) = merged(declaration).values()
        assert item["endpoint"]["data_selector"] == "data"
        assert item["endpoint"]["incremental"] == {"cursor_path": "updated_at"}
        assert item["primary_key"] == "id"
        # One number does not show whether others have decimals.
        assert set(declaration.schema["items"]["fields"]) == {"id", "updated_at"}


def test_a_list_in_an_example_that_is_not_named_as_rows_are_is_not_a_listing() -> None:
    settings = {"/settings": shown({"rules": [{"policy": "deny"}]}), "/items": listing()}
    assert list(merged(converted(document(settings)))) == ["items"]


def test_an_id_of_example_rows_is_their_key_where_the_schema_has_none() -> None:
    example = {"data": [{"id": 1, "name": "x"}, {"id": 2, "name": "x"}]}
    item = shown(example, thing({"data": rows({"name": TEXT})}))
    assert merged(converted(document({"/items": item})))["items"]["primary_key"] == "id"


def test_the_only_field_described_as_the_unique_id_is_the_key() -> None:
    def described(text: str) -> Json:
        return {**TEXT, "description": text}

    own = described("The ID of the group, which uniquely identifies the group.")
    found = merged(
        converted(
            document(
                {
                    "/group/bulk": listing(row={"name": TEXT, "groupId": own}),
                    "/teams/{team_id}/notes": listing(
                        row={"text": TEXT, "teamId": described("The unique ID of the team.")}
                    ),
                    "/usage": listing(
                        row={
                            "teamId": described("The unique ID of the team for which the usage is.")
                        }
                    ),
                }
            )
        )
    )
    keys = {name: resource.get("primary_key") for name, resource in found.items()}
    assert sorted(keys.values(), key=str) == [None, None, "groupId"]
    assert keys["bulk"] == "groupId"


def test_of_several_unique_ids_that_of_what_is_listed_is_the_key() -> None:
    def described(text: str) -> Json:
        return {**TEXT, "description": f"Unique identifier of the {text}."}

    row = {"shop_id": described("plan in the shop"), "own_id": described("caller"), "code": TEXT}
    visit = {"agentId": described("agent"), "shop_id": described("caller")}
    paths = {
        "/plans": listing(row=row),
        "/plans/{code}": get(thing(row)),
        "/agents/visits": listing(row=visit),
    }
    found = merged(converted(document(paths)))
    keys = {name: resource.get("primary_key") for name, resource in found.items()}
    assert keys == {"plans": "shop_id", "visits": None}


def paginator(*parameters: Json, beside: Json) -> Json:
    return endpoints({"/items": listing(*parameters, beside=beside)})["items"]["paginator"]


def test_a_cursor_is_paired_with_its_parameter_by_names_or_descriptions() -> None:
    position = paginator(query("position"), beside={"next_position": TEXT})
    assert (position["cursor_param"], position["cursor_path"]) == ("position", "next_position")
    for holder in ("pagination_meta", "list_metadata"):
        nested = paginator(query("after"), beside={holder: thing({"after": TEXT})})
        assert (nested["cursor_param"], nested["cursor_path"]) == ("after", f"{holder}.after")
    text = "The `next_page_cursor` of the answer before"
    named = paginator(query("seek", description=text), beside={"next_page_cursor": TEXT})
    assert (named["cursor_param"], named["cursor_path"]) == ("seek", "next_page_cursor")


def test_pages_are_known_by_what_is_said_of_a_header_and_of_rows() -> None:
    link = "The cursor. It is in the `Link` response header."
    more: Json = {"has_more": {"type": "boolean"}}
    found = endpoints(
        {
            "/logs": listing(query("after", description=link)),
            "/points": listing(query("starting_after_id"), beside=more),
            "/runs": listing(query("from", NUMBER), query("to", NUMBER), query("page", NUMBER)),
            "/pages": listing(query("page", NUMBER), beside=more),
        }
    )
    page = {"type": "page_number", "page_param": "page"}
    assert {name: endpoint["paginator"] for name, endpoint in found.items()} == {
        "logs": {"type": "header_link"},
        "points": {
            "type": "cursor",
            "cursor_value": "last_record.id",
            "cursor_param": "starting_after_id",
            "has_more_path": "has_more",
        },
        "runs": page,
        "pages": {**page, "has_more_path": "has_more"},
    }


def test_a_parameter_that_leads_back_is_not_paired() -> None:
    before = query("before", description="The end_cursor of the answer")
    found = paginator(query("after"), before, beside={"paging": thing({"end_cursor": TEXT})})
    assert found["cursor_param"] == "after"


def test_one_row_described_for_a_listing_in_pages_leaves_its_place_to_the_answer() -> None:
    row = thing({**CHANGING, "steps": rows({"kind": TEXT})})
    declaration = converted(
        document({"/books": get(row, PAGE, summary="List books"), "/items": listing(PAGE)})
    )
    book = merged(declaration)["books"]
    assert "data_selector" not in book["endpoint"]
    assert book["endpoint"]["paginator"]["type"] == "page_number"
    assert set(declaration.schema["books"]["fields"]) == {*CHANGING, "steps"}
    assert "the answer shows its rows" in report("shop", "defs.yaml", declaration.log)


def test_a_list_whose_rows_the_schema_leaves_open_is_read_by_its_example() -> None:
    schema = thing({"members": {"type": "array", "items": {}}, "next_cursor": TEXT})
    example = {"members": SHOWN["data"], "changes": SHOWN["data"]}
    item = shown(example, schema)
    item["get"]["parameters"] = [query("cursor")]
    declaration = converted(document({"/people": item}))
    people = merged(declaration)["people"]
    assert people["endpoint"]["data_selector"] == "members"
    assert people["endpoint"]["paginator"]["cursor_path"] == "next_cursor"
    assert (people["primary_key"], set(declaration.schema["people"]["fields"])) == (
        "id",
        {"id", "updated_at"},
    )


def test_a_list_in_pages_whose_answer_is_not_described_leaves_its_rows_to_the_answer() -> None:
    nothing = {"200": {"description": "OK"}}
    paths: Json = {
        "/changes": {
            "get": {"parameters": [PAGE], "summary": "List changes", "responses": nothing}
        },
        "/users": get(UNTYPED, PAGE, operationId="listUsers"),
        "/logo": {"get": {"parameters": [PAGE], "summary": "Show", "responses": nothing}},
        "/items": listing(PAGE),
    }
    declaration = converted(document(paths))
    found = merged(declaration)
    assert set(found) == {"changes", "users", "items"}
    for name in ("changes", "users"):
        assert "data_selector" not in found[name]["endpoint"]
        assert found[name]["endpoint"]["paginator"]["type"] == "page_number"
        text = "the document does not describe its rows: the answer shows its rows"
        assert (name, text) in declaration.log.assumptions


def test_a_list_without_pages_for_which_one_row_is_described_is_called_a_list() -> None:
    user = thing({"userId": TEXT, "name": TEXT})
    paths = {"/users": get(user, summary="List Users"), "/items": listing()}
    found = merged(converted(document(paths)))
    assert "data_selector" not in found["users"]["endpoint"]
    assert found["users"]["primary_key"] == "userId"


def test_a_post_that_is_called_a_search_and_has_pages_lists_rows() -> None:
    item = {"post": {"parameters": [PAGE], "responses": answering(thing({"items": rows()}))}}
    assert list(endpoints({"/search-invoices": item})) == ["search_invoices"]


def test_a_post_lists_rows_where_its_body_and_its_answer_have_a_cursor() -> None:
    def post(beside: Json) -> Json:
        body = {"content": {"application/json": {"schema": thing({"cursor": TEXT})}}}
        answer = answering(thing({"counts": rows(), **beside}))
        return {"post": {"requestBody": body, "responses": answer}}

    paths = {"/counts/retrieve": post({"cursor": TEXT}), "/counts/change": post({})}
    assert [e["path"] for e in endpoints(paths).values()] == ["/counts/retrieve"]


def test_statuses_with_ids_are_rows_and_a_status_is_not() -> None:
    paths = {"/status": get(rows(ROW)), "/jobs/status": get(thing({"checks": rows({"ok": TEXT})}))}
    assert list(endpoints(paths)) == ["status"]


def test_an_answer_for_a_period_that_counts_its_rows_is_a_listing() -> None:
    answer = thing({"num_results": NUMBER, "results": rows()})
    paths = {"/viewed/{period}.json": get(answer), "/users/{user_id}": get(answer)}
    assert [e["path"] for e in endpoints(paths).values()] == ["/viewed/{settings.period}.json"]

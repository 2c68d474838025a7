"""Which operations become resources, where their rows are, and what is said of the others."""

import json
from pathlib import Path

import pytest

from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest_tests.convert.openapi_documents import (
    LINK,
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
    text,
    thing,
)
from analytics_ingest_tests.convert.writing import Desk

SIZE = query("limit", NUMBER)
PAGE = query("page", NUMBER)
ERRORS = {"errors": rows(), "meta": thing({"count": NUMBER})}

PLACES = {
    "a list alone": ("/a", get(rows()), "$"),
    "the list named data": ("/b", get(thing({"data": rows(), **ERRORS})), "data"),
    "the list named after the path": ("/c", get(thing({"c": rows(), "items": rows()})), "c"),
    "in the singular": ("/orders", get(thing({"order": rows(), "x": rows()}), SIZE), "order"),
    "within an object": ("/d", get(thing({"data": thing({"items": rows()})})), "data.items"),
    "of HAL": (
        "/e",
        get(thing({"_embedded": thing({"e": rows()}), "_links": LINK})),
        "_embedded.e",
    ),
    "a name with a sign": ("/f", get(thing({"my-f": rows()})), ["my-f"]),
    "behind allOf": (
        "/g",
        get({"allOf": [thing({"total": NUMBER}), thing({"data": rows()})]}),
        "data",
    ),
    "behind oneOf": ("/h", get({"oneOf": [rows(), {"type": "null"}]}), "$"),
    "of JSON:API": (
        "/i",
        {
            "get": {
                "responses": answering(
                    thing({"data": rows(), "included": rows()}), media="application/vnd.api+json"
                )
            }
        },
        "data",
    ),
    "a default response": (
        "/j",
        {"get": {"responses": {"default": answering(rows())["200"]}}},
        "$",
    ),
    "a type in a list, as in 3.1": (
        "/k",
        get(thing({"data": {"type": ["array", "null"], "items": thing(ROW)}})),
        "data",
    ),
    "the hits of a search": ("/m", get(thing({"rules": rows(), "hits": rows()}), SIZE), "hits"),
    "links that are what it has pages of": ("/n", get(thing({"links": rows()}), SIZE), "links"),
    "a field beside the list that pages": (
        "/l",
        get(thing({"id": TEXT, "data": rows()}), SIZE),
        "data",
    ),
}


def test_rows_are_where_the_answer_has_them() -> None:
    found = endpoints({path: item for path, item, _ in PLACES.values()})
    selectors = {endpoint["path"]: endpoint["data_selector"] for endpoint in found.values()}
    assert selectors == {path: selector for path, _, selector in PLACES.values()}


NOT_LISTINGS = {
    "POST /orders": ({"post": {"responses": answering(rows())}}, "changes something"),
    "DELETE /carts": ({"delete": {"responses": {}}}, "changes something"),
    "GET /orders/{id}": (get(thing({**ROW, "lines": rows()})), "looks up one row"),
    "GET /orders/{id}.json": (get(thing({"lines": rows()})), "looks up one row"),
    "GET /me": (get(thing({**ROW, "teams": rows()})), "looks up one row"),
    "GET /teams.info": (
        get(thing({"team": thing({**ROW, "tags": rows()})}), SIZE),
        "looks up one row",
    ),
    "GET /notes": (
        get(thing({"messages": rows({"text": TEXT})}), SIZE),
        "answers without a list of objects",
    ),
    "GET /owner": (get(thing(ROW), summary="List owner"), "answers without a list of objects"),
    "GET /secrets": (
        get({"type": "object"}, PAGE, query("term", required=True), summary="List all"),
        "answers without a list of objects",
    ),
    "POST /merge_queries": (
        {"post": {"operationId": "create_merge_query", "responses": answering(rows())}},
        "changes something",
    ),
    "POST /forms/search": (
        {
            "post": {
                "requestBody": {"content": {"application/x-www-form-urlencoded": {}}},
                "responses": answering(rows()),
            }
        },
        "takes a form, not JSON",
    ),
    "POST /list-items": ({"post": {"responses": answering(rows())}}, "changes something"),
    "POST /query-jobs": (
        {
            "post": {
                "operationId": "startQueryJob",
                "parameters": [PAGE],
                "responses": answering(rows()),
            }
        },
        "changes something",
    ),
    "POST /exports/list": (
        {"post": {"operationId": "exports_create", "responses": answering(rows())}},
        "changes something",
    ),
    "GET /orders/count": (get(rows()), "aggregates, or says how the API is"),
    "GET /metrics/cpu": (get(rows()), "aggregates, or says how the API is"),
    "GET /names": (get({"type": "array", "items": TEXT}), "answers without a list of objects"),
    "GET /file": (
        {"get": {"responses": answering(TEXT, media="text/csv")}},
        "answers without a schema of JSON (text/csv)",
    ),
    "GET /mix": (
        get(thing({"cats": rows(), "dogs": rows()})),
        "answers with several lists, none of them named after its path",
    ),
}


def test_every_other_operation_is_named_with_the_reason(desk: Desk) -> None:
    paths: Json = {"/things": listing(SIZE)}
    for name, (item, _) in NOT_LISTINGS.items():
        path = name.partition(" ")[2]
        paths[path] = {**paths.get(path, {}), **item}
    report = desk.new(text(paths), file="shop.json").report
    assert converted(document(paths)).log.omitted == {n: r for n, (_, r) in NOT_LISTINGS.items()}
    line = "  GET /notes, GET /owner, GET /secrets, GET /names: answers without a list of objects"
    assert line in report.splitlines()


def test_lists_among_which_the_document_does_not_choose_are_named() -> None:
    answer = thing({"data": rows(), "records": rows()})
    log = converted(document({"/orders": get(answer, SIZE)})).log
    assert ("orders", "rows are in data; the answer also has the lists records") in log.assumptions


NAMES = {
    "/orders": "orders",
    "/v2/carts.json": "carts",
    "/orders/{orderId}/items": "order_items",
    "/orders/{orderId}/orderNotes": "order_notes",
    "/companies/{company_id}/addresses": "addresses",
    "/admin/orders": "admin_orders",
    "/shipments/list": "shipments",
    "/2024-01/1-day-deals": "resource_1_day_deals",
    "/admin.users.list": "admin_users",
    "/users.list": "users",
    "/files.v2.history": "files_v2_history",
}


def test_resources_are_named_after_their_paths() -> None:
    found = endpoints({path: listing() for path in NAMES})
    assert set(found) == set(NAMES.values())
    assert list(converted(document({"/a/x": listing(), "/b/x": listing()})).schema) == ["x", "b_x"]


def test_files_beside_the_document_are_read_and_others_are_not(
    project: Path, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("parts").mkdir()
    Path("parts/order.yaml").write_text(
        "Order: {type: object, properties: {id: {$ref: '#/Id'}}}\nId: {type: string}"
    )
    Path("secret.yaml").write_text("type: object\nproperties: {id: {type: string}}")
    references = {
        "/orders": "parts/order.yaml#/Order",
        "/missing": "parts/none.yaml",
        "/outside": "../secret.yaml",
        "/remote": "https://shop.test/order.yaml",
        "/endless": "#/components/schemas/Endless",
    }
    paths = {p: get({"type": "array", "items": {"$ref": r}}) for p, r in references.items()}
    endless = {"Endless": {"$ref": "#/components/schemas/Endless"}}
    Path("docs").mkdir()
    Path("docs/parts").mkdir()
    Path("docs/parts/order.yaml").write_text(Path("parts/order.yaml").read_text())
    whole = text(paths, components={"schemas": endless})
    status, report, _ = desk.run(whole, file="docs/shop.json", api="shop")
    assert status == 3
    assert "1 resources" not in report
    assert "resource orders" in report
    for name, reason in {
        "missing": "it needs parts/none.yaml, which is not there",
        "outside": "it needs ../secret.yaml, which is not there",
        "remote": "it needs https://shop.test/order.yaml, and references to other machines are not",
        "endless": "#/components/schemas/Endless refers to itself",
    }.items():
        assert f"  GET /{name}: {reason}" in report


def test_listings_are_selected_by_name_and_by_tag_with_their_parents(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {
        "/orders": listing(),
        "/orders/{order_id}/items": listing(tags=["Lines"]),
        "/carts": listing(),
    }
    for options in (["--only", "order_i*"], ["--tag", "lines"]):
        written = desk.new(text(paths), "--force", *options, file="shop.json")
        chosen = [(r["name"], r.get("selected", True)) for r in written.attributes["resources"]]
        assert chosen == [("orders", False), ("order_items", True)]
        assert "1 of the document's 3 listings are selected" in written.report
    refusal = desk.refusal(text(paths), "--force", "--only", "x*", file="shop.json")
    assert refusal == "no listing is selected; the document has orders, order_items, carts"
    assert "--only and --tag need an OpenAPI document" in desk.refusal(
        "# Shop", "--only", "x", file="shop.md", api="b"
    )


def test_a_search_by_post_that_lists_what_a_get_does_is_omitted() -> None:
    order = {"Order": thing(ROW)}
    answer = thing({"data": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}})
    search = {"post": {"operationId": "searchOrders", "responses": answering(answer)}}
    paths = {
        "/{project}/orders": get(answer),
        "/{project}/orders/search": search,
        "/carts/search": {"post": {"responses": answering(rows())}},
    }
    declaration = converted(document(paths, components={"schemas": order}))
    assert declaration.log.omitted == {
        "POST /{project}/orders/search": "lists what GET /{project}/orders does"
    }
    assert merged(declaration)["carts"]["endpoint"]["method"] == "POST"


def test_a_document_without_a_listing_is_refused(desk: Desk) -> None:
    paths = {"/orders/{id}": get(thing(ROW))}
    with pytest.raises(ConversionError, match="none of the document's operations lists rows"):
        converted(document(paths))
    assert json.loads(text(paths))["openapi"] == "3.0.3"

"""From a document to rows in the warehouse, and documents that would break a careless reader."""

import json
import time
from typing import Any

import pytest
import yaml

from analytics_ingest.convert.conversion_log import ConversionError
from analytics_ingest.convert.openapi.convert_openapi import Selection, convert_openapi
from analytics_ingest.convert.openapi.document import Document, parse_openapi
from analytics_ingest_tests.convert.openapi_documents import (
    CHANGING,
    LINK,
    NUMBER,
    ROW,
    TEXT,
    Json,
    answering,
    document,
    get,
    listing,
    query,
    rows,
    text,
    thing,
)
from analytics_ingest_tests.convert.writing import Desk
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, serving

SIZE = query("limit", {**NUMBER, "maximum": 2})
AT = "2026-03-01T10:00:00Z"


def test_an_api_that_does_what_its_document_says_is_loaded_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {
        "/orders": listing(query("offset", NUMBER), SIZE, row=CHANGING, beside={"total": NUMBER}),
        "/orders/{orderId}": get(thing(ROW)),
        "/orders/{orderId}/items": listing(
            query("cursor"), SIZE, row={"id": TEXT}, beside={"next_cursor": TEXT}
        ),
        "/tags": get(thing({"items": rows({"name": TEXT}), "next": LINK})),
        "/notes": listing(query("page", {**NUMBER, "default": 1}), SIZE),
    }
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    security: Json = {"security": [{"key": []}], "components": {"securitySchemes": schemes}}
    written = desk.new(text(paths, **security), file="openapi.json")
    numbers = range(5)

    def orders(asked: Asked) -> Reply:
        first = int(asked.query["offset"])
        held = [{"id": f"o{n}", "name": "x", "updated_at": AT} for n in numbers]
        return Reply({"data": held[first : first + 2], "total": 5})

    def others(asked: Asked) -> Any:
        if asked.path.endswith("/items"):
            order, at = asked.path.split("/")[2], int(asked.query.get("cursor") or 0)
            held = [{"id": f"{order}-{n}"} for n in range(3)][at : at + 2]
            return {"data": held, "next_cursor": "2" if at == 0 else None}
        return Reply(status=404)

    def tags(asked: Asked) -> Any:
        return {
            "items": [{"name": f"a{asked.query}"}],
            "next": None if asked.query else f"{api.url}/tags?p=2",
        }

    def notes(asked: Asked) -> Any:
        page = int(asked.query["page"])
        return {"data": [{"id": f"n{n}"} for n in numbers][2 * page - 2 : 2 * page]}

    with serving() as hub:
        api = hub.new_api()
        api.on("/orders", orders)
        api.on("/tags", tags)
        api.on("/notes", notes)
        api.otherwise(others)
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert {asked.headers.get("x-key") for asked in api.asked} == {"s3cret-key"}
    assert len(table("shop.orders")) == 5
    assert len(table("shop.order_items")) == 15
    assert len(table("shop.tags")) == 2
    assert len(table("shop.notes")) == 5


def nested(depth: int) -> Json:
    """A schema within many others."""
    schema: Json = rows()
    for _ in range(depth):
        schema = {"allOf": [schema]}
    return schema


ITSELF = {"$ref": "#/components/schemas/Self"}
SELF = {
    "Self": {
        "allOf": [ITSELF],
        "oneOf": [ITSELF, {"type": "array", "items": ITSELF}],
        "properties": {"id": TEXT, "self": ITSELF},
        "items": ITSELF,
    }
}
WRONG: list[Any] = [None, 1, "x", [], [1], {}, {"x": 1}, True, 1e400]


def mutations() -> list[Json]:
    """Documents in which one part is of another type."""
    whole = document(
        {
            "/orders": listing(
                query("updated_since"),
                SIZE,
                query("page", NUMBER),
                row=CHANGING,
                tags=["a"],
                security=[{"k": []}],
            ),
            "/orders/{id}/items": listing(),
        },
        security=[{"k": []}],
        components={"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "K"}}},
        servers=[{"url": "https://{a}.test", "variables": {"a": {"default": "b", "enum": ["b"]}}}],
    )
    found: list[Json] = []
    for path in _places(whole):
        for wrong in WRONG:
            copy = json.loads(json.dumps(whole))
            holder = copy
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = wrong
            found.append(copy)
    return found


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else [])
    )
    found: list[tuple[Any, ...]] = []
    for key, held in items:
        found += [(*above, key), *_places(held, (*above, key))]
    return found


def test_a_document_with_any_part_of_another_type_is_converted_or_refused_in_a_sentence() -> None:
    problems = [problem_of(value) for value in mutations()]
    refused = [problem for problem in problems if problem]
    assert 0 < len(refused) < len(problems) / 2
    assert not [problem for problem in refused if "\n" in problem]


def problem_of(value: Json) -> str:
    """Why a document is refused; empty where it is converted."""
    parsed = parse_openapi(json.dumps(value))
    if parsed is None:
        return "it is another document"
    try:
        convert_openapi("shop", Document(parsed, None), Selection())
    except ConversionError as error:
        return str(error)
    return ""


HOSTILE = {
    "a schema that is itself": text({"/a": get(ITSELF)}, components={"schemas": SELF}),
    "rows that hold themselves": text(
        {"/a": get(thing({"data": {"type": "array", "items": ITSELF}}))},
        components={"schemas": SELF},
    ),
    "a schema within many": text({"/a": get(nested(150))}),
    "nesting without end": '{"openapi": "3.0.0", "paths": ' + '{"a": ' * 100_000,
    "lists without end": "openapi: 3.0.0\npaths: " + "[" * 100_000,
    "an alias that grows": "openapi: 3.0.0\na: &a0 [x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    + "paths: {/orders: {get: {responses: {'200': *a19}}}}",
    "no paths": "openapi: 3.0.0\ninfo: {title: x}\n",
    "paths of texts": text({"/a": "x", "b": listing(), "/{": listing(), "/{a}{b}/{a}": listing()}),
    "a date that is none": "openapi: 3.0.0\ninfo: {x: 2020-13-45}\npaths: {/a: {get: {x: =}}}",
    "texts that are code": text(
        {"/a/{{ config['api_key'] }}": listing(query("x\ny: 1", required=True))}
    ),
}


@pytest.mark.parametrize("document_text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_document_ends_in_files_or_in_a_sentence(desk: Desk, document_text: str) -> None:
    status, printed, problem = desk.run(document_text, file="shop.yaml", api="shop")
    assert status in (0, 1, 3)
    assert "Traceback" not in printed + problem
    assert problem.count("\n") == (1 if status == 1 else 0)


def test_a_listing_of_a_large_document_takes_milliseconds() -> None:
    count = 150
    schemas: Json = {}
    paths: Json = {}
    for n in range(count):
        after = {"$ref": f"#/components/schemas/Thing{(n + 1) % count}"}
        fields = {f"f{k}": {**TEXT, "description": "Lorem ipsum. " * 15} for k in range(40)}
        schemas[f"Thing{n}"] = thing({**ROW, **fields, "next": after})
        answer = thing({"data": {"type": "array", "items": after}, "next_cursor": TEXT})
        paths[f"/things{n}"] = get(answer, query("cursor"), SIZE)
    whole = json.dumps(document(paths, components={"schemas": schemas}))
    assert len(whole) > 10_000_000 * count / 1000
    began = time.process_time()
    parsed = parse_openapi(whole)
    assert parsed is not None
    declaration = convert_openapi("shop", Document(parsed, None), Selection())
    assert len(declaration.attributes["resources"]) == count
    assert time.process_time() - began < 10 * count / 1000


def test_keys_of_yaml_that_are_numbers_are_texts(desk: Desk) -> None:
    value = document({"/orders": {"get": {"responses": {200: answering(rows())["200"]}}}})
    written = desk.new(yaml.safe_dump(value), file="shop.yaml")
    assert written.endpoint("orders")["data_selector"] == "$"

"""Properties that the requests of a stream ask for: listed, in chunks, or from an endpoint."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import Json, manifest, requester, stream
from analytics_ingest_tests.convert.writing import Desk, Written
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, serving

FILE = "manifest.yaml"
NAMES = ["at", "size", "note"]
READ = "stream_partition.extra_fields['query_properties']"
SCHEMA = {"type": "InlineSchemaLoader", "schema": {"properties": {"id": {}, "at": {}, "note": {}}}}
SELECTOR = {"type": "JsonSchemaPropertySelector"}


def properties(listed: Any = None, **keys: Any) -> Json:
    return {"type": "QueryProperties", "property_list": listed or NAMES, **keys}


def chunks(limit: int | None, key: Any = None, kind: str = "property_count") -> Json:
    """Chunks of properties, whose rows are merged by a key."""
    strategy = {"type": "GroupByKeyMergeStrategy", "key": key}
    return {
        "type": "PropertyChunking",
        "property_limit_type": kind,
        **({"property_limit": limit} if limit else {}),
        **({"record_merge_strategy": strategy} if key else {}),
    }


def from_endpoint(path: Any = ("name",), **keys: Any) -> Json:
    """Properties whose names an endpoint lists."""
    retriever = stream(requester=requester("/fields"))["retriever"]
    return {
        "type": "PropertiesFromEndpoint",
        "property_field_path": list(path),
        "retriever": {**retriever, **keys},
    }


def asking(**keys: Any) -> Json:
    """A stream that sends properties as the parameter `fields`."""
    listed = keys.pop("properties")
    sent = requester(request_parameters={"fields": listed, "sort": "id"})
    return stream(requester=sent, **keys)


def read_params(desk: Desk, *streams: Json) -> tuple[Json, Written]:
    written = desk.new(manifest(*streams), file=FILE)
    params = written.endpoint().get("params", {})
    shared = written.attributes.get("resource_defaults", {}).get("endpoint", {})
    return {**shared.get("params", {}), **params}, written


@pytest.mark.parametrize(
    ("listed", "sent"),
    [
        (properties(), "at,size,note"),
        (properties(always_include_properties=["id", "at"]), "id,at,size,note"),
        (properties(["a", "in{b,c}"]), "a,in{{b,c}}"),
        (properties(property_chunking=chunks(None)), "at,size,note"),
        (
            properties(property_chunking=chunks(None), always_include_properties=["id"]),
            "id,at,size,note",
        ),
        (properties(property_selector=SELECTOR), "at,note"),
    ],
    ids=["listed", "always", "braces", "no limit", "always and no limit", "of the schema"],
)
def test_properties_without_chunks_are_a_text(desk: Desk, listed: Json, sent: str) -> None:
    params, _ = read_params(desk, asking(properties=listed, schema_loader=SCHEMA))
    assert params == {"fields": sent, "sort": "id"}


LIST = {"type": "fields", "values": NAMES}


@pytest.mark.parametrize(
    ("keys", "declared"),
    [
        ({"property_chunking": chunks(2)}, {**LIST, "max_count": 2}),
        ({"property_chunking": chunks(2, ["id"])}, {**LIST, "max_count": 2}),
        (
            {"property_chunking": chunks(90, "uid", "characters")},
            {**LIST, "max_length": 90, "merge_by": "uid"},
        ),
        (
            {"property_chunking": chunks(2, ["of", "at"]), "always_include_properties": ["of"]},
            {**LIST, "always": ["of"], "max_count": 2, "merge_by": ["of", "at"]},
        ),
        (
            {"property_chunking": chunks(1), "property_selector": SELECTOR},
            {"type": "fields", "values": ["at", "note"], "max_count": 1},
        ),
    ],
    ids=["by the usual key", "by the primary key", "by another", "by two", "of the schema"],
)
def test_properties_in_chunks_are_a_list_of_fields(desk: Desk, keys: Json, declared: Json) -> None:
    params, _ = read_params(desk, asking(properties=properties(**keys), schema_loader=SCHEMA))
    assert params["fields"] == declared


@pytest.mark.parametrize("key", ["query_properties", "fetch_properties_from_endpoint"])
def test_properties_of_an_endpoint_are_the_rows_of_a_parent(desk: Desk, key: str) -> None:
    listed = from_endpoint() if key.startswith("fetch") else properties(from_endpoint())
    sent = {"fields": f"{{{{ {READ} | join('+') }}}}"}
    orders = stream(requester={**requester(request_parameters=sent), key: listed})
    params, written = read_params(desk, orders)
    assert params["query_properties"] == {
        "type": "fields",
        "resource": "orders_properties",
        "field": "name",
    }
    parent = written.resource("orders_properties")
    assert (parent["selected"], parent["endpoint"]["path"]) == (False, "/fields")


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"list": f"{{{{ {READ} }}}}"}, [["id", "at"], ["id", "size"], ["id", "note"]]),
        ({"list": f"{{{{ ','.join({READ}) }}}}"}, ["id,at", "id,size", "id,note"]),
    ],
    ids=["a list", "a text"],
)
def test_expressions_read_the_properties_of_a_chunk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, body: Json, sent: Any
) -> None:
    listed = properties(property_chunking=chunks(1), always_include_properties=["id"])
    asked = requester(http_method="POST", request_body_json=body, query_properties=listed)
    written = desk.new(manifest(stream(requester=asked)), file=FILE)
    with serving() as hub:
        api = hub.new_api()
        api.always("/orders", [{"id": 1}])
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert [a.json["list"] for a in api.asked] == sent
    assert all(a.query == {} for a in api.asked)


CHUNKED = properties(property_chunking=chunks(1))


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (
            stream("odd", requester=requester(query_properties=properties())),
            "no request holds its query_properties",
        ),
        (
            stream(
                "odd",
                requester=requester(
                    query_properties=properties(), request_parameters={"fields": properties()}
                ),
            ),
            "its requests ask for two lists of properties",
        ),
        (
            asking(name="odd", properties=properties(property_selector=SELECTOR)),
            "JsonSchemaPropertySelector reads a schema that the manifest lacks",
        ),
        (
            asking(
                name="odd",
                properties=properties(
                    property_selector={**SELECTOR, "transformations": [{"type": "KeysToLower"}]}
                ),
            ),
            "JsonSchemaPropertySelector.transformations has no counterpart",
        ),
        (
            asking(name="odd", properties=properties(from_endpoint(), property_selector=SELECTOR)),
            "JsonSchemaPropertySelector of an endpoint's list has no counterpart",
        ),
        (
            asking(name="odd", properties=properties(from_endpoint(["{{ config['shop'] }}"]))),
            "PropertiesFromEndpoint.property_field_path has no counterpart",
        ),
        (
            asking(name="odd", properties=properties(from_endpoint(decoder={"type": "Other"}))),
            "its parent odd_properties is skipped",
        ),
        (
            asking(
                name="odd",
                properties=properties(
                    property_chunking={**chunks(1), "record_merge_strategy": {"type": "Other"}}
                ),
            ),
            "PropertyChunking has no counterpart",
        ),
        (
            asking(name="odd", properties=CHUNKED, decoder={"type": "JsonlDecoder"}),
            "endpoint.params.fields chunks of fields need rows of json or xml",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_properties_without_a_counterpart_are_skipped_with_the_reason(
    desk: Desk, odd: Json, reason: str
) -> None:
    status, printed, _ = desk.run(manifest(odd, stream()), file=FILE, api="shop")
    assert status == 3
    assert f"odd: {reason}" in " ".join(printed.split())


def test_a_stream_with_pages_and_chunks_of_properties_of_an_endpoint_is_loaded_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": f"o{n}", "in": {name: f"{name}{n}" for name in NAMES}} for n in range(5)]
    listed = properties(
        from_endpoint(),
        property_chunking=chunks(12, "id", "characters"),
        always_include_properties=["id"],
    )
    option = {"type": "RequestOption", "inject_into": "request_parameter"}
    pages = {
        "type": "DefaultPaginator",
        "pagination_strategy": {"type": "OffsetIncrement", "page_size": 2},
        "page_size_option": {**option, "field_name": "limit"},
        "page_token_option": {**option, "field_name": "from"},
    }
    flat = {"type": "DpathFlattenFields", "field_path": ["in"], "delete_origin_value": True}
    orders = asking(properties=listed, paginator=pages, transformations=[flat])

    def answer(asked: Asked) -> Reply:
        start, names = int(asked.query.get("from", 0)), asked.query["fields"].split(",")
        page = rows[start : start + int(asked.query["limit"])]
        held = [{n: v for n, v in row["in"].items() if n in names} for row in page]
        return Reply([{"id": row["id"], "in": o} for row, o in zip(page, held, strict=True)])

    written = desk.new(manifest(orders), file=FILE)
    with serving() as hub:
        api = hub.new_api()
        api.always("/fields", [{"name": name} for name in NAMES])
        api.on("/orders", answer)
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    loaded = [(r["id"], r["at"], r["size"], r["note"]) for r in table("shop.orders")]
    assert sorted(loaded) == [(f"o{n}", f"at{n}", f"size{n}", f"note{n}") for n in range(5)]
    assert api.sent("/orders", "fields")[:2] == ["id,at,size", "id,note"]

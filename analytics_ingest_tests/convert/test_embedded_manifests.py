"""Manifests that a document holds as a block of code: when one is converted, and when not."""

import json

import pytest

from analytics_ingest_tests.convert.manifests import Json, manifest, requester, stream
from analytics_ingest_tests.convert.writing import Desk, fenced, shop

SHORT = {"streams": [stream()]}
"""A manifest without its version, check and definitions."""


def child(parent: Json | str, name: str = "lines", **keys: str) -> Json:
    """A stream that is requested for each row of a parent."""
    router = {
        "type": "SubstreamPartitionRouter",
        "parent_stream_configs": [
            {"stream": parent, "parent_key": "id", "partition_field": "order_id", **keys}
        ],
    }
    path = "/orders/{{ stream_partition.order_id }}/lines"
    return stream(name, path, partition_router=router)


@pytest.mark.parametrize("language", ["yaml", "json", ""])
@pytest.mark.parametrize("text", [manifest(), json.dumps(SHORT)])
def test_the_only_manifest_of_a_document_is_converted(desk: Desk, text: str, language: str) -> None:
    written = desk.new(fenced(text, language))
    assert written.client["base_url"] == "https://shop.test/v1"
    assert written.endpoint()["path"] == "/orders"
    reason = "the manifest on line 6 is converted; the text around it is not read"
    assert reason in written.assumed


def test_a_file_of_streams_alone_is_a_manifest(desk: Desk) -> None:
    assert desk.new(json.dumps(SHORT), file="shop.yaml").endpoint()["path"] == "/orders"


def test_a_configuration_of_the_document_wins_over_a_manifest(desk: Desk) -> None:
    written = desk.new(shop() + fenced(manifest(stream("users")), "yaml"))
    assert list(written.declaration.resources) == ["orders"]
    assert any(
        line.endswith("is not read: the document has a configuration of its own")
        for line in written.assumed
    )


def test_a_configuration_that_cannot_be_read_is_not_replaced_by_a_manifest(desk: Desk) -> None:
    broken = fenced("rest_api_source({'client': {},\n'resources': ['a' 3 4 'b': ;]})")
    assert "the configuration cannot be read" in desk.refusal(broken + fenced(manifest(), "yaml"))


def test_of_two_manifests_none_is_chosen(desk: Desk) -> None:
    assert desk.refusal(fenced(manifest(), "yaml") * 2) == (
        "shop.md: holds 2 Airbyte manifests, on lines 6, 13; save the one to convert as a .yaml "
        "file"
    )


@pytest.mark.parametrize(
    "block",
    [
        {"streams": [{"name": "orders", "json_schema": {}, "supported_sync_modes": []}]},
        {"streams": []},
        {"streams": {"orders": stream()}},
        {"retriever": {"requester": requester()}},
    ],
)
def test_other_blocks_are_not_manifests(desk: Desk, block: Json) -> None:
    assert "holds no configuration" in desk.refusal(fenced(json.dumps(block), "yaml"))


def test_a_parent_is_the_stream_of_its_name(desk: Desk) -> None:
    written = desk.new(manifest(stream(), child("orders")), file="shop.yaml")
    assert list(written.declaration.resources) == ["orders", "lines"]
    assert written.endpoint("lines")["path"] == "/orders/{resources.orders.id}/lines"


def test_a_parent_of_a_parent_is_the_stream_of_its_name(desk: Desk) -> None:
    router = child("lines")["retriever"]["partition_router"]
    taxes = stream("taxes", "/lines/{{ stream_partition.order_id }}", partition_router=router)
    written = desk.new(manifest(taxes, child("orders"), stream()), file="shop.yaml")
    assert set(written.declaration.resources) == {"orders", "lines", "taxes"}


@pytest.mark.parametrize(
    "streams",
    [
        [stream(), child("carts")],
        [stream(), stream(path="/old_orders"), child("orders")],
        [stream(), child("lines")],
        [stream(), child("taxes"), child("lines", "taxes")],
    ],
    ids=["no stream", "two streams", "itself", "each other"],
)
def test_a_parent_that_names_no_stream_is_not_guessed(desk: Desk, streams: list[Json]) -> None:
    status, report, _ = desk.run(manifest(*streams), file="shop.yaml", api="shop")
    assert status != 0
    assert "a parent is" in report.partition("Skipped:")[2]

"""Keys of a manifest's components: without an effect, unknown to Airbyte, or of rare components."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import SPEC, manifest, requester, stream
from analytics_ingest_tests.convert.writing import API, Desk

FILE = "manifest.yaml"
SIZE = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "limit"}
TOKEN = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"}
SPEC_WITH_SIZE = {
    "connection_specification": {
        "properties": {"size": {"type": "integer", "default": 50}, "other": {"type": "integer"}}
    }
}


def counted(size: Any) -> dict[str, Any]:
    """A stream with numbered pages of a size."""
    strategy = {"type": "PageIncrement", "page_size": size}
    return stream(
        requester=requester(authenticator=None),
        paginator={
            "type": "DefaultPaginator",
            "pagination_strategy": strategy,
            "page_size_option": SIZE,
            "page_token_option": TOKEN,
        },
    )


@pytest.mark.parametrize(
    ("keys", "ignored"),
    [
        ({"description": "All orders."}, "DeclarativeStream.description"),
        ({"requester": requester(timeout=3)}, "HttpRequester.timeout"),
        (
            {"decoder": {"type": "CsvDecoder", "skip": 3, "quote": '"'}},
            "CsvDecoder.skip, CsvDecoder.quote",
        ),
    ],
)
def test_a_key_that_airbyte_does_not_know_is_ignored_and_reported(
    desk: Desk, keys: dict[str, Any], ignored: str
) -> None:
    written = desk.new(manifest(stream(**keys)), file=FILE)
    assert f"orders: {ignored} is ignored, as by Airbyte" in written.assumed
    assert "description" not in written.resource("orders")


@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        ({"file_uploader": {"type": "FileUploader"}}, "DeclarativeStream.file_uploader"),
        (
            {"incremental_sync": {"type": "DatetimeBasedCursor", "clamping": {"target": "WEEK"}}},
            "DatetimeBasedCursor.clamping",
        ),
    ],
)
def test_a_key_with_an_effect_skips_its_stream(
    desk: Desk, keys: dict[str, Any], refused: str
) -> None:
    if sync := keys.get("incremental_sync"):
        sync |= {
            "cursor_field": "at",
            "datetime_format": "%Y-%m-%d",
            "start_datetime": "2026-02-01",
        }
    text = manifest(stream("odd", **keys), stream())
    status, printed, _ = desk.run(text, file=FILE, api=API)
    assert status == 3
    assert f"odd: {refused} has no counterpart" in printed


def test_how_long_airbyte_waits_for_a_connection_has_no_effect_on_rows(desk: Desk) -> None:
    asked = requester(connect_timeout_in_seconds=5, read_timeout_in_seconds=60)
    assert desk.new(manifest(stream(requester=asked)), file=FILE).assumed == []


@pytest.mark.parametrize(
    ("start", "sent"), [({}, 0), ({"start_value": 7}, 7), ({"start_value": "7"}, 7)]
)
def test_a_counting_cursor_asks_for_all_rows_each_time(
    desk: Desk, start: dict[str, Any], sent: int
) -> None:
    option = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "after"}
    sync = {"type": "IncrementingCountCursor", "cursor_field": "id", "start_value_option": option}
    written = desk.new(manifest(stream(incremental_sync={**sync, **start})), file=FILE)
    assert written.endpoint()["params"] == {"after": sent}
    assert written.endpoint()["incremental"] is None
    assert written.assumed == ["orders: its cursor counts rows: it is loaded whole each time"]


def test_the_names_of_flattened_fields_keep_what_is_put_around_them(desk: Desk) -> None:
    names = {"type": "KeyTransformation", "prefix": "properties_", "suffix": "_v"}
    step = {"type": "DpathFlattenFields", "field_path": ["properties"], "key_transformation": names}
    written = desk.new(manifest(stream(transformations=[step])), file=FILE)
    assert written.resource("orders")["processing_steps"] == [
        {"flatten_path": {"path": ["properties"], "prefix": "properties_", "suffix": "_v"}}
    ]


def test_a_page_size_that_a_setting_gives_is_its_default(desk: Desk) -> None:
    text = manifest(counted("{{ config['size'] }}"), spec=SPEC_WITH_SIZE)
    written = desk.new(text, file=FILE)
    assert written.endpoint()["paginator"]["limit"] == 50
    assert written.assumed == [
        "orders: its page size is a setting in Airbyte; the default is declared"
    ]


def test_a_page_size_that_only_a_setting_gives_skips_its_stream(desk: Desk) -> None:
    text = manifest(counted("{{ config['other'] }}"), spec=SPEC_WITH_SIZE)
    assert "PageIncrement.page_size is not a whole number" in desk.refusal(text, file=FILE)


def test_a_wait_that_only_a_response_gives_is_reported(desk: Desk) -> None:
    strategy = {"type": "WaitTimeFromResponse", "wait_time_in_seconds": "{{ response.wait }}"}
    handler = {"type": "DefaultErrorHandler", "backoff_strategies": [strategy]}
    text = manifest(stream(requester=requester(error_handler=handler)))
    written = desk.new(text, file=FILE)
    assert "error_handler" not in written.endpoint()
    assert written.assumed == [
        "orders: WaitTimeFromResponse has no counterpart: waits are the usual ones"
    ]


def test_of_two_fields_with_one_column_one_gets_another_name(desk: Desk) -> None:
    names = ("userId", "user_id", "startDate", "start_date", "n")
    properties = {name: {"type": "string"} for name in names}
    schema = {"type": "InlineSchemaLoader", "schema": {"properties": properties}}
    one = stream(schema_loader=schema, primary_key=["userId"])
    written = desk.new(manifest(one), file=FILE)
    renamed = {"user_id": "user_id_2", "startDate": "startDate_2"}
    kept = {"userId", "start_date", "n"}
    assert set(written.schema["orders"]["fields"]) == kept | set(renamed.values())
    assert written.resource("orders")["processing_steps"] == [{"rename": renamed}]
    assert written.assumed == [
        "orders: user_id is user_id_2, startDate is startDate_2, as another field has its column"
    ]


def test_a_list_that_no_request_holds_is_not_listed_for(desk: Desk) -> None:
    router = {"type": "ListPartitionRouter", "values": ["a", "b"], "cursor_field": "team"}
    written = desk.new(manifest(stream(partition_router=router)), file=FILE)
    assert "params" not in written.endpoint()
    assert written.assumed == ["orders: no request holds team, so it is listed once"]


def test_settings_that_airbyte_changes_are_named(desk: Desk) -> None:
    field = {"type": "AddedFieldDefinition", "path": ["shop"], "value": "{{ config['market'] }}"}
    remapped = {"type": "ConfigRemapField", "map": {"a": "b"}, "field_path": ["at", "zone"]}
    rules = {"transformations": [{"type": "ConfigAddFields", "fields": [field]}, remapped]}
    written = desk.new(manifest(spec={**SPEC, "config_normalization_rules": rules}), file=FILE)
    assert written.assumed == [
        "Airbyte changes settings before it uses them (shop, at.zone): set what they become"
    ]


def test_streams_with_a_condition_are_kept_and_reported(desk: Desk) -> None:
    condition = "{{ config['shop'] == 'main' }}"
    some = {"type": "ConditionalStreams", "condition": condition, "streams": [stream("carts")]}
    written = desk.new(manifest(stream(), some), file=FILE)
    assert [r["name"] for r in written.attributes["resources"]] == ["orders", "carts"]
    assert written.assumed == [f"carts: in Airbyte only where {condition}"]

"""Where windows begin and how long they are, where settings of Airbyte decide it."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import manifest, stream
from analytics_ingest_tests.convert.writing import Desk, Written

SENT = {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "since"}
UNSENT = {
    "type": "DatetimeBasedCursor",
    "cursor_field": "created_at",
    "datetime_format": "%Y-%m-%d",
    "start_datetime": "{{ config['start_date'] }}",
}
SYNC = {**UNSENT, "start_time_option": SENT, "end_time_option": {**SENT, "field_name": "until"}}
MEANING = "rows change later"


def new(desk: Desk, sync: dict[str, Any], **properties: Any) -> Written:
    """Convert a manifest of one stream, whose specification has some properties."""
    specification = {"type": "object", "properties": properties}
    spec = {"type": "Spec", "connection_specification": specification}
    streams = stream(incremental_sync=sync)
    return desk.new(manifest(streams, spec=spec), file="manifest.yaml")


@pytest.mark.parametrize(
    ("default", "start"),
    [
        ("2019-03-01", "2019-03-01"),
        ("2019-03-01T00:00:00Z", "2019-03-01"),
        (None, "2026-01-01"),
        ("2026-11-01", "2026-01-01"),
    ],
)
def test_windows_begin_on_the_default_of_the_setting_that_decides_it(
    desk: Desk, default: str | None, start: str
) -> None:
    written = new(desk, SYNC, start_date={"type": "string", "default": default})
    assert written.attributes["partitions"] == {"start": start}
    assert written.resource("orders")["endpoint"]["incremental"]["initial_value"] == start


def test_windows_have_the_default_length_of_the_settings_that_decide_it(desk: Desk) -> None:
    sync = {
        **SYNC,
        "step": "P{{ config.get('days', 10) }}D",
        "lookback_window": "P{{ config['back'] }}D",
    }
    written = new(desk, sync, days={"type": "integer"}, back={"type": "integer", "default": 2})
    incremental = written.resource("orders")["endpoint"]["incremental"]
    assert (incremental["max_window"], incremental["lookback"]) == ("10d", "2d")


@pytest.mark.parametrize(
    ("other", "is_reported"),
    [
        ({}, True),
        ({"cursor_field": "updated_at"}, False),
        ({"is_client_side_incremental": True}, False),
        ({"start_time_option": SENT}, False),
    ],
    ids=["created", "updated", "filtered", "sent"],
)
def test_windows_that_keep_old_versions_of_rows_are_reported(
    desk: Desk, other: dict[str, Any], is_reported: bool
) -> None:
    assert (MEANING in new(desk, {**UNSENT, **other}).report) is is_reported


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("{{ record.created_at > stream_interval.get('start_time', '') }}", "%Y-%m-%d %H:%M"),
        ("{{ record.created_at }}", None),
    ],
)
def test_the_format_of_bounds_is_kept_where_a_step_reads_them(
    desk: Desk, condition: str, kept: str | None
) -> None:
    sync = {**UNSENT, "datetime_format": "%Y-%m-%d %H:%M"}
    streams = stream(incremental_sync=sync)
    selector = streams["retriever"]["record_selector"]
    selector["record_filter"] = {"type": "RecordFilter", "condition": condition}
    written = desk.new(manifest(streams), file="manifest.yaml")
    assert written.resource("orders")["endpoint"]["incremental"].get("param_format") == kept


def test_the_default_of_a_setting_that_decides_a_duration_is_declared_and_named(
    desk: Desk,
) -> None:
    sync = {**SYNC, "step": "P{{ config.get('days', 30) }}D"}
    written = new(desk, sync, days={"type": "integer", "default": 30})
    assert written.resource("orders")["endpoint"]["incremental"]["max_window"] == "30d"
    assert "orders: step is a setting in Airbyte; its default is declared" in written.assumed


@pytest.mark.parametrize(("sync", "is_sent"), [(SYNC, True), (UNSENT, False)])
def test_a_start_that_a_setting_decides_is_named_beside_it(
    desk: Desk, sync: dict[str, Any], is_sent: bool
) -> None:
    text = new(desk, sync, start_date={"type": "string"}).text
    assert "  # a setting in Airbyte" in text
    assert ("initial_value of each resource goes with it" in text) == is_sent


@pytest.mark.parametrize(
    ("pattern", "value", "is_inclusive"),
    [
        ("%Y-%m-%d", "{{ stream_interval['start_time'] }}", True),
        ("%Y-%m-%d", "{{ record.day }}", False),
        ("%Y-%m-%dT%H:%M:%SZ", "{{ stream_interval['start_time'] }}", False),
    ],
)
def test_rows_that_have_only_the_date_of_their_window_are_of_its_days(
    desk: Desk, pattern: str, value: str, is_inclusive: bool
) -> None:
    sync = {**SYNC, "datetime_format": pattern}
    field = {"type": "AddedFieldDefinition", "path": ["created_at"], "value": value}
    added = {"type": "AddFields", "fields": [field]}
    streams = stream(incremental_sync=sync, transformations=[added])
    written = desk.new(manifest(streams), file="manifest.yaml")
    assert written.endpoint()["incremental"].get("inclusive_end", False) is is_inclusive

"""Streams that Airbyte reads by a job: what becomes of them, and what is left out by name."""

import copy
from typing import Any

import pytest

from analytics_ingest.cli import PARTIAL
from analytics_ingest.common.window import Window
from analytics_ingest_tests.convert.manifests import KEY, manifest, requester, stream
from analytics_ingest_tests.convert.writing import Desk
from analytics_ingest_tests.support.jobs import CSV, Reports
from analytics_ingest_tests.support.loads import load, utc
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import serving

PATH = {"type": "DpathExtractor"}
RETRIEVER: dict[str, Any] = {
    "type": "AsyncRetriever",
    "record_selector": {"type": "RecordSelector", "extractor": {**PATH, "field_path": []}},
    "status_mapping": {
        "type": "AsyncJobStatusMap",
        "running": ["QUEUED", "RUNNING"],
        "completed": ["DONE"],
        "failed": ["FATAL"],
        "timeout": ["EXPIRED"],
        "skipped": ["NO_DATA"],
    },
    "status_extractor": {**PATH, "field_path": ["status"]},
    "download_target_extractor": {**PATH, "field_path": ["url"]},
    "creation_requester": requester(
        "/reports", http_method="POST", request_body_json={"shop": "{{ config['shop'] }}"}
    ),
    "polling_requester": requester("/reports/{{ creation_response['id'] }}"),
    "download_requester": {
        "type": "HttpRequester",
        "url_base": "{{download_target}}",
        "http_method": "GET",
    },
    "download_extractor": {"type": "ResponseToFileExtractor"},
}


def report(**keys: Any) -> dict[str, Any]:
    """A stream that is read by a job."""
    own = copy.deepcopy(RETRIEVER) | keys
    return {**stream("report"), "retriever": {k: v for k, v in own.items() if v is not None}}


def test_an_async_retriever_becomes_a_job(desk: Desk) -> None:
    written = desk.new(manifest(report()), file="manifest.yaml")
    assert written.resource("report")["endpoint"] == {
        "path": "{{ download_target }}",
        "paginator": {"type": "single_page"},
        "decoder": {
            "type": "csv",
            "compression": "gzip",
            "nulls": written.resource("report")["endpoint"]["decoder"]["nulls"],
        },
        "job": {
            "create": {
                "path": "/reports",
                "method": "POST",
                "json": {"shop": "{settings.shop}"},
            },
            "poll": {
                "path": "/reports/{{ creation_response['id'] }}",
                "status_path": "status",
                "running": ["QUEUED", "RUNNING"],
                "completed": ["DONE"],
                "failed": ["FATAL", "EXPIRED"],
                "empty": ["NO_DATA"],
            },
            "targets": {"selector": "url"},
        },
        "incremental": None,
    }


def test_a_report_of_a_manifest_is_loaded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    written = desk.new(manifest(report()), file="manifest.yaml")
    monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
    with serving() as hub:
        api = hub.new_api()
        Reports(api, ["DONE"]).body = CSV + b"3,N/A\n"
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
        assert api.asked[0].json == {"shop": "main"}
    rows = [(row["id"], row["plan"]) for row in table("shop.report")]
    assert sorted(rows) == [("1", "free"), ("2", "gold"), ("3", None)]


def test_the_window_goes_into_the_request_that_creates_the_job(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"from": "{{ stream_interval.start_time }}", "to": "{{ stream_interval['end_time'] }}"}
    sync = {
        "type": "DatetimeBasedCursor",
        "cursor_field": "day",
        "datetime_format": "%Y-%m-%d",
        "start_datetime": "2026-01-01",
    }
    create = requester("/reports", http_method="POST", request_body_json=body)
    windowed = {**report(creation_requester=create), "incremental_sync": sync}
    written = desk.new(manifest(windowed), file="manifest.yaml")
    monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
    with serving() as hub:
        api = hub.new_api()
        Reports(api, ["DONE"]).body = b"id,day\n1,2026-01-05\n"
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration, window=Window(utc(2026, 1, 5), utc(2026, 1, 6)))
        assert api.asked[0].json == {"from": "2026-01-05", "to": "2026-01-06"}
    assert [row["id"] for row in table("shop.report")] == ["1"]


def test_targets_timeouts_pages_and_deletion_are_taken(desk: Desk) -> None:
    keys = {
        "download_target_requester": requester("/documents/{{ polling_response['document'] }}"),
        "delete_requester": requester(
            "/reports/{{ creation_response['id'] }}", http_method="DELETE"
        ),
        "download_requester": requester("{{ download_target }}"),
        "download_extractor": {**PATH, "field_path": ["rows"]},
        "polling_job_timeout": 20,
        "failed_retry_wait_time_in_seconds": 30,
        "abort_requester": requester("/reports/{{ creation_response['id'] }}/abort"),
    }
    written = desk.new(manifest(report(**keys)), file="manifest.yaml")
    endpoint = written.resource("report")["endpoint"]
    job = endpoint["job"]
    assert endpoint["data_selector"] == "rows"
    assert job["targets"]["request"] == {"path": "/documents/{{ polling_response['document'] }}"}
    assert job["delete"]["method"] == "DELETE"
    assert (job["poll"]["timeout"], job["retry_after"]) == ("20m", 30)
    assert "a job that takes too long is not aborted" in written.report


OMITTED = [
    (
        {"polling_requester": requester(url_base="https://other.test")},
        "a request of its job is sent to https://other.test, not to https://shop.test/v1",
    ),
    (
        {"polling_requester": requester(authenticator={**KEY, "api_token": "{{ config['b'] }}"})},
        "the requests of its job have several logins",
    ),
    (
        {"download_requester": {**RETRIEVER["download_requester"], "path": "/x"}},
        "a path is added to the address of its result",
    ),
    (
        {"download_requester": requester("{{ download_target }}", url_base="https://s3.test")},
        "a request of its job is sent to https://s3.test, not to https://shop.test/v1",
    ),
    (
        {"polling_requester": requester("/r/{{ creation_response['request'].url }}")},
        "an expression reads the request of a response",
    ),
    ({"creation_requester": None}, "the retriever has no creation_requester"),
    ({"status_extractor": None}, "nothing says what the statuses of its job mean"),
    ({"decoder": {"type": "XmlDecoder"}}, "the responses of its job are read by XmlDecoder"),
    (
        {"download_decoder": {"type": "CustomDecoder", "class_name": "a.Zip"}}
        | {"download_extractor": None},
        "needs Python of its own: Zip",
    ),
]


@pytest.mark.parametrize(("keys", "reason"), OMITTED, ids=[reason for _, reason in OMITTED])
def test_a_job_that_has_no_counterpart_is_omitted_by_name(
    desk: Desk, keys: dict[str, Any], reason: str
) -> None:
    text = manifest(stream(), report(**keys))
    status, printed, _ = desk.run(text, file="manifest.yaml", api="shop")
    assert status == PARTIAL
    assert reason in " ".join(printed.partition("Skipped:")[2].split())


IGNORING = {
    "type": "DefaultErrorHandler",
    "response_filters": [{"type": "HttpResponseFilter", "http_codes": [403], "action": "IGNORE"}],
}


def test_actions_of_one_request_hold_for_no_other(desk: Desk) -> None:
    """A result that has expired would count as empty otherwise."""
    create = {**RETRIEVER["creation_requester"], "error_handler": IGNORING}
    endpoint = desk.new(manifest(report(creation_requester=create)), file="manifest.yaml").resource(
        "report"
    )["endpoint"]
    assert endpoint["job"]["create"]["response_actions"] == [
        {"status_code": 403, "action": "ignore"}
    ]
    assert "response_actions" not in endpoint


def test_targets_that_nothing_reads_are_omitted(desk: Desk) -> None:
    download = requester("/results/{{ creation_response['id'] }}")
    written = desk.new(manifest(report(download_requester=download)), file="manifest.yaml")
    assert "targets" not in written.resource("report")["endpoint"]["job"]


def test_booleans_are_spelled_as_the_api_spells_them(desk: Desk) -> None:
    statuses = {**RETRIEVER["status_mapping"], "running": ["False"], "completed": ["True"]}
    written = desk.new(manifest(report(status_mapping=statuses)), file="manifest.yaml")
    poll = written.resource("report")["endpoint"]["job"]["poll"]
    assert (poll["running"], poll["completed"]) == (["false"], ["true"])


def test_a_login_that_another_host_does_not_get_is_named(desk: Desk) -> None:
    download = {**RETRIEVER["download_requester"], "authenticator": KEY}
    written = desk.new(manifest(report(download_requester=download)), file="manifest.yaml")
    assert "a result at another host is downloaded without login and headers" in written.report

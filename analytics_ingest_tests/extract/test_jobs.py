"""Rows that an API prepares in a job: created, polled, downloaded, deleted."""

import gzip
import re
from datetime import datetime, timezone
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.previews.preview import preview_resources
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest_tests.support.jobs import CSV, JOB, Reports, declare_report
from analytics_ingest_tests.support.loads import declare, extract, load, read, resource, table, utc
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

ROWS = [{"id": "1", "plan": "free"}, {"id": "2", "plan": "gold"}]


def test_the_rows_of_a_job_are_read_when_it_is_completed(api: ScriptedApi) -> None:
    Reports(api, ["QUEUED", "RUNNING", "DONE"])
    assert read(declare_report()) == ROWS
    assert [(a.method, a.path) for a in api.asked] == [
        ("POST", "/reports"),
        ("GET", "/reports/job1"),
        ("GET", "/reports/job1"),
        ("GET", "/reports/job1"),
        ("GET", "/files/job1"),
    ]
    assert api.asked[0].json == {"type": "plans"}


def test_a_report_is_loaded_into_its_table(api: ScriptedApi) -> None:
    Reports(api, ["DONE"])
    stats = load(declare_report())["report"]
    assert table("report", "id", "plan") == [("1", "free"), ("2", "gold")]
    assert (stats.rows_loaded, stats.requests) == (2, 3)


def test_a_job_is_created_for_the_window_and_for_each_value(api: ScriptedApi) -> None:
    Reports(api, ["DONE"], ["DONE"])
    body = {"type": "{kind}", "from": "{incremental.start_value}"}
    declared = declare_report(
        job={"create": {**JOB["create"], "json": body}},
        params={"kind": {"type": "each", "values": ["a", "b"], "column": "kind"}},
        incremental={"end_param": "until", "max_window": "1d"},
    )
    window = Window(utc(2026, 1, 5), utc(2026, 1, 6))
    extract(declared, window=window)
    created = api.requests_of("/reports")
    assert sorted(a.json["type"] for a in created) == ["a", "b"]
    assert {a.json["from"] for a in created} == {"2026-01-05T00:00:00Z"}
    assert {a.query["until"] for a in created} == {"2026-01-06T00:00:00Z"}
    assert [a.query for a in api.asked if a.path != "/reports"] == [{}] * 4


def test_a_job_is_created_for_each_row_of_a_parent(api: ScriptedApi) -> None:
    Reports(api, ["DONE"], ["DONE"])
    api.always("/shops", {"data": [{"id": 7}, {"id": 8}]})
    declared = declare_report(
        resource("shops", incremental=None),
        job={"create": {**JOB["create"], "json": {"shop": "{resources.shops.id}"}}},
    )
    extract(declared)
    assert sorted(a.json["shop"] for a in api.requests_of("/reports")) == [7, 8]


def test_the_targets_of_a_job_may_be_several_and_have_a_request_of_their_own(
    api: ScriptedApi,
) -> None:
    Reports(api, ["DONE"])
    files = [{"url": f"{api.url}/files/job{n}"} for n in (1, 2)]
    api.always("/documents/job1", {"files": files})
    targets = {
        "selector": "files[*].url",
        "request": {"path": "/documents/{{ creation_response['id'] }}"},
    }
    assert read(declare_report(job={"targets": targets})) == ROWS * 2


def test_a_path_may_name_the_result_without_targets(api: ScriptedApi) -> None:
    Reports(api, ["DONE"])
    path = "/files/{{ creation_response.id }}"
    assert read(declare_report(job={"targets": None}, path=path)) == ROWS


def test_pages_of_a_result_are_followed(api: ScriptedApi) -> None:
    Reports(api, ["DONE"])
    api.in_turn("/results", [{"data": [{"id": 1}], "next": "c"}, {"data": [{"id": 2}]}])
    declared = declare_report(
        path="/results",
        decoder=None,
        data_selector="data",
        params={"job": "{{ creation_response.id }}"},
        paginator={"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
        job={"targets": None},
    )
    assert read(declared) == [{"id": 1}, {"id": 2}]
    assert [a.query for a in api.requests_of("/results")] == [
        {"job": "job1"},
        {"job": "job1", "cursor": "c"},
    ]


def test_a_job_that_fails_is_created_again_and_fails_in_the_end(api: ScriptedApi) -> None:
    Reports(api, ["RUNNING", "FATAL"], ["DONE"])
    assert read(declare_report(job={"retry_after": 0.01})) == ROWS
    Reports(api, ["FATAL"], ["FATAL"])
    with pytest.raises(LoadError) as caught:
        read(declare_report(job={"attempts": 2}))
    assert str(caught.value) == (
        "demo.report: endpoint.job: 2 jobs have ended with the status 'FATAL'; see what the API "
        "says of it, or declare more attempts"
    )


def test_a_job_without_data_has_no_rows(api: ScriptedApi) -> None:
    Reports(api, ["NO_DATA"])
    lines: list[str] = []
    assert extract(declare_report(), log=lines.append)["report"].rows_read == 0
    assert "demo.report: a job has ended with the status 'NO_DATA': no rows" in lines


@pytest.mark.parametrize(
    ("poll", "status", "message"),
    [
        ({}, "PAUSED", "poll: the status 'PAUSED' is unknown; add it to completed, running"),
        ({}, None, "poll.status_path: the response has no value at status; compare it"),
        ({"timeout": "1s"}, "RUNNING", "poll.timeout: a job still has the status 'RUNNING'"),
    ],
)
def test_a_job_that_does_not_end_fails_the_resource(
    api: ScriptedApi, poll: dict[str, Any], status: Any, message: str
) -> None:
    Reports(api, [status])
    with pytest.raises(LoadError, match=f"demo.report: endpoint.job.{message}"):
        read(declare_report(job={"poll": {**JOB["poll"], **poll}}))


@pytest.mark.parametrize("answer", [{"status": "DONE"}, {"status": "DONE", "url": None}], ids=str)
def test_a_completed_job_without_a_target_fails_the_resource(
    api: ScriptedApi, answer: dict[str, Any]
) -> None:
    Reports(api)
    api.always("/reports/job1", answer)
    with pytest.raises(LoadError, match=r"targets\.selector: .* lacks an address at url"):
        read(declare_report())


def test_a_completed_job_with_an_empty_list_of_targets_has_no_rows(api: ScriptedApi) -> None:
    Reports(api)
    api.always("/reports/job1", {"status": "DONE", "url": []})
    assert read(declare_report()) == []


def test_a_response_without_what_a_request_reads_fails_the_resource(api: ScriptedApi) -> None:
    api.always("/reports", {"name": "x"})
    with pytest.raises(LoadError, match=r"endpoint\.job\.poll\.path: .*creation_response\.id.* no"):
        read(declare_report())
    assert api.paths == ["/reports"]


def test_a_result_that_is_gone_fails_also_below_a_parent(api: ScriptedApi) -> None:
    """Elsewhere a 404 says that the row of a parent has no children."""
    Reports(api)
    api.always("/shops", {"data": [{"id": 7}]})
    target = f"{api.url}/gone"
    api.always("/reports/job1", {"status": "DONE", "url": target})
    api.always("/gone", Reply({}, 404))
    create = {**JOB["create"], "json": {"shop": "{resources.shops.id}"}}
    declared = declare_report(resource("shops", incremental=None), job={"create": create})
    with pytest.raises(LoadError, match=r"demo\.report: GET .*404"):
        extract(declared)


IGNORE_403 = [{"status_code": 403, "action": "ignore"}]


def test_a_creation_that_is_ignored_counts_as_an_empty_listing_and_warns(api: ScriptedApi) -> None:
    api.always("/reports", Reply({}, 403))
    create = {**JOB["create"], "response_actions": IGNORE_403}
    stats = extract(declare_report(job={"create": create}))["report"]
    assert stats.listings_ignored == 1
    assert "1 of 1 listings count as empty" in stats.warnings[0]


def test_a_poll_that_is_ignored_fails_the_resource(api: ScriptedApi) -> None:
    Reports(api)
    api.always("/reports/job1", Reply({}, 403))
    with pytest.raises(LoadError, match=r"job\.poll: response_actions ignored the response"):
        extract(declare_report(job={"poll": {**JOB["poll"], "response_actions": IGNORE_403}}))


def test_actions_of_one_request_hold_for_no_other(api: ScriptedApi) -> None:
    """A result that has expired would count as empty otherwise."""
    Reports(api, ["DONE"])
    api.always("/files/job1", Reply({}, 403))
    create = {**JOB["create"], "response_actions": IGNORE_403}
    with pytest.raises(LoadError, match="403"):
        extract(declare_report(job={"create": create}))


def test_other_resources_are_read_while_a_job_runs(api: ScriptedApi) -> None:
    api.always("/reports", {"id": "job1"})
    api.always("/others", {"data": [{"id": 1}]})

    def poll(asked: Asked) -> Any:
        is_ready = len(api.requests_of("/others")) == 3
        return {"status": "DONE" if is_ready else "RUNNING", "url": f"{api.url}/files/job1"}

    api.on("/reports/job1", poll)
    api.always("/files/job1", Reply(CSV))
    others = [resource(name, path="/others", incremental=None) for name in ("a", "b", "c")]
    stats = extract(declare_report(*others))
    assert [stats[name].rows_read for name in ("report", "a", "b", "c")] == [2, 1, 1, 1]


def test_a_job_is_deleted_when_its_rows_are_read(api: ScriptedApi) -> None:
    Reports(api, ["DONE"])
    api.on("/jobs/job1", lambda asked: Reply({}, 204))
    delete = {"path": "/jobs/{{ creation_response.id }}", "method": "DELETE"}
    assert read(declare_report(job={"delete": delete})) == ROWS
    assert [(a.method, a.path) for a in api.asked[-2:]] == [
        ("GET", "/files/job1"),
        ("DELETE", "/jobs/job1"),
    ]


def test_a_job_that_is_not_deleted_is_only_logged(api: ScriptedApi) -> None:
    Reports(api, ["DONE"])
    api.always("/jobs/job1", Reply({"error": "no"}, 403))
    lines: list[str] = []
    delete = {"path": "/jobs/{{ creation_response.id }}", "method": "DELETE"}
    assert extract(declare_report(job={"delete": delete}), log=lines.append)["report"].rows_read
    assert any("a job was not deleted: demo.report: DELETE" in line for line in lines)


def test_a_result_at_another_host_is_downloaded_without_the_key(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KEY", "a-secret-key")
    Reports(api)
    target = f"{api.url}/signed?signature=a%2Fb".replace("127.0.0.1", "localhost")
    api.always("/reports/job1", {"status": "DONE", "url": target})
    api.always("/signed", Reply(gzip.compress(CSV)))
    declared = declare_report(
        decoder={"type": "csv", "compression": "gzip"},
        auth={"type": "bearer", "token": "{settings.key}"},
        headers={"X-Tenant": "{settings.key}"},
    )
    assert read(declared) == ROWS
    asked = api.asked[-1]
    assert asked.raw_query == "signature=a%2Fb"
    assert "a-secret-key" not in str(asked.headers)
    assert "a-secret-key" in str(api.asked[0].headers)


def test_a_result_that_has_expired_fails_without_its_address(api: ScriptedApi) -> None:
    Reports(api)
    target = f"{api.url}/signed?signature=secret"
    api.always("/reports/job1", {"status": "DONE", "url": target})
    api.always("/signed", Reply({"error": f"expired: {target}"}, 403))
    with pytest.raises(LoadError) as caught:
        read(declare_report())
    assert "403" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_resource_that_has_failed_does_not_wait_for_its_other_jobs(api: ScriptedApi) -> None:
    Reports(api, ["RUNNING"], ["FATAL"])
    each = {"kind": {"type": "each", "values": ["a", "b"]}}
    create = {**JOB["create"], "json": {"type": "{kind}"}}
    job = {"create": create, "poll": {**JOB["poll"], "interval": 3600}, "attempts": 1}
    with pytest.raises(LoadError, match="a job has ended with the status 'FATAL'"):
        read(declare_report(job=job, params=each))


BAD_JOBS: list[tuple[dict[str, Any], str]] = [
    (
        {"job": {"create": {"path": "/{{ creation_response.id }}"}}},
        "endpoint.job.create: an expression reads creation_response, which is not known before",
    ),
    (
        {"job": {"poll": {**JOB["poll"], "path": "/{{ polling_response.id }}"}}},
        "endpoint.job.poll: an expression reads polling_response, which is not known before",
    ),
    (
        {"job": {"delete": {"path": "{{ download_target }}"}}},
        "endpoint.job.delete: an expression reads download_target, which only the endpoint's own",
    ),
    (
        {"job": {"targets": None}},
        "endpoint.path: an expression reads download_target; declare endpoint.job.targets",
    ),
    (
        {"job": {"create": {"path": "/{shop}"}}},
        "endpoint.job: the placeholder {shop} is unknown",
    ),
    (
        {"job": {"create": {"path": "/r", "json": {}, "data": {}}}},
        "endpoint.job.create.data: cannot be combined with json",
    ),
    (
        {"job": {"poll": {**JOB["poll"], "failed": ["DONE"]}}},
        "a status is both completed and failed; list it once",
    ),
    ({"job": {"poll": {**JOB["poll"], "completed": []}}}, "completed is empty; list the status"),
    ({"job": {"poll": {**JOB["poll"], "interval": 0}}}, "poll.interval"),
]


@pytest.mark.parametrize(("keys", "problem"), BAD_JOBS, ids=[text for _, text in BAD_JOBS])
def test_a_job_that_cannot_work_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises((DeclarationError, ValueError), match=re.escape(problem)):
        declare_report(**keys)


def test_a_resource_without_a_job_cannot_read_its_responses() -> None:
    with pytest.raises(DeclarationError, match="and the endpoint has no job; declare"):
        declare(resource(path="/x/{{ creation_response.id }}"))


def preview(declared: ApiDeclaration) -> ResourcePreview:
    context = connect(declared, frozenset(["report"]), EVERYTHING, is_retried=False)
    return preview_resources(context)["report"]


def test_a_preview_runs_one_job_of_recent_days(api: ScriptedApi) -> None:
    Reports(api, ["RUNNING", "DONE"])
    body = {"from": "{incremental.start_value}"}
    create = {**JOB["create"], "json": body}
    declared = declare_report(job={"create": create}, incremental={"cursor_path": "day"})
    shown = preview(declared)
    assert shown.rows == ROWS
    age = datetime.now(timezone.utc) - datetime.fromisoformat(api.asked[0].json["from"])
    assert age.days == 7


def test_a_preview_of_a_job_that_fails_runs_no_second_one(api: ScriptedApi) -> None:
    Reports(api, ["FATAL"])
    shown = preview(declare_report())
    assert "a job has ended with the status 'FATAL'" in shown.error
    assert shown.first_request
    assert len(api.requests_of("/reports")) == 1

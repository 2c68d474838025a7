"""Errors beside a job or its results: the API may have prepared only some of the rows."""

import json
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest_tests.support.jobs import JOB, Reports, declare_report
from analytics_ingest_tests.support.loads import read
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

ROWS = [{"id": "1", "plan": "free"}, {"id": "2", "plan": "gold"}]

BESIDE_A_JOB: list[dict[str, Any]] = [
    {"errors": [{"message": "no access to one account"}]},
    {"error": "timeout"},
    {"userErrors": [{"field": "plan"}]},
    {"success": False},
    {"has_errors": True},
    {"meta": {"errors": ["one shard failed"]}},
    {"id": "job1", "exceptions": ["x"]},
]
IN_PART: list[dict[str, Any]] = [
    {"incomplete": True},
    {"partial_results": True},
    {"result": "partial"},
]
BEGUN: list[dict[str, Any]] = [
    *({"status": "incomplete"}, {"status": "partial"}, {"result": "partial"}),
    *({"incomplete": True}, {"is_partial": True}, {"partial_results": True}),
    *({"success": False, "done": False}, {"success": False, "status": "QUEUED"}),
    *({"successful": 0, "failed": 0}, {"success": 0, "failed": 0, "total": 9}),
    {"meta": {"success": False, "finished": "false"}},
    {"response": {"status": "queued", "message": "The report is queued"}},
]


@pytest.mark.parametrize(
    ("key", "beside"),
    [
        *(("create", beside) for beside in BESIDE_A_JOB),
        *((key, beside) for key in ("poll", "targets", "empty") for beside in BESIDE_A_JOB),
        *((key, beside) for key in ("poll", "targets", "empty") for beside in IN_PART),
    ],
    ids=str,
)
def test_an_error_beside_a_job_fails_unless_partial_is_allowed(
    api: ScriptedApi, key: str, beside: dict[str, Any]
) -> None:
    own: dict[str, Any] = {"targets": {"selector": "url", "request": {"path": "/targets"}}}
    bodies = {"create": {}, "poll": {}, "targets": {}, key: beside}
    Reports(api, ["DONE"])
    api.always("/reports", {"id": "job1", **bodies["create"]})
    api.always("/reports/job1", {"status": "DONE", **bodies["poll"]})
    api.always("/targets", {"url": f"{api.url}/files/job1", **bodies["targets"]})
    if key == "empty":
        api.always("/reports/job1", {"status": "NO_DATA", **beside})
    place = key.replace("empty", "poll")
    with pytest.raises(LoadError) as caught:
        read(declare_report(job=own))
    problem = f"endpoint.job.{place}: the API answered with an error beside the job (its keys: "
    assert problem in str(caught.value)
    assert "declare endpoint.partial: allow" in str(caught.value)
    assert "one account" not in str(caught.value)
    assert read(declare_report(job=own, partial="allow")) == ([] if key == "empty" else ROWS)


@pytest.mark.parametrize(
    ("selector", "poll"),
    [
        ("files[*].url", {"status": "DONE", "files": [{"url": "URL", "error": "cut"}]}),
        ("job.url", {"status": "DONE", "job": {"url": "URL", "errors": ["cut"]}}),
        ("url", {"status": "DONE", "url": "URL", "data": {"status": "DONE"}, "error": "cut"}),
        ("url", {"status": "PARTIAL", "state": "DONE", "url": "URL"}),
    ],
    ids=str,
)
def test_an_error_of_an_object_that_holds_a_result_fails(
    api: ScriptedApi, selector: str, poll: dict[str, Any]
) -> None:
    Reports(api, ["DONE"])
    text = json.dumps(poll).replace("URL", f"{api.url}/files/job1")
    api.always("/reports/job1", Reply(text.encode()))
    path = "state" if "state" in poll else "status"
    own = {"poll": {**JOB["poll"], "status_path": path}, "targets": {"selector": selector}}
    with pytest.raises(LoadError, match=r"endpoint\.job\.(poll|targets): .* beside the job"):
        read(declare_report(job=own))


@pytest.mark.parametrize(
    "beside",
    [
        {"errors": [], "error": None, "errorCode": 0, "err": "", "exceptions": {}},
        {"error": False, "errorMessage": "none", "success": True, "partial": False},
        {"message": "Report is ready", "code": 200, "type": "report", "warnings": ["slow"]},
        {"rows_failed": 0, "meta": {"message": "all rows", "status": "ok"}},
        {"input": {"error": "a field of the query"}, "others": [{"status": "FATAL", "error": "x"}]},
    ],
    ids=str,
)
def test_what_a_job_says_without_an_error_is_none(api: ScriptedApi, beside: dict[str, Any]) -> None:
    Reports(api, ["DONE"])
    api.always("/reports", {"id": "job1", **beside})
    api.always("/reports/job1", {"status": "DONE", "url": f"{api.url}/files/job1", **beside})
    assert read(declare_report()) == ROWS


def test_a_declared_status_is_not_an_error_whatever_its_name(api: ScriptedApi) -> None:
    Reports(api, ["PARTIAL"])
    assert read(declare_report(job={"poll": {**JOB["poll"], "completed": ["PARTIAL"]}})) == ROWS


def test_a_job_that_failed_with_an_error_is_created_again(api: ScriptedApi) -> None:
    Reports(api)
    api.always("/reports", {"id": "job1"})
    ready = {"status": "DONE", "url": f"{api.url}/files/job1"}
    api.in_turn("/reports/job1", [{"status": "FATAL", "error": "busy"}, ready])
    assert read(declare_report(job={"attempts": 2, "retry_after": 0})) == ROWS


@pytest.mark.parametrize("beside", BEGUN, ids=str)
def test_a_job_that_has_just_begun_is_not_partial(api: ScriptedApi, beside: dict[str, Any]) -> None:
    Reports(api, ["DONE"])
    api.always("/reports", {"id": "job1", **beside})
    assert read(declare_report()) == ROWS


@pytest.mark.parametrize(
    "beside",
    [
        {"success": False, "done": True},
        {"success": False, "done": False, "error": "no access"},
        {"success": False, "status": "FATAL"},
        {"successful": 0, "failed": 0, "errors": ["no access"]},
        {"success": 0, "failed": 3},
        {"response": {"status": 400, "message": "no access"}},
    ],
    ids=str,
)
def test_an_error_in_the_answer_to_a_creation_fails(
    api: ScriptedApi, beside: dict[str, Any]
) -> None:
    Reports(api, ["DONE"])
    api.always("/reports", {"id": "job1", **beside})
    with pytest.raises(LoadError, match=r"job\.create: .* beside the job"):
        read(declare_report())


DECLARED: list[tuple[str, str, dict[str, Any]]] = [
    ("result", "partial", {"result": "partial"}),
    ("job.result", "incomplete", {"job": {"result": "incomplete"}}),
    ("success", "false", {"success": False}),
    ("meta.status", "failed", {"meta": {"status": "failed", "message": "for one of them"}}),
    ("state", "partial", {"state": "partial", "status": "partial"}),
    ("jobs[*].status", "partial", {"jobs": [{"status": "partial"}]}),
]


@pytest.mark.parametrize(("path", "status", "body"), DECLARED, ids=str)
def test_what_status_path_reads_is_not_an_error(
    api: ScriptedApi, path: str, status: str, body: dict[str, Any]
) -> None:
    Reports(api, ["DONE"])
    api.always("/reports", {"id": "job1", **body})
    body = {"url": f"{api.url}/files/job1", **body}
    api.always("/reports/job1", body)
    poll = {**JOB["poll"], "status_path": path, "completed": [status]}
    assert read(declare_report(job={"poll": poll})) == ROWS
    api.always("/reports/job1", {**body, "errors": ["cut"]})
    with pytest.raises(LoadError, match=r"job\.poll: .* beside the job"):
        read(declare_report(job={"poll": poll}))

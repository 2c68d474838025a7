"""What a job's responses say of its results, and results at other hosts."""

from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.extract.jobs.job_answers import find_addresses
from analytics_ingest_tests.support.jobs import CSV, JOB, Reports, declare_report
from analytics_ingest_tests.support.loads import declare, extract, read, resource
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

ROWS = [{"id": "1", "plan": "free"}, {"id": "2", "plan": "gold"}]


@pytest.mark.parametrize(
    ("selector", "body", "addresses"),
    [
        ("url", {"url": "a"}, ["a"]),
        ("url", {"url": ["a", "b"]}, ["a", "b"]),
        ("url", {"url": []}, []),
        ("url", {"url": None}, None),
        ("url", {}, None),
        ("files[*].url", {"files": [{"url": "a"}, {"url": "b"}]}, ["a", "b"]),
        ("files[*].url", {"files": [{"url": "a"}, {"url": "a"}]}, ["a"]),
        ("files[*].url", {"files": [{"url": "a"}, {"state": "expired"}]}, None),
        ("files[*].url", {"files": []}, []),
        ("files[*].url", {"files": None}, None),
        ("files[*].url", {}, None),
        ("files[*]", {"files": ["a", "b"]}, ["a", "b"]),
        ("a.b.url", {"a": {"b": {"url": "a"}}}, ["a"]),
        ("a.b.url", {"a": {"b": {}}}, None),
        ("$", "a", ["a"]),
        ("urls[*]", {"urls": []}, []),
        ("r[*].d.url", {"r": [{"d": {"url": "a"}}, {}]}, None),
        ("r[*].urls[*]", {"r": [{"urls": ["a", "b"]}, {"urls": []}]}, ["a", "b"]),
        ("r[*].urls[*]", {"r": [{"urls": ["a"]}, {}]}, None),
        ("r[0].url", {"r": [{"url": "a"}, {"url": "b"}]}, ["a"]),
        ("r[0].url", {"r": []}, None),
    ],
    ids=str,
)
def test_each_result_must_have_an_address(
    selector: str, body: Any, addresses: list[str] | None
) -> None:
    assert find_addresses(selector, body) == addresses


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_job_may_be_created_without_a_body(api: ScriptedApi, status: int) -> None:
    Reports(api, ["DONE"])
    api.always("/reports", Reply(b"", status, {"Location": "/reports/job1"}))
    poll = {**JOB["poll"], "path": "{{ creation_response.headers['Location'] }}"}
    assert read(declare_report(job={"poll": poll})) == ROWS
    assert len(api.requests_of("/reports")) == 1


def test_a_poll_that_is_accepted_without_a_body_is_not_ready(api: ScriptedApi) -> None:
    Reports(api)
    ready = {"status": "DONE", "url": f"{api.url}/files/job1"}
    api.in_turn("/reports/job1", [Reply(b"", 202), Reply(b"", 202), ready])
    assert read(declare_report()) == ROWS


def test_a_redirect_to_a_host_that_is_dead_is_not_the_apis_trouble(api: ScriptedApi) -> None:
    give_result(api, f"{api.url}/download", Reply(CSV))
    api.always("/download", Reply({}, 302, {"Location": "http://localhost:9/x"}))
    with pytest.raises(LoadError) as caught:
        read(declare_report(error_handler={"max_retries": 0}))
    assert "BASE_URL" not in str(caught.value)
    assert "check the address that the job has given" in str(caught.value)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_deletion_without_a_body_is_one(api: ScriptedApi, status: int) -> None:
    Reports(api, ["DONE"])
    api.always("/jobs/job1", Reply(b"", status))
    delete = {"path": "/jobs/{{ creation_response.id }}", "method": "DELETE"}
    lines: list[str] = []
    extract(declare_report(job={"delete": delete}), log=lines.append)
    assert len(api.requests_of("/jobs/job1")) == 1
    assert not any("not deleted" in line for line in lines)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"jobs": [{"status": "DONE"}, {"status": "RUNNING"}]}, "several statuses at jobs"),
        ({"jobs": [{"status": {"name": "DONE"}}]}, "no single value at jobs"),
    ],
    ids=str,
)
def test_a_status_that_is_not_one_value_fails(
    api: ScriptedApi, answer: dict[str, Any], problem: str
) -> None:
    Reports(api)
    api.always("/reports/job1", answer)
    poll = {**JOB["poll"], "status_path": "jobs[*].status"}
    with pytest.raises(LoadError, match=problem):
        read(declare_report(job={"poll": poll}))


def test_one_job_at_a_time_leaves_the_other_resources_their_requests(api: ScriptedApi) -> None:
    """All jobs wait until the other resource has been read."""
    Reports(api)
    running: list[int] = []

    def poll(asked: Asked) -> Any:
        jobs = len(api.requests_of("/reports")) - len(api.requests_of("/files/job1"))
        running.append(jobs)
        is_ready = bool(api.requests_of("/others"))
        return {"status": "DONE" if is_ready else "RUNNING", "url": f"{api.url}/files/job1"}

    api.always("/reports", {"id": "job1"})
    api.on("/reports/job1", poll)
    api.always("/others", {"data": [{"id": 1}]})
    endpoint = {
        "path": "{{ download_target }}",
        "decoder": "csv",
        "data_selector": None,
        "incremental": None,
        "job": JOB,
    }
    reports = [resource(f"report_{n}", **endpoint) for n in range(4)]
    others = resource("others", incremental=None)
    extract(declare(*reports, others, concurrency=1))
    assert max(running) == 1


def elsewhere(api: ScriptedApi, path: str = "/signed") -> str:
    """The same server by another name: to the loader it is another host."""
    return f"{api.url}{path}".replace("127.0.0.1", "localhost")


def give_result(api: ScriptedApi, target: str, answer: Any) -> None:
    Reports(api)
    api.always("/reports/job1", {"status": "DONE", "url": target})
    api.always("/signed", answer)


def test_the_trouble_of_another_host_is_not_the_apis(api: ScriptedApi) -> None:
    give_result(api, elsewhere(api), Reply({}, 503, {"Retry-After": "3600"}))
    api.always("/others", {"data": [{"id": 1}]})
    declared = declare_report(resource("others", incremental=None))
    with pytest.raises(LoadError) as caught:
        extract(declared)
    assert "API is down" not in str(caught.value)
    assert str(caught.value).startswith("demo.report: GET {{ download_target }}: ")
    assert api.requests_of("/others")


def test_a_refusal_of_another_host_names_the_address_of_the_job(api: ScriptedApi) -> None:
    give_result(api, elsewhere(api), Reply({}, 403))
    with pytest.raises(LoadError, match="check the address that the job has given, which may have"):
        read(declare_report())


@pytest.mark.parametrize(
    "endpoint",
    [
        {"params": {"limit": 5}},
        {"paginator": {"type": "offset", "limit": 5}},
        {"method": "POST", "json": {"a": 1}},
    ],
    ids=str,
)
def test_another_host_gets_no_parameters(api: ScriptedApi, endpoint: dict[str, Any]) -> None:
    give_result(api, elsewhere(api), Reply(CSV))
    with pytest.raises(LoadError, match="which gets no parameters, no pages and no body"):
        read(declare_report(**{"decoder": "csv", **endpoint}))


def test_the_api_may_redirect_to_the_result_at_another_host(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KEY", "a-secret-key")
    give_result(api, f"{api.url}/download", Reply(CSV))
    api.always("/download", Reply({}, 302, {"Location": elsewhere(api, "/signed?signature=x")}))
    declared = declare_report(auth={"type": "bearer", "token": "{settings.key}"})
    assert read(declared) == ROWS
    assert "a-secret-key" in str(api.requests_of("/download")[0].headers)
    assert "a-secret-key" not in str(api.requests_of("/signed")[0].headers)


def test_no_message_holds_what_a_job_has_answered(api: ScriptedApi) -> None:
    api.always("/reports", {"id": "job1", "token": "s3cret-of-the-job"})
    answer = {"status": "DONE", "url": elsewhere(api, "/signed?signature=s1gnature")}
    api.always("/reports/job1", answer)
    api.always("/signed", Reply({"error": "s3cret-of-the-job and s1gnature are wrong"}, 400))
    lines: list[str] = []
    with pytest.raises(LoadError) as caught:
        extract(declare_report(), log=lines.append)
    assert "s3cret-of-the-job" not in f"{caught.value}{lines}"
    assert "s1gnature" not in f"{caught.value}{lines}"


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"job": {"create": {"path": "/r", "params": {"k": {"type": "each", "values": ["a"]}}}}},
        "endpoint.job.create.params.k: is not a value; declare it in endpoint.params",
    ),
    (
        {"params": {"kind": {"type": "each", "values": ["a", "b"]}}},
        "endpoint.params.kind: endpoint.job.create does not hold {kind}, so all its jobs are",
    ),
    (
        {"params": {"creation_response": {"type": "each", "values": ["a"]}}},
        "endpoint.params.creation_response: is a name of the job; choose another",
    ),
    ({"path": "/f"}, "endpoint.job.targets: nothing reads download_target; write path:"),
    (
        {"job": {"poll": {**JOB["poll"], "status_path": "a[["}}},
        "endpoint.job.poll.status_path: 'a[[' is not a JSONPath",
    ),
    (
        {"job": {"create": {"path": "/r", "headers": {"Authorization": "Bearer x"}}}},
        "endpoint.job.create.headers.Authorization: holds a literal secret; declare auth",
    ),
    (
        {"job": {"create": {"path": "/r", "json": {"p": "{{ next_page_token.x }}"}}}},
        "endpoint.job.create: an expression reads next_page_token, which only the result has",
    ),
]


@pytest.mark.parametrize(("keys", "problem"), REFUSED, ids=[text for _, text in REFUSED])
def test_a_job_that_would_work_otherwise_than_written_is_refused(
    keys: dict[str, Any], problem: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare_report(**keys)
    assert problem in str(caught.value)

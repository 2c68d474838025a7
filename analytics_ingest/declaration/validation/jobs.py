"""Checks that each request of a job reads only what the requests before it have given."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.jsonpaths import parse_path
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.job import Job, JobRequest
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.request_checks import check_body, check_headers
from analytics_ingest.declaration.validation.response_actions import check_response_actions

_CREATION, _POLLING, _TARGET = JOB_ROOTS


def check_job(resource: ResourceDeclaration) -> None:
    """Check a resource's job, and that a resource without one reads nothing of it.

    Raises:
        DeclarationError: An expression reads what is not known at its place, or a request is not
            one that can be sent.
    """
    job = resource.endpoint.job
    for key, value, known in _list_parts(resource, job):
        if unknown := sorted(find_references(value).job - known):
            problem = _describe_unknown(unknown[0], key, job)
            raise resource.place.build_error(key, problem)
    if job:
        _check_shape(resource, job)
        for key, request in _list_requests(job):
            _check_request(resource.place, key, request)


def _check_request(place: Place, key: str, request: JobRequest) -> None:
    check_response_actions(place, request.response_actions, f"{key}.response_actions")
    for name, value in request.params.items():
        if isinstance(value, Mapping) and "type" in value:
            problem = f"is not a value; declare it in endpoint.params, and write {{{name}}} here"
            raise place.build_error(f"{key}.params.{name}", problem)
    if find_references(request.dump_declared()).has_page:
        problem = "an expression reads next_page_token, which only the result has"
        raise place.build_error(key, problem)
    check_body(place, key, request.json_body, request.data)
    check_headers(place, f"{key}.headers", request.headers)


def _check_shape(resource: ResourceDeclaration, job: Job) -> None:
    """Check that each value asks for a job of its own, and that paths can be read."""
    place, created = resource.place, job.create.dump_declared()
    if taken := sorted({*resource.each, *_list_bound(resource)} & {*JOB_ROOTS}):
        raise place.build_error(
            f"endpoint.params.{taken[0]}", "is a name of the job; choose another"
        )
    fields = find_references(created).partition
    if unused := [n for n in resource.each if f"{{{n}}}" not in str(created) and n not in fields]:
        problem = f"endpoint.job.create does not hold {{{unused[0]}}}, so all its jobs are the same"
        raise place.build_error(f"endpoint.params.{unused[0]}", problem)
    if job.targets and _TARGET not in find_references(list(_get_own_parts(resource).values())).job:
        problem = f"nothing reads {_TARGET}; write path: '{{{{ {_TARGET} }}}}', or remove targets"
        raise place.build_error("endpoint.job.targets", problem)
    paths = {"poll.status_path": job.poll.status_path}
    paths |= {"targets.selector": job.targets.selector} if job.targets else {}
    for key, path in paths.items():
        try:
            parse_path(key, path)
        except SettingError as error:
            problem = str(error).partition(": ")[2]
            raise place.build_error(f"endpoint.job.{key}", problem) from None


def _list_bound(resource: ResourceDeclaration) -> list[str]:
    return [name for parent in resource.parents for name, _ in parent.bindings]


def _list_parts(
    resource: ResourceDeclaration, job: Job | None
) -> Iterator[tuple[str, Any, set[str]]]:
    """Yield each part of the requests: its key, its texts, and what of a job it may read."""
    known = {_CREATION, _POLLING} if job else set[str]()
    if job and job.targets:
        known.add(_TARGET)
    for key, value in _get_own_parts(resource).items():
        yield f"endpoint.{key}", value, known
    for key, request in _list_requests(job) if job else ():
        known = {"create": set[str](), "poll": {_CREATION}}.get(
            key.rpartition(".")[2], {_CREATION, _POLLING}
        )
        yield key, request.dump_declared(), known


def _get_own_parts(resource: ResourceDeclaration) -> dict[str, Any]:
    """Return the parts of the endpoint's own request, by their keys."""
    endpoint = resource.endpoint
    return {
        "path": resource.path,
        "params": endpoint.params,
        "headers": endpoint.headers,
        "json": endpoint.json_body,
        "data": endpoint.data,
    }


def _list_requests(job: Job) -> Iterator[tuple[str, JobRequest]]:
    yield "endpoint.job.create", job.create
    yield "endpoint.job.poll", job.poll
    if job.targets and job.targets.request:
        yield "endpoint.job.targets.request", job.targets.request
    if job.delete:
        yield "endpoint.job.delete", job.delete


def _describe_unknown(name: str, key: str, job: Job | None) -> str:
    if job is None:
        return f"an expression reads {name}, and the endpoint has no job; declare endpoint.job"
    if name == _TARGET and key.startswith("endpoint.job"):
        return f"an expression reads {name}, which only the endpoint's own request has"
    if name == _TARGET:
        return f"an expression reads {name}; declare endpoint.job.targets"
    return f"an expression reads {name}, which is not known before that response has come"

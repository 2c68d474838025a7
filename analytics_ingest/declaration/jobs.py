"""Checks that each request of a job reads only what the requests before it have given."""

from collections.abc import Iterator
from typing import Any

from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.header_names import find_header_problem
from analytics_ingest.declaration.models.job import Job, JobRequest
from analytics_ingest.declaration.resolved import ResourceDeclaration

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
    for key, request in _list_requests(job) if job else ():
        if request.json_body is not None and request.data is not None:
            problem = "cannot be combined with json; a request has one body: remove one"
            raise resource.place.build_error(f"{key}.data", problem)
        for name in request.headers:
            if problem := find_header_problem(name):
                raise resource.place.build_error(f"{key}.headers.{name}", problem)


def _list_parts(
    resource: ResourceDeclaration, job: Job | None
) -> Iterator[tuple[str, Any, set[str]]]:
    """Yield each part of the requests: its key, its texts, and what of a job it may read."""
    endpoint = resource.endpoint
    known = {_CREATION, _POLLING} if job else set[str]()
    if job and job.targets:
        known.add(_TARGET)
    yield "endpoint.path", resource.path, known
    others = ("params", "headers", "json_body", "data")
    yield from (
        (f"endpoint.{k.removesuffix('_body')}", getattr(endpoint, k), known) for k in others
    )
    for key, request in _list_requests(job) if job else ():
        known = {"create": set[str](), "poll": {_CREATION}}.get(
            key.rpartition(".")[2], {_CREATION, _POLLING}
        )
        yield key, request.dump_declared(), known


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

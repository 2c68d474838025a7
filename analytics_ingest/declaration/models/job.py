"""The job block: an API that makes a report first, says when it is ready, and then where it is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.json_body import JSON_SCHEMA, check_json
from analytics_ingest.declaration.models.scalars import Duration


class JobRequest(DeclarationModel):
    """A request of a job. Its texts are filled like those of an endpoint."""

    path: str
    """Path relative to the base URL."""
    method: Literal["GET", "POST", "PUT", "DELETE"] = "GET"
    """GET, POST, PUT or DELETE."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Query parameters."""
    json_body: Annotated[Any, AfterValidator(check_json), JSON_SCHEMA] = Field(
        default=None, alias="json"
    )
    """JSON body, an object or a list."""
    data: Any = None
    """Form fields or raw body."""
    headers: dict[str, Any] = Field(default_factory=dict)
    """Headers of the request."""
    response_actions: list[dict[str, Any]] = Field(default_factory=list)
    """What to do with its response, as for an endpoint, whose own ones hold for the result."""


class JobPoll(JobRequest):
    """The request that tells how far a job is, and what its statuses mean."""

    status_path: str
    """JSONPath of the status in the response. A status that no key lists fails the resource."""
    completed: list[str]
    """Statuses of a job whose result can be downloaded."""
    running: list[str] = Field(default_factory=list)
    """Statuses of a job that has not ended."""
    failed: list[str] = Field(default_factory=list)
    """Statuses of a job that has ended without a result; it is created again."""
    empty: list[str] = Field(default_factory=list)
    """Statuses of a job that has ended and has no result, because no rows match."""
    interval: float = Field(default=5, gt=0)
    """Seconds between two requests."""
    timeout: Duration = timedelta(hours=1)
    """A job that runs longer fails the resource."""

    @model_validator(mode="after")
    def _check_statuses(self) -> "JobPoll":
        lists = {k: getattr(self, k) for k in ("completed", "running", "failed", "empty")}
        for key, statuses in lists.items():
            others = [n for n in lists if n != key and set(lists[n]) & set(statuses)]
            if others:
                raise ValueError(f"a status is both {key} and {others[0]}; list it once")
        if not self.completed:
            raise ValueError("completed is empty; list the status of a job that has a result")
        return self


class JobTargets(DeclarationModel):
    """Where the results of a completed job are, if it says so."""

    selector: str
    """JSONPath of the addresses, one or several, in the response to poll or to `request`. Each one
    is download_target in the endpoint's own path."""
    request: JobRequest | None = None
    """A request that gives the addresses, if poll's response does not hold them."""


class Job(DeclarationModel):
    """The requests that come before an endpoint's own one, which downloads the result."""

    create: JobRequest
    """The request that creates the job; it holds the window. Expressions of all later requests read
    its response as creation_response."""
    poll: JobPoll
    """The request that tells how far the job is. Expressions of all later requests read its last
    response as polling_response."""
    targets: JobTargets | None = None
    """Where the results are; without it there is one, which the endpoint's path names."""
    delete: JobRequest | None = None
    """The request that deletes the job when its rows are read; its failure is only logged."""
    attempts: int = Field(default=3, gt=0)
    """How often a job that fails is created, altogether."""
    retry_after: float = Field(default=0, ge=0)
    """Seconds before a failed job is created again."""


_FILLED = ("path", "params", "json", "data", "headers")


def list_filled_parts(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the parts of a job's requests, as written, that placeholders and expressions fill."""
    targets = job.get("targets") or {}
    requests = [job.get("create"), job.get("poll"), targets.get("request"), job.get("delete")]
    return [{key: r[key] for key in _FILLED if key in r} for r in requests if r]

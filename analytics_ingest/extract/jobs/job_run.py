"""One job of an API: created, polled until it ends, created again if it fails.

It runs in the thread of a request. Between two polls it sends nothing and holds no slot of the
semaphore, so other requests go on.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from requests.structures import CaseInsensitiveDict

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.jobs.job_answers import find_addresses, has_problem, is_refused
from analytics_ingest.extract.jobs.job_template import JobTemplate
from analytics_ingest.extract.responses.error_bodies import describe_keys
from analytics_ingest.extract.stats import Attempts
from analytics_ingest.extract.windows.window_filter import WindowFilter

CREATION_RESPONSE, POLLING_RESPONSE, DOWNLOAD_TARGET = JOB_ROOTS

_LONGEST_PAUSE = 0.5
"""Seconds after which a wait looks whether the load has ended."""


class Target(str):
    """The address of a result, and its number among those of its job."""

    __slots__ = ("number",)

    def __new__(cls, address: str, number: int) -> "Target":
        target = super().__new__(cls, address)
        target.number = number
        return target

    number: int


@dataclass
class JobResult:
    """How a job has ended."""

    targets: list[dict[str, Any]] = field(default_factory=list)
    """The bindings of each download: those of the job, its responses and the target."""
    message: str = ""
    """A line for the log."""
    bindings: Mapping[str, Any] = field(default_factory=dict)
    """Its bindings and its responses, if it is completed."""
    is_ignored: bool = False
    """`response_actions` ignored the response to its creation: it counts as an empty listing."""


class JobRun:
    """Runs one job.

    Args:
        create: The request that creates it. All other requests are cancelled with it, and count
            as attempts of this one in the end.
    """

    def __init__(
        self,
        template: JobTemplate,
        create: ApiRequest,
        bindings: Mapping[str, Any],
        window_filter: WindowFilter,
    ) -> None:
        self._template, self._job = template, template.job
        self._create = create
        self._window_filter = window_filter
        self._bindings = dict(bindings)
        self._attempts = Attempts()
        """What the requests after the first one have cost."""
        self._status_path = compile_path(template.job.poll.status_path)

    def run(self, client: ApiClient) -> JobResult:
        """Run the job until it has ended.

        Raises:
            ApiError: It has failed as often as is declared, takes too long, or has a status that
                no key lists.
        """
        try:
            return self._run(client)
        finally:
            self._create.attempts.add(self._attempts)

    def _run(self, client: ApiClient) -> JobResult:
        began, status = time.monotonic(), ""
        for attempt in range(1, self._job.attempts + 1):
            created = client.send(self._create)
            if created.is_ignored and not _is_empty(created):
                return JobResult(message="response_actions ignored a job", is_ignored=True)
            poll = self._job.poll
            self._check(created, "create", is_refused(created.body, poll.running, poll.status_path))
            self._bindings[CREATION_RESPONSE] = _describe(created)
            status = self._poll(client)
            if status in self._job.poll.empty:
                return JobResult(message=f"a job has ended with the status '{status}': no rows")
            if status in self._job.poll.completed:
                targets = self._find_targets(client)
                seconds = time.monotonic() - began
                message = f"a job has ended after {seconds:.0f} s"
                return JobResult(targets, message, self._bindings)
            if attempt < self._job.attempts:
                self._wait(client, self._job.retry_after)
        attempts = self._job.attempts
        jobs = f"{attempts} jobs have" if attempts > 1 else "a job has"
        raise ApiError(
            f"{self._template.place}: {jobs} ended with the status '{status}'; see what the API "
            "says of it, or declare more attempts"
        )

    def _poll(self, client: ApiClient) -> str:
        """Return the status with which the job has ended."""
        poll, began = self._job.poll, time.monotonic()
        while True:
            response = self._send(client, "poll")
            # A 202 without a body says that the job is not ready.
            is_accepted = response.status_code == HTTPStatus.ACCEPTED and _is_empty(response)
            status = "" if is_accepted else self._find_status(response)
            if not is_accepted and status not in poll.running:
                if status not in poll.failed:
                    paths = self._list_poll_paths()
                    problem = has_problem(response.body, paths, status, poll.status_path)
                    self._check(response, "poll", problem)
                self._bindings[POLLING_RESPONSE] = _describe(response)
                return status
            if time.monotonic() - began > poll.timeout.total_seconds():
                raise ApiError(
                    f"{self._template.place}.poll.timeout: a job still has the status '{status}' "
                    f"after {format_duration(poll.timeout)}; declare a longer one"
                )
            self._wait(client, poll.interval)

    def _find_status(self, response: ApiResponse) -> str:
        poll = self._job.poll
        matches = self._status_path.find(response.body)
        values = [match.value for match in matches if match.value is not None]
        known = {str(spell(value)) for value in values if not isinstance(value, dict | list)}
        if len(known) > 1 or (values and not known):
            problem = "several statuses" if known else "no single value"
            raise ApiError(
                f"{self._template.place}.poll.status_path: the response has {problem} at "
                f"{poll.status_path}; name the status of the job"
            )
        status = next(iter(known), "")
        if not known:
            raise ApiError(
                f"{self._template.place}.poll.status_path: the response has no value at "
                f"{poll.status_path}; compare it with a response of the API"
            )
        if status not in {*poll.running, *poll.completed, *poll.failed, *poll.empty}:
            raise ApiError(
                f"{self._template.place}.poll: the status '{status[:50]}' is unknown; add it to "
                "completed, running, failed or empty"
            )
        return status

    def _find_targets(self, client: ApiClient) -> list[dict[str, Any]]:
        targets = self._job.targets
        if targets is None:
            return [{**self._bindings, DOWNLOAD_TARGET: ""}]
        if targets.request:
            response = self._send(client, "targets")
            self._check(response, "targets", has_problem(response.body, [targets.selector]))
            body: Any = response.body
        else:
            body = self._bindings[POLLING_RESPONSE]
        addresses = find_addresses(targets.selector, body)
        if addresses is None:
            raise ApiError(
                f"{self._template.place}.targets.selector: the response of a completed job lacks "
                f"an address at {targets.selector}; compare it with a response of the API"
            )
        return [
            {**self._bindings, DOWNLOAD_TARGET: Target(address, number)}
            for number, address in enumerate(addresses)
        ]

    def _send(self, client: ApiClient, key: str) -> ApiResponse:
        request = self._template.build_request(
            key,
            self._bindings,
            self._window_filter,
            self._create.cancelled,
        )
        try:
            response = client.send(request)
        finally:
            self._attempts.add(request.attempts)
        if response.is_ignored and not _is_empty(response):
            raise ApiError(
                f"{self._template.place}.{key}: response_actions ignored the response, so nothing "
                "tells what became of a job; narrow the action"
            )
        return response

    def _list_poll_paths(self) -> list[str]:
        """List what is read of the last response to a poll."""
        targets, status_path = self._job.targets, self._job.poll.status_path
        return (
            [status_path] if targets is None or targets.request else [status_path, targets.selector]
        )

    def _check(self, response: ApiResponse, key: str, has_error: bool) -> None:
        """Check that a response holds no error: some of the rows may not have been prepared."""
        if self._template.may_be_partial or not has_error:
            return
        raise ApiError(
            f"{self._template.place}.{key}: the API answered with an error beside the job "
            f"({describe_keys(response.body)}), so rows may be missing; if these are all that "
            "there are, declare endpoint.partial: allow"
        )

    def _wait(self, client: ApiClient, seconds: float) -> None:
        """Wait, unless the load has ended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if client.is_closed or self._create.cancelled.wait(min(left, _LONGEST_PAUSE)):
                problem = "not waited for, because its result is not needed"
                raise ApiError(f"{self._template.place}: {problem}")


def _is_empty(response: ApiResponse) -> bool:
    """Return whether a response is a success without a body."""
    return response.ok and not response.content.strip()


def _describe(response: ApiResponse) -> Any:
    """Return a response as expressions read it: its body, and its headers unless it has some."""
    if not isinstance(response.body, Mapping):
        return {"body": response.body, "headers": CaseInsensitiveDict(response.headers)}
    return {"headers": CaseInsensitiveDict(response.headers), **response.body}

"""The requests of a resource's jobs: what all of its jobs share."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.declaration.models.endpoint import Endpoint, ErrorHandler
from analytics_ingest.declaration.models.job import Job, JobRequest
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.http.api_request import ApiRequest, list_texts
from analytics_ingest.extract.requests.request_template import RequestTemplate, list_grouped
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.windows.window_filter import WindowFilter

_EMPTY = [{"status_code": code, "empty": True, "action": "ignore"} for code in (200, 201, 202)]
"""A job may be created without a body; then a header says where it is."""

_ACCEPTED = {"status_code": 202, "action": "success"}
"""A job is often created, or not ready yet, with 202; elsewhere that means no rows yet."""


class JobTemplate:
    """Builds the requests of a resource's jobs.

    Args:
        error_handler: Decides about retries, as for the endpoint itself.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        job: Job,
        base_url: str,
        settings: SettingValues,
        *,
        auth: Auth | None,
        error_handler: ErrorHandler,
    ) -> None:
        self.job = job
        self.place = f"{resource.api}.{resource.name}: endpoint.job"
        self._resource = resource
        self._auth = auth
        self._error_handler = error_handler
        declared = {
            "create": job.create,
            "poll": job.poll,
            "targets": job.targets and job.targets.request,
            "delete": job.delete,
        }
        self._resources = {
            key: _declare_request(resource, request) for key, request in declared.items() if request
        }
        self._templates = {
            key: RequestTemplate(
                own,
                base_url,
                settings,
                key=f"endpoint.job.{key}",
                sends_window=key == "create",
                grouped=list_grouped(resource),
            )
            for key, own in self._resources.items()
        }

    @property
    def may_be_partial(self) -> bool:
        """Whether rows are loaded although an error beside them says that some may be missing."""
        return self._resource.endpoint.partial == "allow"

    def has_request(self, key: str) -> bool:
        """Return whether jobs have the request of a key: targets, delete."""
        return key in self._templates

    def build_request(
        self,
        key: str,
        bindings: Mapping[str, Any],
        window_filter: WindowFilter,
        cancelled: threading.Event | None = None,
    ) -> ApiRequest:
        """Build a request of one job.

        Args:
            key: create, poll, targets or delete.
            bindings: The values of its placeholders, and the responses before it.
            cancelled: Set when its response is no longer needed.
        """
        own = self._resources[key]
        request = self._templates[key].build_first_request(bindings, window_filter)
        request.auth = self._auth
        return ApiRequest(
            f"{own.api}.{own.name}: {request.method} {own.path}",
            request,
            self._auth,
            self._error_handler,
            own.endpoint,
            list_texts(bindings),
            cancelled=cancelled or threading.Event(),
        )


def _declare_request(resource: ResourceDeclaration, request: JobRequest) -> ResourceDeclaration:
    """Return the resource as if a request of its job were its endpoint."""
    own = resource.endpoint
    shared = {name: v for name, v in own.headers.items() if not find_references(v).job}
    keys = {
        **request.model_dump(include=set(JobRequest.model_fields) - {"method"}, by_alias=True),
        "headers": {**shared, **request.headers},
        "response_actions": [*request.response_actions, *_EMPTY, _ACCEPTED],
    }
    endpoint = Endpoint.model_validate(keys).model_copy(
        update={
            "incremental": own.incremental,
            "method": request.method,
            "error_handler": own.error_handler,
        }
    )
    return replace(
        resource, endpoint=endpoint, path=request.path, each={}, parents=(), field_list=None
    )

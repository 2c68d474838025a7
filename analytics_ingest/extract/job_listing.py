"""A job in the queue of requests: it takes the place of the listings that it opens."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.jobs.job_run import CREATION_RESPONSE, JobResult, JobRun
from analytics_ingest.extract.jobs.job_template import JobTemplate
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.page import Page
from analytics_ingest.extract.parents.children import Opening
from analytics_ingest.extract.shared_keys import number_listing
from analytics_ingest.extract.windows.window_filter import WindowFilter


class JobListing:
    """A job whose result opens listings. Its arguments are those of an `Opening`."""

    @staticmethod
    def precedes(opening: Opening) -> bool:
        """Return whether a listing is opened by a job that has not been run."""
        return opening.template.job is not None and CREATION_RESPONSE not in opening.bindings

    def __init__(
        self,
        template: ListingTemplate,
        bindings: Mapping[str, Any],
        inherited: Sequence[Mapping[str, Any]],
        window_filter: WindowFilter,
    ) -> None:
        if template.job is None:
            raise ValueError(f"{template.place}: no job is declared")
        self.template = template
        self.bindings = bindings
        self.number = number_listing(bindings)
        self.ended = False
        self._job: JobTemplate = template.job
        self._inherited = inherited
        self._window_filter = window_filter
        self._openings: list[Opening] = []
        self._result: Mapping[str, Any] = {}
        """Its bindings and its responses, if it is completed."""

    def build_api_request(self) -> ApiRequest:
        """Build the request that creates the job."""
        return self._job.build_request("create", self.bindings, self._window_filter)

    def build_delete_request(self) -> ApiRequest:
        """Build the request that deletes the job."""
        return self._job.build_request("delete", self._result, self._window_filter)

    @property
    def may_be_deleted(self) -> bool:
        """Whether the job is completed, and its deletion is declared."""
        return bool(self._result) and self._job.has_request("delete")

    def run(self, client: ApiClient, create: ApiRequest) -> JobResult:
        """Run the job until it has ended, in the thread of its first request."""
        return JobRun(self._job, create, self.bindings, self._window_filter).run(client)

    def accept(self, result: JobResult) -> Page:
        """Take the result of the job; `take_openings` gives what is to be downloaded."""
        self.ended, self._result = True, result.bindings
        template, resource = self.template, self.template.resource
        self._openings = [
            Opening(template, bindings, self._inherited, self._window_filter)
            for bindings in result.targets
        ]
        message = f"{resource.api}.{resource.name}: {result.message}"
        parent = [*self._inherited] if result.is_ignored else []
        return Page(resource.name, [], is_ignored=result.is_ignored, parent=parent, message=message)

    def accept_error(self, error: ApiError) -> Page:
        """Raise the error of a request of the job.

        Raises:
            ApiError: Always; a job that fails has no rows.
        """
        raise error

    def take_openings(self) -> list[Opening]:
        """Remove and return the listings of the job's targets."""
        openings, self._openings = self._openings, []
        return openings

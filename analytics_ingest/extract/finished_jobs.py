"""Deletes the jobs of a load whose rows are all read, where that is declared."""

from collections.abc import Container
from functools import partial

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.log import LogLine
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.job_listing import JobListing
from analytics_ingest.extract.request_queue import RequestQueue


class FinishedJobs:
    """The jobs of a load that are completed and not deleted yet."""

    def __init__(self, queue: RequestQueue, client: ApiClient) -> None:
        self._queue, self._client = queue, client
        self._jobs: list[JobListing] = []

    def note(self, job: JobListing) -> None:
        """Note a job that has ended."""
        if job.may_be_deleted:
            self._jobs.append(job)

    def delete_all(self, failed: Container[str], log: LogLine) -> None:
        """Delete the completed jobs.

        Args:
            failed: Resources that could not be read; their jobs stay.
            log: Called with a line about each that could not be deleted.
        """
        jobs = [job for job in self._jobs if job.template.resource.name not in failed]
        self._jobs.clear()
        for problem in self._queue.run(partial(self._delete, job) for job in jobs):
            if problem:
                log(problem)

    def _delete(self, job: JobListing) -> str:
        try:
            self._client.send(job.build_delete_request())
        except ApiError as error:
            return f"a job was not deleted: {error}"
        return ""

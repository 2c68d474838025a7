"""The headers of CSV: all that tells a page from a message in its place."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.decoders.csv_headers import find_difference
from analytics_ingest.extract.http.response import ApiResponse

_OF_TABLES = (
    *("text/csv", "text/x-csv", "text/comma-separated-values", "text/tab-separated-values"),
    *("application/csv", "application/x-csv", "application/vnd.ms-excel"),
)


class HeaderChecks:
    """The checks of a resource's listings."""

    def __init__(self, resource: ResourceDeclaration) -> None:
        self._resource = resource
        self._of_jobs: dict[int, HeaderCheck] = defaultdict(partial(HeaderCheck, resource))

    def get(self, bindings: Mapping[str, Any]) -> "HeaderCheck":
        """Get the check of one listing; the files of a job share one, because they are a table."""
        if self._resource.endpoint.job is None:
            return HeaderCheck(self._resource)
        of_job = {name: value for name, value in bindings.items() if name != JOB_ROOTS[-1]}
        return self._of_jobs[hash(repr(of_job))]


class HeaderCheck:
    """Checks the headers of the pages of one table."""

    def __init__(self, resource: ResourceDeclaration) -> None:
        self._resource = resource
        self._decoder = resource.endpoint.decoder or Decoder()
        self._first: list[str] | None = None

    def find_problem(self, body: Any, response: ApiResponse) -> str | None:
        """Return why a body is not a page of a table; None if it is, or is something else."""
        header = response.table_header
        if header is None:
            return None
        if self._first is None:
            if not body and not self._is_header(header, response.headers.get("Content-Type")):
                return _MESSAGE
            self._first = header
        if difference := find_difference(self._decoder, self._first, header):
            return (
                f"the first line {difference} the header of the first page, so one of them may be "
                "a row or a message; check that every page has the header of the same table"
            )
        return None

    def _is_header(self, header: list[str], content_type: str | None) -> bool:
        """Return whether the only line of a body is a header, as any line is for CSV."""
        kind = (content_type or "").partition(";")[0].strip().lower()
        key, names = self._resource.primary_key, set(map(to_snake_case, header))
        if kind in _OF_TABLES and (self._decoder.columns or not key or self._has_steps):
            return True
        cursor = [self._resource.incremental.cursor_path] if self._resource.incremental else []
        known = key if kind in _OF_TABLES else (*key, *cursor, *self._resource.fields)
        return not names.isdisjoint(map(to_snake_case, (*known, *self._decoder.columns)))

    @property
    def _has_steps(self) -> bool:
        """Whether the columns that are declared may be made of others."""
        return bool(self._resource.declared.processing_steps)


_MESSAGE = (
    "the response is one line, and none of its values is the name of a declared column, so it "
    "may be a message; check the path and the key. If it is a header, declare its columns in "
    "schema.yaml, or decoder.columns"
)

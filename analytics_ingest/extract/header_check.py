"""The headers of CSV: all that tells a page from a message in its place."""

from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.decoders.empty_table import EmptyTable
from analytics_ingest.extract.http.response import ApiResponse

_OF_TABLES = (
    *("text/csv", "text/x-csv", "text/comma-separated-values", "text/tab-separated-values"),
    *("application/csv", "application/x-csv", "application/vnd.ms-excel"),
)


class HeaderCheck:
    """Checks the headers of the pages of one listing."""

    def __init__(self, resource: ResourceDeclaration) -> None:
        self._resource = resource
        decoder = resource.endpoint.decoder
        self._columns = decoder.columns if decoder else []
        self._first: list[str] | None = None

    def find_problem(self, body: Any, response: ApiResponse) -> str | None:
        """Return why a body is not a page of a table; None if it is, or is something else."""
        header, content_type = response.replaced_header, response.headers.get("Content-Type")
        if header is not None and self._first not in (None, header):
            return (
                "the first line differs from the header of the first page, so it may be a row or "
                "a message; check that every page has the same header"
            )
        is_known = header is not None and header == self._first
        is_header = is_known or not isinstance(body, EmptyTable)
        if not is_header and not self._is_header(body.header, content_type):
            return _MESSAGE
        self._first = self._first or header
        return None

    def _is_header(self, header: list[str], content_type: str | None) -> bool:
        """Return whether the only line of a body is a header, as any line is for CSV."""
        kind = (content_type or "").partition(";")[0].strip().lower()
        key, names = self._resource.primary_key, set(map(to_snake_case, header))
        if kind in _OF_TABLES and (self._columns or not key or self._has_steps):
            return True
        cursor = [self._resource.incremental.cursor_path] if self._resource.incremental else []
        known = key if kind in _OF_TABLES else (*key, *cursor, *self._resource.fields)
        return not names.isdisjoint(map(to_snake_case, (*known, *self._columns)))

    @property
    def _has_steps(self) -> bool:
        """Whether the columns that are declared may be made of others."""
        return bool(self._resource.declared.processing_steps)


_MESSAGE = (
    "the response is one line, and none of its values is the name of a declared column, so it "
    "may be a message; check the path and the key. If it is a header, declare its columns in "
    "schema.yaml, or decoder.columns"
)

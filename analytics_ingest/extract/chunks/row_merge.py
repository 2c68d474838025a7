"""Merges the rows of a page's chunks: each holds some of the fields of every row.

The rows of the first response stay where they are, so that all else in its body does. Objects are
merged field by field; of two values of a field the later one stays, unless it is null.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.lazy_list import to_plain
from analytics_ingest.extract.chunks.chunk_errors import build_chunk_error
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.processing.merge_keys import MergeKeys


class RowMerge:
    """The rows of one page, merged by their keys.

    Args:
        keys: Reads the keys.
        first: The response to the request with the first chunk; its rows are changed.
        chunk: The fields of the first chunk.
    """

    def __init__(
        self, listing: Listing, keys: MergeKeys, first: ApiResponse, chunk: Sequence[str]
    ) -> None:
        self._chunk = frozenset(chunk)
        template = listing.template
        self._listing, self._keys = listing, keys
        self._variables = template.request_template.build_variables(
            listing.bindings, listing.window_filter.bounds
        )
        first.body = to_plain(first.body)
        self._selector = listing.selector or template.detect_selector(first.body, listing.bindings)
        rows = self._selector.read_rows(first.body)
        self.problem = self._find_error(first.body, rows)
        """Why the first response is not a page of rows; None if it is."""
        self._rows = {} if self.problem else self._index(rows)

    def add(self, response: ApiResponse, chunk: Sequence[str]) -> bool:
        """Add the rows of another chunk; return whether these are the same rows.

        Args:
            chunk: The fields that the response was asked for.

        Raises:
            ApiError: It is not a page of rows of these fields, or its rows have no distinct keys.
        """
        body = to_plain(response.body)
        rows = self._selector.read_rows(body)
        if problem := self._find_error(body, rows):
            raise ApiError(f"{self._listing.template.place}: {problem}")
        names = {name for row in rows for name in _list_names(row)}
        if names & self._chunk.difference(chunk) and not names & {*chunk} - self._chunk:
            raise self._build_error(
                "the API returned the fields of another request; declare a paginator whose "
                "requests name the fields"
            )
        others = self._index(rows)
        if others.keys() != self._rows.keys():
            return False
        for key, row in others.items():
            merge(self._rows[key], row)
        return True

    def _find_error(self, body: Any, rows: list[Any]) -> str | None:
        listing = self._listing
        return listing.template.find_error(body, self._selector, rows, listing.bindings)

    def _index(self, rows: list[Any]) -> dict[str, dict[str, Any]]:
        """Return the rows of a page by their keys."""
        by_key: dict[str, dict[str, Any]] = {}
        for row in rows:
            key = self._keys.read(row, self._variables)
            if key is None:
                raise self._build_error(
                    "a row lacks it; add it to always, or declare in merge_by what every row has"
                )
            if key in by_key:
                raise self._build_error(
                    "two rows of a page have the same; declare in merge_by what tells rows apart"
                )
            by_key[key] = row
        return by_key

    def _build_error(self, problem: str) -> ApiError:
        names = ", ".join(self._keys.names)
        return build_chunk_error(
            self._listing, f"rows of chunks are merged by {names}, and {problem}"
        )


def _list_names(row: Any) -> Iterator[str]:
    """Yield the names of the fields of a row, and of the objects in it."""
    for name, value in row.items() if isinstance(row, Mapping) else ():
        yield name
        yield from value if isinstance(value, Mapping) else ()


def merge(row: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Add the fields of another row to a row."""
    for name, value in other.items():
        known = row.get(name)
        if isinstance(known, dict) and isinstance(value, Mapping):
            merge(known, value)
        elif value is not None or name not in row:
            row[name] = value

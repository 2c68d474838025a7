"""Stops listings that would never end: repeated requests or pages, pages without a new row."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from requests import Request

from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.row_keys import RowKeys

MAX_PAGES_WITHOUT_NEW_ROWS = 100
"""Pages in a row without a new row, after which a listing without `max_pages` fails."""


class LoopGuard:
    """The requests and pages of one listing so far.

    Args:
        place: The resource and its request, for errors.
        keys: The keys of the rows of each page.
        max_pages: The declared maximum, if there is one.
    """

    def __init__(self, place: str, keys: RowKeys, max_pages: int | None) -> None:
        self.pages = 0
        self._place = place
        self._keys = keys
        self._max_pages = max_pages
        self._requests: set[str] = set()
        self._last_request = ""
        self._last_rows: list[Any] = []
        self._last_items: list[Any] = []
        self._seen: set[int] = set()
        self._without_new_rows = 0

    def check_request(self, request: str, *, may_repeat: bool = False) -> None:
        """Note a request that is about to be sent.

        Args:
            request: Its fingerprint.
            may_repeat: Whether it may be the same as the last one: new rows show that it advances.

        Raises:
            PagingError: It has been sent before.
        """
        is_same = request == self._last_request
        if request in self._requests and not (is_same and may_repeat):
            hint = (
                ". If the API keeps its cursor and ends with an empty page, declare "
                "stop_after_empty_page: true"
            )
            problem = f"the paginator repeats a request after page {self.pages}"
            raise self._build_error(problem, hint if is_same else "")
        self._requests.add(request)
        self._last_request = request

    def is_repeated(self, rows: list[Any], items: list[Any], *, is_counted: bool) -> bool:
        """Return whether a page holds the same rows as the one before it, or the same without any.

        Args:
            items: What the API counts: some of them may hold rows.
            is_counted: Pages are asked for by their position: rows with the same keys are the same
                ones. What a cursor leads to may be newer versions of them.
        """
        is_same = rows == self._last_rows if rows else bool(items) and items == self._last_items
        return is_same or (is_counted and self._keys.are_of_last_page(rows))

    def describe_repeated_page(self, parameter: str, unread: str, problem: str = "") -> PagingError:
        """Return the error for a page that repeats the one before it.

        Args:
            parameter: What asks for a page by its position; empty where nothing does.
            unread: Declared keys that no page has had.
            problem: What is known besides, if the page is not quite the same.
        """
        if problem:
            return PagingError(f"{self._place}: {problem}")
        hint = f". Besides, {unread} is on no page" if unread else ""
        if self.pages > 2 or not parameter:
            return self._build_error(f"page {self.pages} repeats page {self.pages - 1}", hint)
        return PagingError(
            f"{self._place}: page 2 repeats page 1, so the API does not read {parameter}; compare "
            "the paginator's keys with the API's manual, or declare paginator: single_page if the "
            f"listing has one page only{hint}"
        )

    def note(self, rows: list[Any], items: list[Any], *, is_known: bool = False) -> None:
        """Note the rows of a page, and what the API counts.

        Args:
            is_known: Whether the rows of the page before are these.
        """
        self._last_rows, self._last_items = rows, items
        self._keys.note(rows)
        identity = hash(self._identify(rows))
        has_new_rows = bool(rows) and identity not in self._seen and not is_known
        self._without_new_rows = 0 if has_new_rows else self._without_new_rows + 1
        self._seen.add(identity)

    def check_further_page(self, idle_pages: int) -> None:
        """Check that one more page may be requested.

        Args:
            idle_pages: Pages that do not count, as one that may only show that the last one was the
                end.

        Raises:
            PagingError: There are more pages than `max_pages`, or no new rows for too long.
        """
        if self._max_pages is None:
            if self._without_new_rows >= MAX_PAGES_WITHOUT_NEW_ROWS:
                count = MAX_PAGES_WITHOUT_NEW_ROWS
                hint = (
                    ". If an empty page ends the listing, declare stop_after_empty_page: true, for "
                    "links with type: cursor"
                )
                problem = f"{count} pages in a row, up to page {self.pages}, hold no new row"
                raise self._build_error(problem, "" if self._last_rows else hint)
        elif self.pages - idle_pages >= self._max_pages:
            raise PagingError(
                f"{self._place}: the listing is longer than max_pages: {self._max_pages}; raise "
                "max_pages, or check the paginator's keys"
            )

    def _identify(self, rows: list[Any]) -> str:
        """Return what identifies a page: its first and last key or, without a key, all its rows."""
        ends = [row for row in (*rows[:1], *rows[-1:]) if isinstance(row, dict)]
        keys = [row.get(name) for row in ends for name in self._keys.primary_key]
        return compute_digest(rows) if not keys or None in keys else repr((len(rows), keys))

    def _build_error(self, problem: str, hint: str = "") -> PagingError:
        return PagingError(
            f"{self._place}: {problem}, so the listing would never end; check the paginator's keys"
            f"{hint}"
        )


def compute_digest(values: Iterable[Any]) -> str:
    """Compute a short text that differs between different values."""
    digest = hashlib.sha256()
    for value in values:
        digest.update(repr(value).encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def compute_fingerprint(request: Request) -> str:
    """Compute a text that differs between the requests of a listing's pages."""
    return json.dumps(
        [request.url, request.params, request.json, request.data], sort_keys=True, default=str
    )

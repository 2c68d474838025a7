"""The pages of a workload, serialised before anyone asks: request target → HTTP answer."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.rows import PAGE, serialised
from benchmarks.workloads import Listing, Workload

SINCE = "updated_since"
"""Query parameter that leaves out rows updated earlier."""


class Pages:
    """The answers of one listing, by offset."""

    def __init__(self, rows: Iterable[dict[str, Any]], *, filtered: bool) -> None:
        remaining = iter(rows)
        self._answers: list[bytes] = []
        self._count = 0
        self._rows: list[dict[str, Any]] = []
        while page := list(islice(remaining, PAGE)):
            self._answers.append(_answer(serialised(page)))
            self._count += len(page)
            if filtered:
                self._rows += page
        self._moments = [_read(row["updated_at"]) for row in self._rows]
        self._filtered: dict[str, Pages] = {}

    def answer(self, offset: int, since: str | None) -> bytes:
        """The page that begins at an offset, of the rows not older than a moment."""
        if since is not None:
            return self._since(since).answer(offset, None)
        if offset >= self._count:
            return _EMPTY
        number, rest = divmod(offset, PAGE)
        return _status("400 Bad Request") if rest else self._answers[number]

    def _since(self, since: str) -> "Pages":
        if since not in self._filtered:
            first = bisect_left(self._moments, _read(since))
            self._filtered[since] = Pages(self._rows[first:], filtered=False)
        return self._filtered[since]


class Answers:
    """All answers of a workload."""

    def __init__(self, workload: Workload, new_on: str | None) -> None:
        self._pages: dict[str, Pages] = {}
        for listing in workload.listings:
            rows = workload.rows_of(listing, new_on)
            for path in _paths(listing):
                page = rows if listing.parent is None else islice(rows, listing.rows)
                self._pages[path] = Pages(page, filtered=workload.new_rows > 0)

    def answer(self, target: str) -> bytes:
        """The answer to a request: a page, or the status of a request that makes no sense."""
        path, _, query = target.partition("?")
        params = dict(parse_qsl(query))
        if path not in self._pages:
            return _status("404 Not Found")
        if params.get("limit", str(PAGE)) != str(PAGE):
            return _status("400 Bad Request")
        return self._pages[path].answer(int(params.get("offset", 0)), params.get(SINCE))


def _paths(listing: Listing) -> list[str]:
    if listing.parent is None:
        return [f"/{listing.table}"]
    ids = range(1, listing.parent.rows + 1)
    return [f"/{listing.parent.table}/{id_}/{listing.table}" for id_ in ids]


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment.replace("Z", "+00:00"))


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def _status(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


_EMPTY = _answer(serialised([]))

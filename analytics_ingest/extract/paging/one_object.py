"""Pages that are one object each: is the next one the same object again?

An API that does not read the position sends its only object for each of them, perhaps with what it
was sent or the time in it. By its key it is the same row; without one, if nothing else has changed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics_ingest.common.lazy_list import to_plain
from analytics_ingest.extract.paging.listing_evidence import ListingEvidence
from analytics_ingest.extract.paging.object_changes import Change, Sent, find_changes
from analytics_ingest.extract.paging.resource_evidence import ResourceEvidence
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.counted import Counted


@dataclass(frozen=True)
class _Page:
    row: dict[str, Any]
    position: int
    moment: float


class OneObject:
    """The last page of one listing, if it is one object, and what the one after it shows.

    Args:
        paginator: The listing's own.
        evidence: That of the pages that are noted, so not of one that comes again.
        primary_key: The declared one.
    """

    def __init__(
        self,
        paginator: Paginator,
        evidence: ListingEvidence,
        shared: ResourceEvidence,
        primary_key: Sequence[str],
    ) -> None:
        self.came_again = self.is_known = False
        """The last page is the object of the one before; without a key it has no other values."""
        self.problem = ""
        """Why the object that came again is not the same row."""
        self._paginator = paginator
        self._counted = paginator if isinstance(paginator, Counted) else None
        self._evidence, self._shared, self._primary_key = evidence, shared, primary_key
        self._last: _Page | None = None
        self._is_explained = False
        """Without a key, it has other values that may be what was sent, or the time."""
        self._others: list[str] = []
        """Fields that have other values in the object that came again."""

    @property
    def is_open(self) -> bool:
        """Whether the last page is one object: nothing in it is counted, so it proves no end."""
        return self._last is not None

    @property
    def is_only(self) -> bool:
        """Whether it is the only page."""
        return self._last is not None and self._evidence.pages == 1

    def note(self, body: Any, rows: Sequence[Any]) -> bool:
        """Note a page, before the paginator reads it; return whether it is the last object again.

        Without a key, pages that count themselves may be alike: these are the same only where no
        other object has come.
        """
        before, self._last = self._last, self._read(body, rows)
        self.came_again, self.is_known, self.problem = False, False, ""
        self._is_explained = False
        if before is None or self._last is None:
            return False
        is_same_key = self._compare_keys(before.row, self._last.row)
        if is_same_key is False:
            return False
        changes = self._list_changes(before, self._last)
        if is_same_key:
            self.problem = _describe_parts(changes)
            # With fewer elements it is another page of what the first one has in full.
            others = (one for one in changes if not isinstance(one.before, (list, dict)))
            self._others = sorted({one.name for one in others})
        else:
            self.is_known = not changes
            self._is_explained = self.is_known and before.row != self._last.row
        self.came_again = is_same_key or (self.is_known and self._evidence.pages == 1)
        return self.came_again

    def may_end(self) -> bool:
        """Return whether the object that came again ends the listing, and warn of any doubt."""
        evidence, size = self._evidence, self._paginator.page_size
        is_full = evidence.count >= size if size else evidence.pages > 1
        says_more = evidence.flag or evidence.total_says_more()
        if not self.came_again or self.problem or is_full or says_more:
            return False
        again, remedy = "the next page is the same row again", "paginator: single_page"
        if self._others:
            names = ", ".join(self._others)
            doubt = (
                f"{again}, with other values of {names}; declare {remedy}, or correct primary_key"
            )
            self._shared.warn("object", doubt)
        elif self._is_explained:
            doubt = f"{again}, but for what may be its position or the time"
            self._shared.warn("object", f"{doubt}; declare {remedy}, or primary_key")
        elif name := self._find_full_list():
            doubt = f"{again}, but its list {name} is as long as a page: there may be more of it"
            self._shared.warn("object", f"{doubt}; declare data_selector: {name}, or {remedy}")
        else:
            self._shared.note(f"{again}; {remedy} spares that request")
        return True

    def _read(self, body: Any, rows: Sequence[Any]) -> _Page | None:
        counted = self._counted
        if counted is None or not isinstance(body, dict) or len(rows) != 1:
            return None
        row = rows[0]
        is_row = isinstance(row, dict) and row == to_plain(body)
        return _Page(row, counted.position, time.monotonic()) if is_row else None

    def _compare_keys(self, before: dict[str, Any], row: dict[str, Any]) -> bool | None:
        """Return whether two rows have the same key; None if the API does not send all of it."""
        keys = [[one.get(name) for name in self._primary_key] for one in (before, row)]
        is_whole = bool(self._primary_key) and not any(None in key for key in keys)
        return keys[0] == keys[1] if is_whole else None

    def _list_changes(self, before: _Page, page: _Page) -> list[Change]:
        """List what has changed, except what was sent, and the time."""
        param = self._paginator.position_param.rpartition(".")[2]
        seconds = page.moment - before.moment
        sent = Sent(param, before.position, page.position, seconds)
        return [one for one in find_changes(before.row, page.row) if not sent.explains(one)]

    def _find_full_list(self) -> str:
        row, size = self._last.row if self._last else {}, self._paginator.page_size
        return next((n for n, v in row.items() if isinstance(v, list) and len(v) == size), "")


def _describe_parts(changes: Sequence[Change]) -> str:
    """Say which parts of the row are other ones; empty if none are."""
    names = list(dict.fromkeys(change.name for change in changes if change.is_part))
    if not names:
        return ""
    return (
        f"the next page is a row with the same key and another part of {', '.join(names)}, which "
        f"would replace the first; declare data_selector: {names[0]}, or paginator: single_page if "
        "each response has all of it"
    )

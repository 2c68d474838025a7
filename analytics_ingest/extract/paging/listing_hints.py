"""The hints of the last page of a listing, read when they are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics_ingest.extract.paging.usual_names import Hints, find_next, read_hints


class ListingHints:
    """What the last page says by usual names.

    An empty page that says nothing does not contradict the page before it, so its hints still hold.
    """

    def __init__(self) -> None:
        self.body: Any = None
        """The last page, without its raw content."""
        self._headers: Mapping[str, str] = {}
        self._rows: Sequence[Any] = ()
        self._before = Hints()
        self._hints: Hints | None = Hints()

    @property
    def is_body_empty(self) -> bool:
        """Whether the last page holds no row, total or flag: so some APIs end a listing."""
        return self.body in ({}, [], None)

    def note(self, body: Any, headers: Mapping[str, str], rows: Sequence[Any]) -> None:
        """Note a page."""
        self._before = Hints() if rows else self.read()
        self.body, self._headers, self._rows, self._hints = body, headers, rows, None

    def read(self) -> Hints:
        """Read the hints of the last page."""
        if self._hints is None:
            hints = read_hints(self.body, self._headers, self._rows)
            self._hints = hints if self._rows or not hints.are_empty else self._before
        return self._hints

    def find_next(self) -> str | None:
        """Return where the last page names a next one, wherever that is."""
        return find_next(self.body, self._headers)

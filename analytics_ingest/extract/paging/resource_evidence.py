"""What the pages of all listings of a resource have shown: one listing answers for the others.

`Ending` notes here what it sees. When the resource is read, `problem`, `messages` and `conclude`
say what its pages have never had, and which contradictions there were, one of each kind.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.window import Window
from analytics_ingest.extract.paging.evidence import Evidence, EvidenceReader
from analytics_ingest.extract.paging.listing_hints import ListingHints
from analytics_ingest.extract.paging.page_0 import PageZero
from analytics_ingest.extract.paging.page_sizes import PageSizeEvidence
from analytics_ingest.extract.paging.row_keys import RowKeys
from analytics_ingest.paginators.base import Paginator

if TYPE_CHECKING:
    from requests import Response


class ListingId(NamedTuple):
    """What tells a listing from the others of its resource, for a probe."""

    bindings: Mapping[str, Any]
    window: Window


class ResourceEvidence:
    """The evidence that a resource's listings share."""

    def __init__(self, keys: Keys) -> None:
        self.reader = EvidenceReader(keys)
        self.sizes = PageSizeEvidence()
        self.is_total_credible = False
        """A total has differed from the rows of its page: it does not count these."""
        self.is_total_right = self.is_total_refuted = False
        """Nothing has followed a total that was met, or rows have."""
        self.was_cut = self.has_shifted = False
        """A listing may have ended before its last row; rows have moved between its pages."""
        self.has_page_0 = self.begins_at_one = False
        """Page 0 has had rows; it was refused, and page 1 had some: where no first is declared."""
        self.ended_at_page_0: list[tuple[ListingId, PageZero]] = []
        """Some listings of which only page 0 was read, where no first is declared."""
        self.without_page_0: dict[tuple[bool, bool], ListingId] = {}
        """Listings read from page 1: whether page 0 was refused, whether page 1 had rows → one."""
        self.has_gaps = False
        """Elements of a list that should hold rows had no place for them."""
        self.has_pages = False
        """A listing has several pages, between which rows may move without a sign of it."""
        self.warnings: dict[str, str] = {}
        """Kind of contradiction → the first of it, as a sentence; empty if it is refuted."""
        self._notes: dict[str, None] = {}
        self._has_rows = False
        self._names_next = False
        self._next_path = self._next_elsewhere = ""
        self._is_cut_full = False
        self._expects_next = self._is_next_undeclared = False

    def read(self, response: "Response", rows: Sequence[Any], count: int) -> Evidence:
        """Read a page.

        Args:
            rows: What the selector matches.
            count: How many of them the API counts.

        Raises:
            PagingError: A declared key holds something else.
        """
        evidence = self.reader.read(response, rows, count)
        self.sizes.note_page(count)
        self._has_rows |= count > 0
        if evidence.total and evidence.total.number != count:
            self.is_total_credible = True
        return evidence

    @property
    def trusts_total(self) -> bool:
        """Whether a total that is met ends a listing, even at the end of a full page."""
        return self.is_total_right and not self.is_total_refuted

    def warn(self, kind: str, sentence: str) -> None:
        """Note a contradiction, unless there was one of its kind."""
        self.warnings.setdefault(kind, sentence)

    def warn_if(self, kind: str, sentence: str) -> None:
        """Note a contradiction; an empty sentence means that there is none."""
        if sentence:
            self.warn(kind, sentence)

    def withdraw(self, kind: str) -> None:
        """Note that a contradiction of a kind is refuted, in all listings."""
        self.warnings[kind] = ""

    def note_keys(self, keys: RowKeys, rows: int, total: int | None, *, is_counted: bool) -> None:
        """Note the keys of a listing that has ended; the arguments are those of `problem`."""
        self.has_shifted |= keys.has_repeated
        self.warn_if("keys", keys.find_problem(rows, total, is_counted=is_counted))

    def note(self, sentence: str) -> None:
        """Note what is worth a line in the log, once."""
        self._notes[sentence] = None

    def note_next(self) -> None:
        """Note that a page has the place where it names the next one."""
        self._names_next = True

    def note_last_page(self, paginator: Paginator, hints: ListingHints, *, is_full: bool) -> None:
        """Note the last page of a listing, which may lack the place that names the next one.

        Args:
            hints: Its own: another place may name a next page.
            is_full: Whether the page had as many rows as were asked for.
        """
        if paginator.has_next_path is not False and not paginator.expects_next:
            return
        self._next_path = paginator.next_path
        self._next_elsewhere = self._next_elsewhere or hints.find_next() or ""
        self._is_cut_full |= is_full
        if paginator.expects_next:
            self._expects_next = True
            self._is_next_undeclared = not paginator.is_next_path_declared

    @property
    def unread(self) -> str:
        """The declared keys that no page with rows had; empty if there are none."""
        return " and ".join(sorted(self.reader.unread)) if self._has_rows else ""

    def find_problem(self) -> str:
        """Return why the listings may not have been read to their end, or empty."""
        if self._is_next_undeclared and not self._names_next:
            return (
                f"stop_condition says that there is another page, but {self._next_path}, the "
                "default, is on no page; declare paginator.cursor_path, where the next cursor is"
            )
        keys = self.unread
        return f"{keys} is on no page; correct it, or remove it" if keys else ""

    def list_messages(self) -> list[str]:
        """Return what is worth a line in the log once all pages are read."""
        lines = [*self._notes]
        lines += [
            f"{key} was {number}, which is not a total; listings ended at an empty or short page"
            for key, number in self.reader.sentinels.items()
        ]
        if self._next_path and not self._names_next and not self._doubt_of_next():
            lines.append(f"{self._next_path} is on no page, so each listing ended at its first")
        return lines

    def conclude(self) -> list[str]:
        """Return all warnings, once all pages are read."""
        if not self._names_next and (doubt := self._doubt_of_next()):
            self.warn("next", doubt)
        return [*filter(None, self.warnings.values())]

    def _doubt_of_next(self) -> str:
        unnamed = f"{self._next_path} is on no page" if self._next_path else ""
        if self._next_elsewhere:
            return (
                f"{unnamed or 'the listing ends after this page'}, but the answer names a next one "
                f"at {self._next_elsewhere}; declare a paginator that follows it"
            )
        if unnamed and self._expects_next:
            doubt = "though stop_condition says that there is another; correct one of them"
            return f"{unnamed}, {doubt}"
        if unnamed and self._is_cut_full:
            return f"{unnamed}, though a page had as many rows as were asked for; correct the path"
        return ""

"""The evidence of one listing: what its pages, up to the last one read, say of its end.

`Ending` asks three questions of it: does the total say that there is more, does anything, and does
anything say that all is read. A total may be where a server stops counting, or count the page.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analytics_ingest.extract.paging.evidence import (
    Claim,
    Total,
    compare_with_either,
    describe_doubt,
)
from analytics_ingest.extract.paging.first_page_number import build_uncounted_error
from analytics_ingest.extract.paging.listing_hints import ListingHints
from analytics_ingest.extract.paging.resource_evidence import ResourceEvidence
from analytics_ingest.extract.paging.stated_totals import StatedTotals
from analytics_ingest.extract.paging.usual_names import LAST
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.counted import Counted

if TYPE_CHECKING:
    from requests import Response


class ListingEvidence:
    """What is known after each page.

    Args:
        paginator: The listing's own; it has read a page before the page is noted here.
        shared: What all listings of the resource have shown.
    """

    def __init__(self, paginator: Paginator, shared: ResourceEvidence) -> None:
        self.pages = self.rows = self.count = 0
        """Pages, their rows, and the rows of the last one."""
        self.hints = ListingHints(paginator)
        self._paginator = paginator
        self._counted = paginator if isinstance(paginator, Counted) else None
        self._position = self._counted.position if self._counted else 0
        """After the last page that had rows."""
        self._skipped = self._position - (self._counted.base_index if self._counted else 0)
        self._shared = shared
        self.flag: bool | None = None
        self.total: Total | None = None
        self._totals = StatedTotals()
        self.is_total_met = False
        """The total of the last page equals what was read."""
        self._is_total_reached = False
        self._was_promised = self._was_shorter = False
        """The flag of the last page with rows was true; it had fewer rows than others."""

    def note(self, response: "Response", rows: Sequence[Any], count: int) -> None:
        """Note a page.

        Args:
            rows: What the selector matches.
            count: How many of them the API counts.
        """
        followed, was_met = self.total if self._is_total_reached else None, self.is_total_met
        self._was_promised = self.flag is True if self.count else self._was_promised
        if count and self.flag is False:
            self._shared.warn(
                "flag", f"{self._shared.reader.flag_key} was false on a page that others follow"
            )
        self.pages, self.rows, self.count = self.pages + 1, self.rows + count, count
        self.hints.note(response, rows)
        if count and self._counted:
            self._position = self._counted.position
        evidence = self._shared.read(response, rows, count)
        self.flag, self.total = evidence.flag, evidence.total
        self._was_shorter = self.is_shorter if count else self._was_shorter
        if self.total:
            self._totals.note(self.total)
        self._shared.has_shifted |= self._totals.have_changed
        # Of nothing but an empty page a total of one page seems to be met.
        total = self.total if self.rows else None
        self._is_total_reached = total is not None and not self._says_more(total)
        self.is_total_met = total is not None and self._is_met(total)
        if followed and count:
            self._note_rows_after(followed, was_met=was_met)
        elif was_met:
            self.note_nothing_after()
        if self.pages == 1 and count and self._counted and not self._skipped:
            self._warn_of_earlier(self._counted)

    @property
    def is_short(self) -> bool:
        """Whether the last page has fewer rows than were asked for."""
        return self.count < (self._paginator.page_size or 0)

    @property
    def is_shorter(self) -> bool:
        """The same; where no size is known or pages are cut, whether it has fewer than another."""
        return self._shared.sizes.is_shorter(self.count, self._paginator.page_size)

    def total_says_more(self) -> bool | None:
        """Return whether the total says that there is more; None if it is not certain."""
        total = self.total
        says_more = self._says_more(total) if total else None
        return None if total and says_more is False and not self._may_end(total) else says_more

    def find_least_rows(self) -> int | None:
        """Find the least total of rows that the pages have stated; None if there is none."""
        least = self._totals.find_smallest()
        return (
            least.number if least and (least.unit == "rows" or least.number > self.pages) else None
        )

    def doubt_of_refusal(self, *, is_fault: bool) -> str:
        """Return why the refusal of the next page may not mean the end; empty if it does."""
        return describe_doubt(self.total, is_fault=is_fault, may_be_limit=self.total_may_be_limit)

    @property
    def total_may_be_limit(self) -> bool:
        """Whether the server may have stopped counting, and the page is not shorter than others."""
        return self.total is not None and self.total.may_be_limit and not self.is_shorter

    def is_beyond(self, pages: int) -> bool:
        """Return whether the page `pages` after the next one is past the total."""
        counted, total = self._counted, self.total
        if counted is None or total is None or not total.is_exact:
            return False
        is_past = counted.position + pages * counted.step - counted.base_index >= total.number
        if total.unit != "either" or self._count_rows() > total.number:
            return is_past
        return is_past or self._count_rows() + pages * self._shared.sizes.longest >= total.number

    def claims(self) -> Iterator[Claim]:
        """Yield everything that says that there is more than was read."""
        may_ask = self._counted is not None
        if self.flag:
            yield Claim("flag", f"{self._shared.reader.flag_key} is true", is_fatal=not may_ask)
        elif self.flag is None and not self.count and self._was_promised:
            yield Claim("flag", f"{self._shared.reader.flag_key} was true on the page before it")
        if self.flag is False and self._shared.reader.flag_name in LAST:
            yield Claim("flag", "by its name it is true only on the last page", is_fatal=True)
        if (least := self._totals.find_smallest()) and self._is_unmet(least):
            is_fatal = least.is_declared and not may_ask
            yield Claim("total", f"{least.key} says {least.number}", is_fatal)
        elif may_ask and (fall := self._totals.describe_fall(self.rows)):
            yield Claim("fall", fall)
        yield from self.claims_by_usual_names()

    def claims_by_usual_names(self) -> Iterator[Claim]:
        """Yield the claims of keys that are not declared."""
        hints = self.hints.read()
        for name in () if self.flag else hints.promises:
            yield Claim("flag", f"{name} says that there is more")
        for total in self._find_hinted_totals():
            if self._is_unmet(total):
                yield Claim("total", f"{total.key} says {total.number}")

    def says_all_read(self) -> bool:
        """Return whether anything says that there is no more."""
        hints = self.hints.read()
        totals = [*self._find_hinted_totals(), *filter(None, [self.total])]
        is_absent = self.flag is None and bool(self._shared.reader.flag_key)
        is_last = self.flag is False or is_absent or bool(hints.denials)
        return is_last or any(self._is_met(total) for total in totals)

    def says_no_rows(self) -> bool:
        """Return whether a total is 0."""
        return any(
            total.number == 0 for total in (self.total, *self._find_hinted_totals()) if total
        )

    def note_nothing_after(self) -> None:
        """Note that no row follows a page whose total was met: it is one, unless it counts rows."""
        self._shared.is_total_right |= (
            len(self._totals.numbers) == 1 and self._shared.is_total_credible
        )

    def _note_rows_after(self, total: Total, *, was_met: bool) -> None:
        """Note that rows follow a page whose total was reached."""
        if self.total and total.number < self.total.number:  # They were added meanwhile.
            return
        self._shared.is_total_refuted |= was_met
        if self._paginator.is_base_open and total.unit == "pages":
            raise build_uncounted_error(total)
        problem = f"{total.key} says {total.number}, but more rows follow, so it is not the total; "
        if total.is_declared and total.is_exact:
            self._shared.warn("total", problem + "correct it, or declare total_path: null")
        elif self._counted and was_met:
            self._shared.note(problem + "total_path: null declares that")

    def _is_met(self, total: Total) -> bool:
        """Return whether a total is reached, for certain or by the rows that were read."""
        is_equal = total.unit != "pages" and self._count_rows() == total.number
        return is_equal or self._says_more(total) is False

    def _is_unmet(self, total: Total) -> bool:
        """Return whether a total says that there is more, or counts a page that was skipped."""
        return self._says_more(total) is True or self._counts_skipped_page(total)

    def _counts_skipped_page(self, total: Total) -> bool:
        counted = self._counted
        if counted is None or not counted.counts_pages or total.unit != "pages" or self.count:
            return False
        # After a short page an empty one: a base_page that is too high skipped the first.
        return self._was_shorter and self._position - counted.base_index < total.number

    def _says_more(self, total: Total) -> bool | None:
        """Compare a total with what was read; None where it must be something else."""
        pages, rows = self._count_pages(), self._count_rows()
        if total.unit == "either":
            return compare_with_either(total, pages, rows, is_short=self.is_shorter)
        passed = pages if total.unit == "pages" else rows
        return None if passed > total.number else passed < total.number

    def _may_end(self, total: Total) -> bool:
        """Return whether a total that is reached proves the end, without a request."""
        if not total.is_exact or self._totals.have_changed or self.total_may_be_limit:
            return False
        # At the end of a full page: what nobody declared may be a sum, and a last page the second.
        is_trusted = total.is_declared and not self._may_count_page(total)
        is_only = total.is_of_one_page(self.count) and "last" not in total.key.lower()
        is_open = self._paginator.is_base_open and total.unit != "rows" and not is_only
        return self.is_shorter or (not is_open and (self._shared.trusts_total or is_trusted))

    def _may_count_page(self, total: Total) -> bool:
        """Return whether a total may be the number of rows of its page."""
        may_count = self._paginator.asks_for_size and not self._shared.is_total_credible
        return may_count and total.unit != "pages" and total.number == self.count

    def _count_rows(self) -> int:
        if self._counted is None:
            return self.rows
        if self._counted.counts_pages:
            return self.rows + self._skipped * self._shared.sizes.longest
        return self._position

    def _count_pages(self) -> int:
        if self._counted and self._counted.counts_pages:
            return self._counted.position - self._counted.base_index
        return self.pages

    def _find_hinted_totals(self) -> list[Total]:
        """Find the totals by usual names, where no total was read by its own."""
        is_known = self._totals.last is not None or not self._shared.reader.reads_totals
        hints = self.hints.read()
        return [] if is_known else [*hints.totals, *(() if self._counted else hints.counts)]

    def _warn_of_earlier(self, counted: Counted) -> None:
        for name in self.hints.read().earlier[:1]:
            key = "base_page" if counted.counts_pages else "offset"
            problem = f"the first page that is requested says by {name} that one comes before it"
            self._shared.warn("begin", f"{problem}; correct {key}")

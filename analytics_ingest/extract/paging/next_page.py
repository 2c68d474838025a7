"""Whether a listing has another page: all evidence is weighed here, alike for all paginators.

A page may say so by its rows (none, or fewer than were asked for), a total, a flag, the link or
cursor of the next one.

A paginator that counts can always request one more page, which settles a doubt. Others stop when a
page names no next one.
"""

from analytics_ingest.extract.paging.first_page_number import FirstPageNumber
from analytics_ingest.extract.paging.listing_evidence import ListingEvidence
from analytics_ingest.extract.paging.one_object import OneObject
from analytics_ingest.extract.paging.page_sizes import Doubt
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.counted import Counted


class NextPage:
    """The page after the last one that was noted.

    Args:
        paginator: The listing's own; it has read the last page.
        evidence: That of the pages that are noted.
        stops_when_empty: What is declared, if anything is.
    """

    def __init__(
        self,
        paginator: Paginator,
        evidence: ListingEvidence,
        first_number: FirstPageNumber,
        one_object: OneObject,
        doubt: Doubt,
        *,
        stops_when_empty: bool | None,
    ) -> None:
        self.is_uncertain = False
        """It may only show that the last one was the end."""
        self._paginator = paginator
        self._counted = paginator if isinstance(paginator, Counted) else None
        self._evidence, self._doubt, self._one_object = evidence, doubt, one_object
        self._first_number, self._shared = first_number, first_number.shared
        self._stops_when_empty = stops_when_empty
        self._is_empty = self._follows_empty_page = False

    def explain_stop(self) -> str:
        """Return why no page follows; empty if one does."""
        self._follows_empty_page, self._is_empty = self._is_empty, self._evidence.count == 0
        self.is_uncertain, counted = False, self._counted
        return self._explain_counted_stop(counted) if counted else self._explain_uncounted_stop()

    def _explain_uncounted_stop(self) -> str:
        """Return why no page follows, by a paginator that can only follow what a page names."""
        if self._evidence.count == 0 and self._stops_when_empty:
            return "the page is empty"
        if self._evidence.flag is False:
            return f"{self._shared.reader.flag_key} is false"
        return "" if self._paginator.has_next_page else "the page names no next one"

    def _explain_counted_stop(self, counted: Counted) -> str:
        """Return why no page follows, by a paginator that can ask for any page."""
        evidence = self._evidence
        flag, more = evidence.flag, evidence.total_says_more()
        if counted.is_at_maximum:
            return "the maximum is reached"
        if evidence.count == 0:
            return self._explain_stop_at_empty(flag, more)
        if flag or more:
            self.is_uncertain = flag is False
            return ""
        if flag is False:
            return f"{self._shared.reader.flag_key} is false"
        reason = self._explain_weak_stop(more)
        if reason and any(evidence.claims_by_usual_names()):
            self.is_uncertain = True
            return ""
        if more is False and evidence.rows > evidence.count:
            evidence.note_nothing_after()
        self.is_uncertain |= not reason and evidence.is_total_met
        return reason

    def _explain_stop_at_empty(self, flag: bool | None, more: bool | None) -> str:
        reason = "the page is empty"
        if not self._evidence.says_no_rows() and self._first_number.pass_empty():
            self.is_uncertain = True
            return ""
        if self._stops_when_empty or self._evidence.hints.is_body_empty:
            return reason
        if self._stops_when_empty is None:
            # Once: some APIs hide the rows of a page, others never say that there is no more.
            self.is_uncertain = bool(flag or more) and not self._follows_empty_page
            return "" if self.is_uncertain else reason
        if flag is None and more is None:
            return reason if self._shared.reader.flag_key or self._shared.reader.total_key else ""
        return "" if flag or more else reason

    def _explain_weak_stop(self, more: bool | None) -> str:
        """Find a reason that any sign of more outweighs."""
        evidence = self._evidence
        if more is False:
            return "the total is reached"
        if self._shared.reader.flag_key:
            # The API may omit a false flag, or have none: the length of the page decides.
            is_only = evidence.pages == 1 and self._paginator.page_size is None
            may_end = self._stops_when_empty is not True and (is_only or evidence.is_shorter)
            return f"it is short and lacks {self._shared.reader.flag_key}" if may_end else ""
        if not evidence.is_short:
            return ""
        is_last = not self._one_object.is_open and self._shared.sizes.is_last(evidence.count)
        if is_last and self._stops_when_empty is not True:
            return "the page is short"
        self.is_uncertain = self._doubt.open(evidence.count)
        return ""

"""How a listing ends: by its last page, or as the API refuses the next one or sends one again.

If the end is contradicted by a declared key, the resource fails; any other sign that there is more
is a warning.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.errors import PagingError
from analytics_ingest.extract.paging.first_page_number import STATUSES_OF_NO_PAGE, FirstPageNumber
from analytics_ingest.extract.paging.listing_evidence import ListingEvidence
from analytics_ingest.extract.paging.next_page import NextPage
from analytics_ingest.extract.paging.one_object import OneObject
from analytics_ingest.extract.paging.page_0 import identify
from analytics_ingest.extract.paging.page_sizes import Doubt
from analytics_ingest.extract.paging.prefetch import Prefetch
from analytics_ingest.extract.paging.row_keys import FEWEST_ROWS, RowKeys
from analytics_ingest.paginators.base import EndKeys, Paginator
from analytics_ingest.paginators.counted import Counted

if TYPE_CHECKING:
    from requests import Response


class Ending:
    """The end of one listing.

    Args:
        paginator: The listing's own; it has read a page before the page is noted here.
    """

    def __init__(
        self, paginator: Paginator, keys: Keys, first_number: FirstPageNumber, row_keys: RowKeys
    ) -> None:
        self.total: int | None = None
        """The total that the last page states."""
        self._paginator = paginator
        self._counted = paginator if isinstance(paginator, Counted) else None
        self._stops_when_empty = keys.stop_after_empty_page if isinstance(keys, EndKeys) else None
        self._shared = shared = first_number.shared
        self._row_keys = row_keys
        self.first_number = first_number
        self._evidence = ListingEvidence(paginator, shared)
        self.prefetch = Prefetch(self._evidence)
        self.one_object = OneObject(paginator, self._evidence, shared, row_keys.primary_key)
        self._doubt = Doubt(shared.sizes)
        self._next_page = NextPage(
            paginator,
            self._evidence,
            first_number,
            self.one_object,
            self._doubt,
            stops_when_empty=self._stops_when_empty,
        )
        self._reason, self._is_early, self._has_repeated = "", False, False

    @property
    def may_keep_cursor(self) -> bool:
        """Whether the same cursor may come again: an empty page ends the listing."""
        return self._counted is None and self._stops_when_empty is True

    def note_page(self, response: "Response", rows: list[Any], count: int) -> None:
        """Note a page: its rows, and how many of them the API counts.

        Raises:
            PagingError: A declared key holds something else, or no page has had it.
        """
        self._doubt.settle(is_end=count == 0)
        if count and self._evidence.count and self._evidence.is_short:
            self._shared.sizes.are_cut = True
        self.first_number.note(rows, count)
        self._evidence.note(response, rows, count)
        self.total = self._evidence.total.number if self._evidence.total else None
        self.prefetch.note(response)
        if self._paginator.has_next_path:
            self._shared.note_next()
        if self._evidence.pages > 1 and count and (unread := self._shared.unread):
            problem = f"{unread} is on no page, so the end of the listing is unknown; correct it"
            raise PagingError(problem)

    def has_next_page(self) -> bool:
        """Decide whether there is another page after the one that was noted."""
        self._reason = self._next_page.explain_stop()
        if self._counted and self._counted.is_at_maximum:
            self.note_early_end()
        elif self._reason and not self._evidence.is_total_met:
            self.first_number.note_end()
        return not self._reason

    @property
    def is_uncertain(self) -> bool:
        """Whether the next page may only show that the last one was the end."""
        return self._next_page.is_uncertain

    def ends_at(self, status: int | None) -> bool:
        """Return whether an error status in place of the next page says that there is none."""
        is_fault = (status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR and self._evidence.is_total_met
        may_end = is_fault or status in STATUSES_OF_NO_PAGE
        if self._counted is None or not may_end or self._claims_more():
            return False
        is_known = status == HTTPStatus.NOT_FOUND or self._evidence.says_all_read()
        is_end = is_known or self._doubt.is_open or self.first_number.is_at_page_1
        is_end |= self.one_object.is_only
        if is_end:
            self.note_end(f"the API answered {status} to the request of the next page")
            if doubt := self._evidence.doubt_of_refusal(is_fault=is_fault):
                self._shared.warn("total", f"{self._end_and_reason}, {doubt}")
        return is_end

    def ends_with_repeated(self, rows: list[Any]) -> bool:
        """Return whether a page that came twice is the last, or by its total the only one.

        Args:
            rows: Those of the page.
        """
        evidence, size = self._evidence, self._paginator.page_size
        is_only = evidence.total is not None and evidence.total.is_of_one_page(evidence.count)
        is_only |= size is not None and evidence.count > size
        is_whole = is_only and evidence.is_total_met
        is_short = evidence.is_shorter or (evidence.is_short and self._is_same_page(rows))
        is_last = evidence.pages > 1 and (is_short or evidence.is_total_met)
        if self._counted is None or not (is_whole or is_last) or self._claims_more():
            return False
        if is_short:
            self._shared.sizes.note_repeated(evidence.count)
        self._has_repeated = True
        self.note_end("the API sent the last page again")
        return True

    def skip_repeated(self, rows: Sequence[Any], *, has_key: bool) -> bool:
        """Skip a page that came twice: page 1, or one at a rounded offset; False if neither."""
        one, counted = self.one_object, self._counted
        if counted is None or one.problem:
            return False
        if self.first_number.pass_repeated(rows, has_key=has_key, is_object=one.came_again):
            return True
        return self._doubt.is_open and not self._claims_more() and counted.skip_rounding()

    def ends_with_object(self) -> bool:
        """Return whether an object that came again is all there is."""
        if is_end := self.one_object.may_end():
            self.note_end("the API sent the same object again", is_cut=False)
        return is_end

    def ends_with_error_body(self) -> bool:
        """Return whether an error with status 200 in place of the next page ends the listing."""
        if self._counted is None or not self._evidence.is_total_met or self._claims_more():
            return False
        self.note_end("the API answered with an error to the request of the next page")
        return True

    def note_end(self, reason: str, *, is_cut: bool = True) -> None:
        """Note what else than a page has ended the listing; there may be more if it is cut."""
        self._doubt.settle(is_end=True)
        if self._evidence.is_total_met:
            self._evidence.note_nothing_after()
        is_cut &= self._evidence.pages > 0 and not self._evidence.is_total_met
        self._shared.was_cut |= is_cut
        self._reason = reason

    def note_early_end(self, *, is_cut: bool = True) -> None:
        """Note that the rest is not wanted; it may hold rows of a full reading if it is cut."""
        self._is_early, self._shared.was_cut = True, self._shared.was_cut or is_cut

    def find_refusal_hint(self, status: int | None) -> str:
        """Return what to do where the next page is refused; empty if nothing is known."""
        if self._counted is None or status not in STATUSES_OF_NO_PAGE:
            return ""
        if claim := next(self._evidence.claims(), None):
            return f"; {self._evidence.rows} rows were read, but {claim.text}"
        action = f"[{{status_code: {status}, action: ignore}}]"
        return f"; if the API answers so beyond its last page, declare response_actions: {action}"

    def conclude(self) -> None:
        """Compare the end with all that says more: a warning, or an error of a declared key.

        Raises:
            PagingError: A declared key says more, or page 0 may be another page.
        """
        evidence = self._evidence
        if evidence.total is None or evidence.rows != evidence.total.number:
            is_cut, is_counted = self._is_early or self._has_repeated, evidence.is_total_met
            self.first_number.conclude(is_cut=is_cut, is_counted=is_counted)
        self._shared.has_pages |= evidence.pages > 1
        if not evidence.pages or self._is_early:
            return
        for claim in evidence.claims():
            if claim.kind == "flag" and self._stops_when_empty and not evidence.count:
                continue
            end = self._end_and_reason
            if claim.is_fatal:
                raise PagingError(f"{end}, but {claim.text}; correct one of the two, or remove it")
            self._shared.warn(claim.kind, f"{end}, but {claim.text}")
        is_counted, total = self._counted is not None, evidence.find_least_rows()
        self._shared.note_keys(self._row_keys, evidence.rows, total, is_counted=is_counted)
        if evidence.count:
            is_full = self._paginator.asks_for_size and not evidence.is_short
            self._shared.note_last_page(self._paginator, evidence.hints, is_full=is_full)

    def _is_same_page(self, rows: list[Any]) -> bool:
        """Return whether a page that equals the last one is the same, as no two rows are alike."""
        if not rows or self.one_object.is_open:
            return True
        identities = identify(self._row_keys, rows)
        fewest = 1 if self._row_keys.primary_key else FEWEST_ROWS
        return fewest <= len(identities) == len(set(identities))

    @property
    def _end_and_reason(self) -> str:
        rows = "1 row" if self._evidence.rows == 1 else f"{self._evidence.rows} rows"
        return f"the listing ends after {rows}, because {self._reason}"

    def _claims_more(self) -> bool:
        """Return whether anything says that there is more; a declared flag outweighs the rest."""
        is_claimed = self._evidence.flag is not False and any(self._evidence.claims())
        return is_claimed or bool(self.one_object.problem)

"""Decides how many pages of a listing are prefetched, from its pages so far.

A prefetched page may turn out to be one too many, and reading the first page again is the price of
prefetching. The longer a listing is, and the longer its pages take, the more it gains.
"""

from datetime import timedelta

from requests import Response

from analytics_ingest.extract.paging.listing_evidence import ListingEvidence

PAGES_BEFORE_PREFETCH = 4
"""After this many pages, each further one allows two more requests to be pending, so that the first
prefetched page is requested after five."""

PAGES_WITHOUT_PREFETCH = 6
"""A listing that has no more by its total is read one page after the other: the shift check would
cost as much as prefetching saves."""

SLOW = timedelta(milliseconds=100)
"""If no answer begins sooner, waiting costs more than a request too many."""

OVERLOADED = timedelta(milliseconds=500)
"""An answer that begins later may come from an API in trouble, which gets no request too many."""


class Prefetch:
    """What may be prefetched of one listing.

    Args:
        evidence: What its pages show; it has read a page before the page is noted here.
    """

    def __init__(self, evidence: ListingEvidence) -> None:
        self._evidence = evidence
        self._fastest, self._slowest = timedelta.max, timedelta.min

    def note(self, response: Response) -> None:
        """Note how long the answer took to begin."""
        self._fastest = min(self._fastest, response.elapsed)
        self._slowest = max(self._slowest, response.elapsed)

    def allows(self, pages: int, *, may_end_early: bool) -> bool:
        """Return whether the page that is `pages` after the next one may be requested now.

        Where a total says that the listing is long, pages are prefetched from the second one on;
        where none says anything and pages are full and slow, as many as were read, from the third.

        Args:
            may_end_early: Whether the rest of the listing may not be wanted.
        """
        evidence = self._evidence
        if evidence.is_beyond(pages):
            return False
        if pages < 2 * (evidence.pages - PAGES_BEFORE_PREFETCH):
            return True
        # Beside a short page no total is believed: the API may cut its pages, or hide rows.
        is_full = evidence.count > 0 and not evidence.is_short
        if not is_full or may_end_early:
            return False
        if evidence.total and evidence.total.is_exact:
            return not evidence.is_beyond(PAGES_WITHOUT_PREFETCH - evidence.pages)
        is_slow = SLOW <= self._fastest <= self._slowest < OVERLOADED
        return is_slow and not evidence.is_shorter and evidence.pages > max(1, pages)

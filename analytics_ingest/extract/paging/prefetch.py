"""Decides how many pages of a listing are prefetched, from its pages so far."""

from analytics_ingest.extract.paging.listing_evidence import ListingEvidence

PAGES_BEFORE_PREFETCH = 3
"""A listing that has read n pages has at most n minus this many requests pending: the first
prefetched page is requested after five."""

PAGES_WITHOUT_PREFETCH = 6
"""A listing that has no more by its total is read one page after the other: the shift check would
cost as much as prefetching saves."""


def may_prefetch(evidence: ListingEvidence, pages: int, *, trusts_total: bool) -> bool:
    """Whether the page that is `pages` after the next one may be requested now.

    The longer a listing is, the more pages are prefetched: a short one wastes no requests. Where a
    total says that there are more, they are prefetched from the second page on.

    Args:
        trusts_total: Whether all rows that the total counts are wanted.
    """
    if evidence.is_beyond(pages):
        return False
    if pages < evidence.pages - PAGES_BEFORE_PREFETCH:
        return True
    # Beside a short page no total is believed: the API may cut its pages, or hide rows.
    is_full = evidence.count > 0 and not evidence.is_short
    total = evidence.total if trusts_total and is_full else None
    is_long = not evidence.is_beyond(PAGES_WITHOUT_PREFETCH - evidence.pages)
    return total is not None and total.is_exact and is_long

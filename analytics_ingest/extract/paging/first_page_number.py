"""Finds the number of an API's first page where the declaration names none.

Page 0 is asked for, as dlt does. An API that counts from 1 refuses it, has no rows there, or gives
page 1 twice: the listing goes on from page 1, and a warning says what to declare.
"""

from analytics_ingest.extract.paging.resource_evidence import ResourceEvidence
from analytics_ingest.paginators.counted import Counted

STATUSES_OF_NO_PAGE = (400, 404, 410, 416, 422)
"""How APIs answer a request for a page that they do not have."""


class FirstPageNumber:
    """What the number of the first page of one listing is.

    Args:
        counted: The listing's own paginator, if it counts.
        shared: What all listings of the resource have shown.
    """

    def __init__(self, counted: Counted | None, shared: ResourceEvidence) -> None:
        self.was_refused = False
        """The same request is sent once more: chance may have refused it."""
        self.was_empty = False
        """Page 0 had no rows, so that reading it again shows nothing."""
        self._counted = counted
        self._shared = shared
        if counted and counted.may_begin_at_one and shared.begins_at_one:
            counted.begin_at_one()

    def pass_refused(self, status: int | None) -> bool:
        """Go on after page 0 was refused; False if its number does not explain that."""
        counted = self._counted
        if counted is None or not counted.may_begin_at_one or self._shared.has_page_0:
            return False
        if status not in STATUSES_OF_NO_PAGE:
            return False
        if self.was_refused or self._shared.begins_at_one:
            counted.begin_at_one()
            self._shared.begins_at_one = True
            self._warn(f"the API answers page 0 with status {status}")
        self.was_refused = counted.may_begin_at_one
        return True

    def pass_repeated(self) -> bool:
        """Go on after page 1 repeated page 0; False if something else was repeated."""
        counted = self._counted
        if counted is None or not counted.may_begin_at_one:
            return False
        counted.begin_at_one()
        counted.position += counted.step
        self._warn("page 1 repeats page 0")
        return True

    def pass_empty(self) -> bool:
        """Go on after page 0 had no rows; False if there are known to be none."""
        counted = self._counted
        if counted is None or not counted.may_begin_at_one or self._shared.has_page_0:
            return False
        counted.begin_at_one()
        self.was_empty = True
        return True

    def note(self, count: int) -> None:
        """Note the rows of a page, after the paginator has read it."""
        if count and self._counted and self._counted.may_begin_at_one:
            self._shared.has_page_0 = True
        if self.was_empty and count:
            self._warn("page 0 has no rows, and page 1 has some")

    def _warn(self, sign: str) -> None:
        said = "the declaration names no first page"
        self._shared.warn("begin", f"{said}, and {sign}; declare paginator.base_page: 1")

"""How many rows an API puts on a page, by the evidence of its responses.

A page with fewer rows than were asked for is the last one, or the API never gives more at a time.
Asking for the page after it proves which, and is done as seldom as possible: what one listing of a
resource shows holds for all of them.
"""

from collections import Counter

PROOFS = 3
"""Listings that must have ended with as many rows as the longest page before it counts as proof:
the first of them may end by chance where the API cuts its pages."""


class PageSizeEvidence:
    """What is known of the pages of one resource, shared by its listings."""

    def __init__(self) -> None:
        self.are_cut = False
        """Rows have followed a page that had fewer of them than were asked for."""
        self.longest = 0
        """Rows of the longest page."""
        self._ends: Counter[int] = Counter()
        self._news: list[str] = []

    def note_page(self, rows: int) -> None:
        """Note the rows of a page."""
        self.longest = max(self.longest, rows)

    def note_end(self, rows: int) -> None:
        """Note that nothing follows a page with this number of rows."""
        self._ends[rows] += 1

    def note_followed(self, rows: int) -> None:
        """Note that rows follow a page with this number of rows."""
        if not self.are_cut:
            self._news.append(
                f"the API gave {rows} though it has more; an empty page ends its listings, which "
                f"`limit: {rows}` would save"
            )
        self.are_cut = True

    def note_repeated(self, rows: int) -> None:
        """Note that the API repeated a page with this number of rows in place of the next one."""
        if not self._ends:
            self._news.append(
                f"the API gave the same {rows} when it was asked for those after them; they are "
                "taken for the last"
            )

    def take_news(self) -> str:
        """Return what has turned out since the last call, for the log."""
        news, self._news = self._news, []
        return "; ".join(news)

    def is_shorter(self, rows: int, asked: int | None) -> bool:
        """Return whether a page is shorter than asked for; where that says nothing, than another.

        Args:
            asked: Rows of a page that were asked for; None if that is not known.
        """
        return rows < (asked if asked and not self.are_cut else self.longest)

    def is_last(self, rows: int) -> bool:
        """Return whether a page with fewer rows than were asked for is known to be the last one.

        It is where the API has given a longer page. Where pages are cut no length says anything:
        some APIs leave out rows that may not be seen after they have cut a page.
        """
        return not self.are_cut and (rows < self.longest or self._ends[rows] >= PROOFS)


class Doubt:
    """Whether the length of the last page of one listing may have been its end."""

    def __init__(self, sizes: PageSizeEvidence) -> None:
        self._sizes = sizes
        self._rows = 0

    @property
    def is_open(self) -> bool:
        """Whether only the next page shows it."""
        return self._rows > 0

    def open(self, rows: int) -> bool:
        """Note a short page; return whether it is in doubt: not where pages are cut."""
        self._rows = 0 if self._sizes.are_cut else rows
        return self.is_open

    def settle(self, *, is_end: bool) -> None:
        """Note whether rows have followed the page that was in doubt, if one was."""
        if self._rows:
            (self._sizes.note_end if is_end else self._sizes.note_followed)(self._rows)
        self._rows = 0

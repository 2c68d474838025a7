"""The totals that the pages of one listing have stated: they may change while it is read."""

from dataclasses import replace

from analytics_ingest.extract.paging.evidence import Total


class StatedTotals:
    """The totals of the pages that were read."""

    def __init__(self) -> None:
        self.last: Total | None = None
        self.numbers: set[int] = set()

    def note(self, total: Total) -> None:
        """Note the total of a page."""
        self.last = total
        self.numbers.add(total.number)

    @property
    def have_changed(self) -> bool:
        """Whether rows came or went while the pages were read."""
        return len(self.numbers) > 1

    def find_smallest(self) -> Total | None:
        """Find the smallest total, because rows may come meanwhile; None without any."""
        return replace(self.last, number=min(self.numbers)) if self.last else None

    def describe_fall(self, rows: int) -> str:
        """Describe how the total of rows fell to what was read; empty if it did not.

        A row that leaves a counted listing moves the others to the front, one of them perhaps to a
        page that was read before.
        """
        last, highest = self.last, max(self.numbers, default=0)
        if last is None or last.unit == "pages" or not last.number == rows < highest:
            return ""
        # Some servers estimate the total, and know it on the last page.
        if highest - rows > max(1, rows // 10):
            return ""
        return (
            f"{last.key} fell from {highest} to {rows} between its pages, so a row may have moved "
            "past a page; load it again"
        )

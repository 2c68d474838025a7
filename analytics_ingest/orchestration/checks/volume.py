"""Judges how many rows a window has, against earlier windows of the same length."""

from collections.abc import Sequence
from statistics import median

from analytics_ingest.declaration.models.api import Volume
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, counted


def check_volume(
    rows: int, earlier: Sequence[int], band: Volume, *, is_complete: bool
) -> CheckOutcome:
    """Compare a load's rows with the median of its predecessors.

    Args:
        earlier: Row counts of the last loads of the same kind, this one left out.
        is_complete: Whether the window had ended when it was loaded.
    """
    numbers = {"rows": rows, "loads_compared": len(earlier)}
    found = counted(rows, "row")
    if not is_complete:
        return CheckOutcome(True, f"{found}; the window has not ended.", numbers)
    if len(earlier) < band.history:
        few = f"{len(earlier)} of {band.history} loads to compare with"
        return CheckOutcome(True, f"{found}; {few}.", numbers)
    middle = median(earlier)
    low, high = band.low * middle, band.high * middle
    numbers |= {"median": middle, "low": low, "high": high}
    if middle < band.ignore_below:
        return CheckOutcome(True, f"{found}; a median of {middle:g} says little.", numbers)
    if low <= rows <= high:
        return CheckOutcome(True, f"{found}; the median is {middle:g}.", numbers)
    return CheckOutcome(
        False,
        f"{found}, where {low:g} to {high:g} are expected around the median of {middle:g}.",
        numbers,
        is_warning=True,
    )

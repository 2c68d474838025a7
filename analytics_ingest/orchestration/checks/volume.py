"""The `volume` check: a load has about as many rows as earlier loads of the same length."""

from collections.abc import Sequence
from statistics import median

from analytics_ingest.declaration.models.limits import Volume
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, pluralize


def check_volume(
    rows: int, earlier: Sequence[int], band: Volume, *, is_complete: bool
) -> CheckOutcome:
    """Compare a load's rows with the median of earlier loads; a difference is a warning.

    Args:
        earlier: Row counts of the earlier loads of the same kind.
        is_complete: Whether the window had ended when it was loaded.
    """
    metadata = {"rows": rows, "loads_compared": len(earlier)}
    count = pluralize(rows, "row")
    if not is_complete:
        return CheckOutcome(True, f"{count}; the window has not ended.", metadata)
    if len(earlier) < band.history:
        few = f"{len(earlier)} of {band.history} loads to compare with"
        return CheckOutcome(True, f"{count}; {few}.", metadata)
    middle = median(earlier)
    low, high = band.low * middle, band.high * middle
    metadata |= {"median": middle, "low": low, "high": high}
    if middle < band.ignore_below:
        reason = f"the median of {middle:g} is too small to compare"
        return CheckOutcome(True, f"{count}; {reason}.", metadata)
    if low <= rows <= high:
        return CheckOutcome(True, f"{count}; the median is {middle:g}.", metadata)
    expected = f"{low:g} to {high:g} are expected around the median of {middle:g}"
    return CheckOutcome(False, f"{count}, where {expected}.", metadata, is_warning=True)

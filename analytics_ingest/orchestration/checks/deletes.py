"""The `deletes` check: rows that are gone from the API are marked, unless that is doubtful."""

from datetime import datetime

from analytics_ingest.declaration.models.deletes import Deletes
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, pluralize
from analytics_ingest.orchestration.deletes import CONFIRM, TAG
from analytics_ingest.orchestration.history import PastLoad


def check_deletes(
    load: PastLoad | None, deletes: Deletes, now: datetime, attempt: datetime | None = None
) -> CheckOutcome:
    """Check what the newest load, and the last full reading, have shown.

    Args:
        attempt: When a full reading began that has failed, or has not ended.
    """
    if load is None:
        return CheckOutcome(True, "Never loaded.")
    metadata = {
        "rows_deleted": load.rows_deleted,
        "deletes_held_back": load.deletes_held_back,
        "full_reading": load.full_reading or None,
    }
    done = "removed" if deletes.remove else "marked"
    if load.deletes_held_back:
        description = (
            f"{pluralize(load.deletes_held_back, 'row')} of the table are gone from the API, more "
            f"than the max_share of {deletes.max_share:.0%}, so none is {done}. If they are "
            f"deleted, load with the tag {TAG}: {CONFIRM}, or raise deletes.max_share."
        )
        return CheckOutcome(False, description, metadata)
    if attempt and is_overdue(load, deletes, now):
        description = (
            f"A full reading is overdue: the last one ran on {load.full_reading[:10]}. The one "
            f"that began at {attempt:%Y-%m-%d %H:%M} UTC did not finish; see the log of its run. "
            "Windows are loaded meanwhile, and it is attempted again."
        )
        return CheckOutcome(False, description, metadata, is_warning=True)
    if load.deletes_skipped:
        other = "No other row" if load.rows_deleted else "No row"
        again = "" if deletes.source else " The next full reading tries again."
        description = f"{other} is {done}, because {load.deletes_skipped}.{again}"
        return CheckOutcome(False, description, metadata, is_warning=True)
    rows = pluralize(load.rows_deleted, "row")
    return CheckOutcome(True, f"{rows} {done} by this load.", metadata)


def is_overdue(load: PastLoad, deletes: Deletes, now: datetime) -> bool:
    """Return whether the last recorded full reading is so old that another one is due."""
    if not load.full_reading or deletes.every is None:
        return False
    return deletes.is_due(now - datetime.fromisoformat(load.full_reading))

"""The `deletes` check: rows that are gone from the API are marked, unless that is doubtful."""

from analytics_ingest.declaration.models.deletes import Deletes
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, pluralize
from analytics_ingest.orchestration.deletes import CONFIRM, TAG
from analytics_ingest.orchestration.history import PastLoad


def check_deletes(load: PastLoad | None, deletes: Deletes) -> CheckOutcome:
    """Check what the newest load, and the last full reading, have shown."""
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
    if load.deletes_skipped:
        description = (
            f"No row is {done}, because {load.deletes_skipped}. The next full reading tries again."
        )
        return CheckOutcome(False, description, metadata, is_warning=True)
    rows = pluralize(load.rows_deleted, "row")
    return CheckOutcome(True, f"{rows} {done} by this load.", metadata)

"""The `cursor` check: every row has a readable cursor, and no cursor is in the future."""

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.incremental_validation import describe_missed_dates
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, pluralize


def check_cursor(profile: TableProfile, cursor_path: str, tolerance: str) -> CheckOutcome:
    """Check the cursors of a load's rows, or of the whole table; problems are warnings.

    Args:
        tolerance: How far a cursor may be ahead of the clock, as the profile was counted.
    """
    metadata = {
        "rows": profile.rows,
        "null_or_unreadable": profile.unreadable,
        "in_the_future": profile.future,
    }
    if problems := _find_problems(profile, cursor_path, tolerance):
        return CheckOutcome(False, f"{'; '.join(problems)}.", metadata, is_warning=True)
    if profile.rows and profile.cursor_type is None:
        return CheckOutcome(True, f"{cursor_path} has no column of its own to check.", metadata)
    state = "not null" if profile.cursor_type == "text" else "readable"
    rows = pluralize(profile.rows, "row")
    return CheckOutcome(True, f"{cursor_path} is {state} in {rows}.", metadata)


def _find_problems(profile: TableProfile, cursor_path: str, tolerance: str) -> list[str]:
    problems = []
    if profile.unreadable:
        rows = pluralize(profile.unreadable, "row")
        problems.append(
            f"{cursor_path} is null or unreadable in {rows}, which every window loads again"
        )
    if profile.future:
        rows = pluralize(profile.future, "row")
        problems.append(f"{cursor_path} is more than {tolerance} in the future in {rows}")
    return problems


def describe_dates(resource: ResourceDeclaration, rows: int) -> str:
    """Say of how many rows the cursor is a date whose rows may follow after the load."""
    path = resource.incremental.cursor_path if resource.incremental else ""
    return f"{path} is a date in {pluralize(rows, 'row')}: {describe_missed_dates(resource)}"

"""The checks of `schema.yaml`: no row fails them."""

from analytics_ingest.declaration.field_rules import OwnCheck
from analytics_ingest.load.warehouse.profiles.table_profile import FailingRows, TableProfile
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, pluralize
from analytics_ingest.orchestration.checks.specs import describe_check


def check_own(profile: TableProfile, check: OwnCheck) -> CheckOutcome:
    """Say how many of a load's rows, or of the whole table's, fail a check, and name some keys."""
    if profile.of_load and not profile.rows:
        return CheckOutcome(True, "This load has no row.", {"rows": 0, "failing_rows": 0})
    if not profile.columns:
        return CheckOutcome(False, "The table does not exist; load the asset.", {"rows": 0})
    failing = profile.failing.get(check.name, FailingRows())
    rule, count = describe_check(check), pluralize(profile.rows, "row")
    if failing.problem:
        description = f"Not evaluated: {failing.problem.removesuffix('.')}."
        return CheckOutcome(False, description, {"rows": profile.rows}, is_warning=check.is_warning)
    metadata = {"rows": profile.rows, "failing_rows": failing.rows}
    if not failing.rows:
        return CheckOutcome(True, f"In {count}: {rule}.", metadata)
    examples = f", such as {', '.join(failing.keys)}" if failing.keys else ""
    return CheckOutcome(
        False,
        f"{failing.rows} of {count} fail ({rule}){examples}.",
        {**metadata, "failing_keys": list(failing.keys)},
        is_warning=check.is_warning,
    )

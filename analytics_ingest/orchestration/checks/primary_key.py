"""The `primary_key` check: every row has a key that can be stored, and no two rows share one."""

from collections.abc import Sequence

from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, pluralize

_FEWEST_SHARED = 10
"""Rows with the key of another row from which on half of a load is a sign: a few may have moved."""


def check_primary_key(
    profile: TableProfile, primary_key: Sequence[str], rejected_table: str
) -> CheckOutcome:
    """Check the keys of a load's rows, or of the whole table.

    Args:
        rejected_table: The table that keeps rows whose key is missing or cannot be stored.
    """
    metadata = {
        "rows": profile.rows,
        "without_key": profile.rejected + profile.null_keys,
        "duplicates": profile.duplicates,
    }
    if not primary_key:
        return _check_without_key(profile, metadata, rejected_table)
    key = ", ".join(primary_key)
    if problems := _find_problems(profile, key, rejected_table):
        return CheckOutcome(False, f"{'; '.join(problems)}.", metadata)
    if profile.key_warning:
        return CheckOutcome(False, f"{profile.key_warning}.", metadata, is_warning=True)
    if profile.of_load and not profile.rows:
        return CheckOutcome(True, "This load has no row.", metadata)
    kept = pluralize(profile.rows - profile.duplicates, "row")
    if profile.duplicates >= _FEWEST_SHARED and 2 * profile.duplicates >= profile.rows:
        description = (
            f"{profile.duplicates} of {profile.rows} rows have the {key} of another row of this "
            f"load, which stores {kept}: if {key} is not unique, declare another primary_key."
        )
        return CheckOutcome(False, description, metadata, is_warning=True)
    description = f"{key} is present and unique in {kept}."
    if profile.duplicates:
        merged = pluralize(profile.duplicates, "further version")
        description = f"{description} {merged} of a row merged."
    return CheckOutcome(True, description, metadata)


def _check_without_key(
    profile: TableProfile, metadata: dict[str, int], rejected_table: str
) -> CheckOutcome:
    if profile.rejected:
        rejected = pluralize(profile.rejected, "row")
        description = f"{rejected} could not be loaded, see {rejected_table}."
        return CheckOutcome(False, description, metadata)
    replaced = "the rows of its window" if profile.is_merged else "the whole table"
    description = f"The resource has no primary key; each load replaces {replaced}."
    return CheckOutcome(True, description, metadata)


def _find_problems(profile: TableProfile, key: str, rejected_table: str) -> list[str]:
    problems = []
    if profile.rows and profile.missing_keys:
        problems.append(f"The table has no column {', '.join(profile.missing_keys)}")
    if profile.null_keys:
        problems.append(f"{pluralize(profile.null_keys, 'row')} with a null {key}")
    if profile.rejected:
        rejected = f"{pluralize(profile.rejected, 'row')} without a usable {key}"
        problems.append(
            f"{rejected}, kept in {rejected_table}"
            if profile.of_load
            else f"{rejected} in {rejected_table} (delete them there once the API sends them whole)"
        )
    if profile.duplicates and not profile.is_merged:
        examples = ", ".join(profile.duplicate_keys)
        duplicates = pluralize(profile.duplicates, "row")
        problems.append(f"{duplicates} with a duplicate {key}, such as {examples}")
    return problems

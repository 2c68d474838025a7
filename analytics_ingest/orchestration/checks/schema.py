"""The `schema` check: declared columns exist with their types, and required ones have values."""

from collections.abc import Iterator

from analytics_ingest.common.column_names import OTHER_FIELDS
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, abbreviate, pluralize

_SHOWN = 10
"""Columns without a value that the check names, at most."""


def check_schema(profile: TableProfile) -> CheckOutcome:
    """Compare the columns of a table with the declared ones; undeclared columns are a warning."""
    metadata = {
        "rows": profile.rows,
        "columns": len(profile.columns),
        "rejected_rows": profile.rejected,
        "null_required": sum(profile.nulls.values()),
        "wrong_types": sum(profile.variants.values()),
        "undeclared_columns": list(profile.undeclared),
        "empty_columns": list(profile.empty),
        "emptied_columns": list(profile.emptied),
    }
    if profile.of_load and not profile.rows:
        return CheckOutcome(True, "This load has no row.", metadata)
    if not profile.columns:
        action = "all rows were rejected" if profile.rejected else "load the asset"
        return CheckOutcome(False, f"The table does not exist; {action}.", metadata)
    if problems := _find_problems(profile):
        return CheckOutcome(False, f"{'; '.join(problems)}.", metadata)
    if warnings := list(_find_warnings(profile)):
        return CheckOutcome(False, " ".join(warnings), metadata, is_warning=True)
    empty = f"; null in each: {names}" if (names := _name_empty(profile)) else ""
    return CheckOutcome(True, f"{pluralize(profile.rows, 'row')} as declared{empty}.", metadata)


def _find_warnings(profile: TableProfile) -> Iterator[str]:
    if profile.others:
        yield (
            f"{pluralize(profile.others, 'row')} with fields beyond max_new_columns, kept in "
            f"{OTHER_FIELDS}; declare those that you need, or raise it."
        )
    if profile.emptied:
        yield (
            f"Null in each row of this load, though earlier rows have values: "
            f"{', '.join(profile.emptied)}; see whether the API has renamed or dropped it."
        )
    if profile.undeclared:
        yield f"Not declared: {', '.join(profile.undeclared)}; add them to the schema file."
        if names := _name_empty(profile):
            yield f"Declared, but null in each row: {names}."


def _name_empty(profile: TableProfile) -> str:
    """Name columns without a value: the API may know the field by another name, or not at all."""
    return abbreviate([name for name in profile.empty if name not in profile.emptied], _SHOWN)


def _find_problems(profile: TableProfile) -> list[str]:
    missing = [name for name in profile.expected if name not in profile.columns]
    wrong = [
        f"{name} is {profile.columns[name]} instead of {expected}"
        for name, expected in profile.expected.items()
        if name in profile.columns and profile.columns[name] != expected
    ]
    nulls = [f"{name} in {pluralize(n, 'row')}" for name, n in profile.nulls.items() if n]
    variants = [f"{name} in {pluralize(n, 'row')}" for name, n in profile.variants.items() if n]
    return [
        f"{problem}: {', '.join(columns)}"
        for problem, columns in (
            ("Columns are missing", missing),
            ("Columns have another type", wrong),
            ("Required, but null", nulls),
            ("Values of another type", variants),
        )
        if columns
    ]

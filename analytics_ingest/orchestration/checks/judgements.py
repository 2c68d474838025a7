"""Judges the rows of a load or a table: schema, primary key and cursor."""

from collections.abc import Sequence

from analytics_ingest.load.warehouse.table_profile import TableProfile
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, counted, listed


def check_schema(figures: TableProfile) -> CheckOutcome:
    """Declared columns are there with their types, required ones are filled, nothing is drifted."""
    numbers = {
        "rows": figures.rows,
        "columns": len(figures.columns),
        "rejected_rows": figures.rejected,
        "null_required": sum(figures.nulls.values()),
        "wrong_types": sum(figures.variants.values()),
        "undeclared_columns": list(figures.undeclared),
    }
    if figures.of_load and not figures.rows:
        return CheckOutcome(True, "This load has no row.", numbers)
    if not figures.columns:
        return CheckOutcome(False, "The table does not exist; load the asset.", numbers)
    errors = _schema_errors(figures)
    if errors:
        return CheckOutcome(False, f"{'; '.join(errors)}.", numbers)
    if figures.undeclared:
        return CheckOutcome(
            False,
            f"Not declared: {listed(list(figures.undeclared))}; add them to the schema file.",
            numbers,
            is_warning=True,
        )
    return CheckOutcome(True, f"{counted(figures.rows, 'row')} as declared.", numbers)


def _schema_errors(figures: TableProfile) -> list[str]:
    missing = [name for name in figures.expected if name not in figures.columns]
    wrong = [
        f"{name} is {figures.columns[name]} instead of {expected}"
        for name, expected in figures.expected.items()
        if name in figures.columns and figures.columns[name] != expected
    ]
    nulls = [f"{name} in {counted(n, 'row')}" for name, n in figures.nulls.items() if n]
    drifted = [f"{name} in {counted(n, 'row')}" for name, n in figures.variants.items() if n]
    return [
        f"{what}: {listed(found)}"
        for what, found in (
            ("Columns are missing", missing),
            ("Columns have another type", wrong),
            ("Required, but null", nulls),
            ("Values of another type", drifted),
        )
        if found
    ]


def check_primary_key(
    figures: TableProfile, primary_key: Sequence[str], rejected_table: str
) -> CheckOutcome:
    """Every row has a key that can be stored, and no two rows of the table share one.

    Args:
        rejected_table: Where rows are kept whose key is missing or cannot be stored.
    """
    numbers = {
        "rows": figures.rows,
        "without_key": figures.rejected + figures.null_keys,
        "duplicates": figures.duplicates,
    }
    if not primary_key:
        return CheckOutcome(
            True, "The resource has no primary key; it is replaced as a whole.", numbers
        )
    key = listed(primary_key)
    problems = _key_problems(figures, key, rejected_table)
    if problems:
        return CheckOutcome(False, f"{'; '.join(problems)}.", numbers)
    found = f"{key} is present and unique in {counted(figures.rows, 'row')}."
    if figures.duplicates:
        found = f"{found} {counted(figures.duplicates, 'further version')} of a row merged."
    return CheckOutcome(True, found, numbers)


def _key_problems(figures: TableProfile, key: str, rejected_table: str) -> list[str]:
    problems = []
    if figures.rows and figures.missing_keys:
        problems.append(f"The table has no column {listed(figures.missing_keys)}")
    if figures.null_keys:
        problems.append(f"{counted(figures.null_keys, 'row')} with a null {key}")
    if figures.rejected and figures.of_load:
        problems.append(
            f"{counted(figures.rejected, 'row')} without a usable {key}, kept in {rejected_table}"
        )
    elif figures.rejected:
        problems.append(
            f"{counted(figures.rejected, 'row')} without a usable {key} in {rejected_table} "
            "(delete them there once the API sends them whole)"
        )
    if figures.duplicates and not figures.is_merged:
        problems.append(
            f"{counted(figures.duplicates, 'row')} with a duplicate {key}, such as "
            f"{listed(figures.duplicate_keys)}"
        )
    return problems


def check_cursor(figures: TableProfile, cursor_path: str, tolerance: str) -> CheckOutcome:
    """Every row says when it was updated, and none says that it will be."""
    numbers = {
        "rows": figures.rows,
        "null_or_unreadable": figures.unreadable,
        "in_the_future": figures.future,
    }
    problems = []
    if figures.unreadable:
        problems.append(
            f"{cursor_path} is null or unreadable in {counted(figures.unreadable, 'row')}, which "
            "every window loads again"
        )
    if figures.future:
        problems.append(
            f"{cursor_path} is more than {tolerance} in the future in "
            f"{counted(figures.future, 'row')}"
        )
    if problems:
        return CheckOutcome(False, f"{'; '.join(problems)}.", numbers, is_warning=True)
    if figures.rows and figures.cursor_type is None:
        return CheckOutcome(True, f"{cursor_path} has no column of its own to look at.", numbers)
    what = "not null" if figures.cursor_type == "text" else "readable"
    return CheckOutcome(
        True, f"{cursor_path} is {what} in {counted(figures.rows, 'row')}.", numbers
    )

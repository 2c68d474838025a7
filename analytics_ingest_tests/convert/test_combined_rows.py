"""Rows that the prose makes of names and values in lists of their own are named in the report."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

SPEAKS = "the prose makes rows of names and values in lists, and names"
NAMED = [
    (
        "- **Record Extraction**: The names in `dimensionHeaders[*].name` and "
        "`metricHeaders[*].name` are combined with the values in `rows[*].dimensionValues[*].value`"
        ", so that each record has one field for each dimension and metric.",
        f"{SPEAKS} dimensionHeaders[*].name, metricHeaders[*].name, "
        "rows[*].dimensionValues[*].value",
    ),
    (
        "Column names in `columns` are zipped with the values of each array in `rows`.",
        f"{SPEAKS} columns, rows",
    ),
    (
        "- `orders`: each row is built by pairing the names in `headers` with the values in "
        "`rows`.",
        f"orders: {SPEAKS} headers, rows",
    ),
    (
        "The values of `data.rows[]` are mapped by position to the names of `data.fields[].name`.",
        f"{SPEAKS} data.rows[], data.fields[].name",
    ),
]
OTHERS = [
    "The `name` of a row is combined with the values of `address` in the request.",
    "The names in `columns` are not combined with the values in `rows`.",
    "`first_name` and `last_name` are combined into `name`.",
    "Rows are found in `rows`; their names are in `name`.",
    "The parameter `columns` is combined with the values of `rows`.",
    "Names are combined with values.",
]


@pytest.mark.parametrize(("prose", "reason"), NAMED)
def test_combined_names_and_values_are_named(desk: Desk, prose: str, reason: str) -> None:
    written = desk.new(shop(ORDERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert f"{reason}: declare processing_steps" in written.assumed


@pytest.mark.parametrize("prose", OTHERS)
def test_another_combination_is_not(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert SPEAKS not in written.report

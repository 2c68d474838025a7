"""Short statements on removed fields: enough below a label on row changes, and nowhere else."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
ROW_CHANGES = "## Row changes\n\n- `orders`: "
TWO = [{"remove": ["memo", "draft"]}]
CLOSED = {"filter": "{{ record['closed'] != true }}"}

LABELLED = [
    f"{ROW_CHANGES}`memo` and `draft` are removed.",
    "## Transformations\n\n- Orders: `memo` and `draft` are dropped.",
    "## Record handling\n\n- `orders`: the fields `memo` and `draft` are discarded.",
    "## Field changes\n\n- `orders`: the nested `memo` and `draft` are removed.",
    "## Data handling\n\n### Orders\n\n`memo` and `draft` are stripped.",
    "## 2. Row processing\n\n- In `orders`, `memo` and `draft` are left out.",
    "## Record changes and record filters\n\n- From `orders`, `memo` and `draft` are removed.",
    "## Personal data\n\n- `orders`: `memo` and `draft` are omitted.",
    "## Changes of the rows\n\n- `orders`: `memo` and `draft` are dropped.",
    "# Row changes\n\n- `orders`: `memo` and `draft` are dropped.",
    "### Orders\n\n- **Row changes**: `memo` and `draft` are left out.",
    "### Orders\n\n- **Processing**: the large fields `memo` and `draft` are removed.",
    "### Orders\n\n- **Transformations**:\n  - `memo` and `draft` are removed.",
    "### Orders\n\nRow changes: `memo` and `draft` are removed.",
    "- **orders**: read in full. Row changes: `memo` and `draft` are removed.",
    f"{ROW_CHANGES}`memo` and `draft` (long texts) are removed.",
    f"{ROW_CHANGES}`memo` and `draft` are deprecated and are removed.",
    f"{ROW_CHANGES}personal fields `memo` and `draft` are dropped.",
    "| Resource | Row changes |\n|---|---|\n| `orders` | `memo` and `draft` removed |",
    "| Resource | Path | Notes |\n|---|---|---|\n| `orders` | /orders | `memo` and `draft` are "
    "removed |",
    "- **orders**: the object `lines` is kept. `memo` and `draft` are removed.",
]
BESIDE: list[tuple[str, list[dict[str, Any]]]] = [
    (
        f"{ROW_CHANGES}`memo` and `draft` are removed; orders with `closed` true are dropped.",
        [CLOSED, *TWO],
    ),
    (
        "- **orders**: Orders with `closed` equal to true are skipped. `memo` is removed.",
        [CLOSED, {"remove": ["memo"]}],
    ),
    (
        "- **orders**: Orders with `closed` equal to true are skipped, and `memo` is removed.",
        [CLOSED, {"remove": ["memo"]}],
    ),
    (
        "- **orders**: The field `memo` is removed, as are orders with `closed` equal to true.",
        [{"remove": ["memo"]}],
    ),
    (
        f"{ROW_CHANGES}`memo` is removed, and so is `draft`.",
        [{"remove": ["memo"]}, {"remove": ["draft"]}],
    ),
    (
        f"{ROW_CHANGES}the embedded `buyer` is kept, but its `email` is removed.",
        [{"remove": ["buyer.email"]}],
    ),
    (
        "| Resource | Transformations |\n|---|---|\n| `orders` | `memo` dropped; orders with "
        "`closed` = true skipped |\n| `users` | none |",
        [CLOSED, {"remove": ["memo"]}],
    ),
    ("### Orders\n\n- **Note**: `memo` is not loaded because of its size.", [{"remove": ["memo"]}]),
    ("- **orders**: `memo` must not be stored.", [{"remove": ["memo"]}]),
    (
        "For `orders`, the newest come first. `memo` is removed from the rows.",
        [{"remove": ["memo"]}],
    ),
]
UNCHANGED = [
    "- **orders**: `memo` is removed.",
    "### Orders\n\nRecords with `memo` are removed.",
    "- **orders**: `memo` is deprecated and is removed.",
    "### Orders\n\n`memo` is removed.",
    f"{ROW_CHANGES}`memo` is not removed.",
    f"{ROW_CHANGES}`memo` may be removed.",
    f"{ROW_CHANGES}`memo` was removed in the past.",
    f"{ROW_CHANGES}`memo` is removed if it is empty.",
    f"{ROW_CHANGES}`memo` is removed by the API.",
    f"{ROW_CHANGES}`memo` (only that of guests) is removed.",
    f"{ROW_CHANGES}`memo` of `buyer` is removed.",
    f"{ROW_CHANGES}the filter `memo` is removed.",
    f"{ROW_CHANGES}rows with `memo` are removed.",
    f"{ROW_CHANGES}orders without `memo` are removed.",
    f"{ROW_CHANGES}`memo` is removed. This holds for guests only.",
    f"{ROW_CHANGES}`memo` is removed; this does not apply to old orders.",
    f"{ROW_CHANGES}entries of `memo` are removed.",
    f"{ROW_CHANGES}fields that begin with `memo` are removed.",
    f"{ROW_CHANGES}duplicates by `memo` are removed.",
    f"{ROW_CHANGES}all fields except `memo` are removed.",
    f"{ROW_CHANGES}in webhooks `memo` is removed.",
    f"{ROW_CHANGES}like `draft`, `memo` is removed.",
    f"{ROW_CHANGES}`id` is removed.",
    "## Row changes\n\n- `carts`: `memo` is removed.",
    "## Row changes\n\n- `orders` and `carts`: `memo` is removed.",
    "## Row changes in version 2\n\n- `orders`: `memo` is removed.",
    "## Deprecated row changes\n\n- `orders`: `memo` is removed.",
    "## Changes\n\n- `orders`: `memo` is removed.",
    "# Changelog\n\n## Row changes\n\n- `orders`: `memo` is removed.",
    "| Resource | Notes |\n|---|---|\n| `orders` | `memo` removed in v2 |",
    "| Resource | Notes |\n|---|---|\n| `orders` | `memo` is omitted |",
    "- **orders**: Orders with `memo` equal to true are kept. `memo` is left out.",
    "| Resource | Notes |\n|---|---|\n| `carts` | `memo` is removed |",
    "- **orders**: The field `memo` holds `draft`. It is removed.",
    "- **orders**: If `x` is set, `memo` is removed from the records, and `y` is removed from the "
    "records.",
    "- **orders**: `memo` is removed from the records, and `y` is removed from the records if `x` "
    "is set.",
    "- **orders**: Perhaps `memo` is removed from the records, and `y` is added to the records.",
    "- **orders**: Orders whose `closed` is true are skipped, and `memo` is removed unless it is "
    "set.",
]


@pytest.mark.parametrize("prose", LABELLED)
def test_a_short_statement_below_a_label_on_row_changes_removes_fields(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{prose}\n"))
    assert written.steps == {"orders": TWO}
    assert "orders: memo, draft are removed, as the prose says" in written.assumed


@pytest.mark.parametrize(("prose", "expected"), BESIDE)
def test_a_short_statement_beside_another_change_removes_fields(
    desk: Desk, prose: str, expected: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{prose}\n"))
    assert written.steps == {"orders": expected}


@pytest.mark.parametrize("prose", UNCHANGED)
def test_a_short_statement_that_is_not_clear_removes_nothing(desk: Desk, prose: str) -> None:
    assert desk.new(shop(ORDERS, USERS, prose=f"\n{prose}\n")).steps == {}

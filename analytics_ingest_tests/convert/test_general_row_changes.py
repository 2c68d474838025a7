"""Changes of rows that a section of its own states, without naming a resource: those of all."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "primary_key": "id", "endpoint": {"path": "/users"}}'
TITLES = ["# Transformations", "# Row changes", "# Transformations\n\n## General"]


def lifted(*names: str) -> dict[str, Any]:
    """Fields of `details` at the top level, unless the rows have them there."""
    return {
        "add": {
            name: {
                "value": f"{{{{ record['details']['{name}'] | default(record['{name}']) }}}}",
                "type": "any",
            }
            for name in names
        }
    }


OF_ALL: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "The values `role`, `name` and `at` are copied from the `details` object to the top level "
        "of the record. Afterwards `details` and `spam` are removed.",
        [lifted("role", "name", "at"), {"remove": ["details", "spam"]}],
    ),
    (
        "`role` and `name` are moved from the nested object `details` to the top level.",
        [lifted("role", "name")],
    ),
    *(
        (f"`role` and `name` are {words} the `details` object.", [lifted("role", "name")])
        for words in ("moved up from", "hoisted from", "lifted out of", "flattened from")
    ),
    ("The fields `spam` and `bounce` are dropped.", [{"remove": ["spam", "bounce"]}]),
    ("`spam` is removed from the record before loading.", [{"remove": ["spam"]}]),
    (
        "All fields of `details` are moved to the top level.",
        [{"flatten_path": {"path": ["details"]}}],
    ),
]


@pytest.mark.parametrize(("text", "steps"), OF_ALL)
@pytest.mark.parametrize("title", TITLES)
def test_a_change_below_a_heading_on_changes_is_one_of_all_resources(
    desk: Desk, title: str, text: str, steps: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{title}\n\n{text}\n"))
    assert written.steps == {"orders": steps, "users": steps}
    assert any(line.startswith("orders, users: ") for line in written.assumed)


OF_SOME = [
    "# Transformations\n\nThe field `spam` is removed for guests.",
    "# Transformations\n\nThe field `spam` is removed where `details` is empty.",
    "# Transformations\n\nThe field `spam` of some records is removed.",
    "# Transformations\n\nThe API removes the field `spam`.",
    "# Transformations\n\nRecords whose `spam` is null are skipped.",
    "# Resources\n\n## Invoices\n\n- **Transformations**: `spam` is removed.",
    "# Resources\n\n## Invoices\n\n### Transformations\n\n- `spam` is removed.",
    "# Errors\n\nThe field `spam` is removed.",
    "# Errors\n\n`role` and `name` are moved up from the `details` object.",
    "# Transformations\n\n`role` and `name` are flattened from the `details` object if it is set.",
]


@pytest.mark.parametrize("text", OF_SOME)
def test_what_may_hold_for_some_rows_changes_none(desk: Desk, text: str) -> None:
    assert desk.new(shop(ORDERS, USERS, prose=f"\n{text}\n")).steps == {}


def test_a_key_is_not_removed_with_the_other_fields(desk: Desk) -> None:
    text = "# Transformations\n\nThe fields `id` and `spam` are removed."
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{text}\n"))
    assert written.steps == {}
    assert any("names id, spam: declare processing_steps" in line for line in written.assumed)

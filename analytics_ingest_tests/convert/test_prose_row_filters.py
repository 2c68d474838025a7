"""Rows that the prose says are skipped or kept by the value of a field."""

import re
from typing import Any

import pytest

from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
NOTES = '{"name": "order_notes", "endpoint": {"path": "/orders/{order_id}/notes"}}'
ON_ORDERS = "### Orders\n\n"
CLOSED = {"filter": "{{ record['closed'] != true }}"}
PAID = {"filter": "{{ record['state'] == 'paid' }}"}


SKIPPED = [
    "Records of `orders` with `closed` equal to true are skipped.",
    "Finished orders (`closed` is true) are omitted.",
    "Archived orders (`closed` is true) are discarded, so nothing is loaded for them.",
    "Orders whose `closed` is true are not loaded.",
    "Orders with a `closed` of `true` are ignored.",
    "Orders with the field `closed` set to `true` are not of interest, so they are dropped.",
    "Orders where `closed` equals true are filtered out.",
    "- **orders**: Records with `closed` being true are left out.",
    "- **Rows**: Orders with `closed` = `true` are discarded.",
    "- **orders**: every record that has `closed` set to true is skipped",
    f"{ON_ORDERS}Records whose `closed` flag is true are dropped before loading.",
    f"{ON_ORDERS}- Rows with `closed: true` are omitted.",
    f"{ON_ORDERS}- Rows with `closed == true` are skipped.",
    f"{ON_ORDERS}A record is skipped if `closed` is true.",
    f"{ON_ORDERS}Days whose `closed` is true are skipped.",
    f"{ON_ORDERS}- **Record Filter**: all months where `closed` is true are dropped",
    f"{ON_ORDERS}Those with true in `closed` are dropped.",
    "In `orders`, records for which `closed` is `true` are skipped.",
    "For `orders`, the integration skips records where `closed` is true.",
    "The pipeline drops orders with `closed` equal to `true`.",
    "Skip records of `orders` where `closed` is true.",
    "All records of `orders` are loaded, except those with `closed` equal to true.",
    "`orders` whose `closed` is true are ignored because they no longer change.",
    "Orders that are archived (`closed` is true) are skipped.",
    "The listing of `orders` has closed ones too; those with `closed` equal to true are skipped.",
    "Orders have a boolean `closed`. Records in which it is true are not loaded.",
    "Records are filtered: orders with `closed` equal to true are skipped.",
]
KEPT = [
    "Only orders whose `state` is `paid` are loaded.",
    "Only records of `orders` with `state` equal to `paid` are kept.",
    "Only paid orders (`state` is `paid`) are imported.",
    "Orders are loaded only if `state` is `paid`.",
    "Of `orders`, only records with the `state` `paid` are loaded.",
    f"{ON_ORDERS}- Only records where `state` equals `paid` are loaded.",
    f"{ON_ORDERS}The integration keeps only records with `state` equal to `paid`.",
    f"{ON_ORDERS}Records with `state` equal to `paid` are kept, all others are filtered out.",
    f"{ON_ORDERS}Rows with `state` `paid` are kept, everything else is dropped.",
    f"{ON_ORDERS}Records are skipped unless `state` is `paid`.",
    f"{ON_ORDERS}Records whose `state` is not `paid` are skipped.",
    f"{ON_ORDERS}Records with a `state` other than `paid` are dropped.",
    f"{ON_ORDERS}Rows where `state != paid` are excluded.",
    "Unpaid orders are not needed: those with `state` equal to `paid` are loaded, the rest is "
    "dropped.",
    "- **Record filter**: only orders whose `state` is `paid` are loaded",
    "- `orders`: only records whose `state` is `paid` are loaded",
]
OTHERS: list[tuple[str, str, str]] = [
    ("Orders with `kind` of `a.b` are dropped.", "", ""),
    ("Orders with the `kind` equal to `a.b` are dropped.", "orders", "record['kind'] != 'a.b'"),
    (
        "Orders whose `kind` is `draft` or `test` are skipped.",
        "orders",
        "record['kind'] not in ['draft', 'test']",
    ),
    ("Notes whose `type` is `2` are skipped.", "order_notes", "record['type'] not in [2, '2']"),
    ("Order notes whose `gone` is set are skipped.", "", ""),
    (
        "Users with `team.id` equal to null are skipped.",
        "users",
        "record['team']['id'] is not none",
    ),
    ("Users whose `team` is missing are skipped.", "users", "record['team'] is not none"),
]
HELD = [
    "Records without a `{}` are skipped.",
    "Rows without the `{}` field are excluded.",
    "Records without a value for `{}` are left out.",
    "Records with no `{}` are ignored.",
    "Records that do not have a `{}` are dropped.",
    "Records that lack a `{}` are filtered out.",
    "Records lacking `{}` are not loaded.",
    "Records missing a `{}` are discarded.",
    "The integration skips records without a `{}`.",
    "Only records with a `{}` are kept.",
    "Only records that have a `{}` value are loaded.",
    "Records are kept only if they have a `{}`.",
    "Records with a `{}` are kept, all others are dropped.",
    "Rows where `{}` is missing or null are removed.",
    "Records with a null `{}` are skipped.",
    "Only records with a non-null `{}` are loaded.",
    "Only records where `{}` is present are loaded.",
]
"""Only records in which a field is not null."""
FILLED = [
    "Rows where `{}` is null or empty are removed.",
    "Records with a missing or empty `{}` are skipped.",
    "Only records whose `{}` is not empty are loaded.",
]
NOT_HELD = ["Records with a `{}` are skipped.", "Records that have a `{}` are left out."]
UNCLEAR = [
    "Records without a `{}` and a `b` are skipped.",
    "Records without `{}` or `b` are skipped.",
    "Records without a `{}` above 5 are skipped.",
    "Records without a `{}` in `totals` are skipped.",
    "Records with a `{}` below `limit` are skipped.",
    "Records with an `is_{}` flag are skipped.",
    "Records without a `{}` flag are skipped.",
    "Records with `{}` set are skipped.",
    "Rows where `{}` is not set are removed.",
]
"""What is reported, as it may be another condition."""
UNCHANGED = [
    f"{ON_ORDERS}Records without a `kind` are loaded. Records without a `kind` are not skipped. "
    "Records without a `kind` are skipped by the API. Records with a `kind` are loaded. "
    "Records without a `kind` may be skipped. Users without a `kind` have notes. "
    "Carts without a `kind` are skipped. Requests without a `kind` are rejected.",
    "Records of `orders` with `closed` equal to true are not skipped.",
    "Records of `orders` with `closed` equal to true may be skipped.",
    "Records of `orders` with `closed` equal to true were skipped in the past.",
    "Records of `orders` with `closed` equal to true are usually skipped.",
    "Records of `orders` with `closed` equal to true are skipped by the API.",
    "If the setting is on, records of `orders` with `closed` equal to true are skipped.",
    "Records of `orders` with `closed` equal to true are skipped when the shop is small.",
    "Records of `orders` and `carts` with `closed` equal to true are skipped.",
    "Records of `carts` with `closed` equal to true are skipped.",
    "Records with `closed` equal to true are skipped.",
    "Carts with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Carts with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Cart lines with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Notes with `closed` equal to true are skipped.",
    "Notes of orders with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Webhooks with `closed` equal to true are skipped.",
    f"{ON_ORDERS}In the CSV export, records with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Invoices: records with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Records with `closed` equal to true and `kind` equal to `a` are skipped.",
    f"{ON_ORDERS}Records with `closed` equal to true or missing are skipped.",
    f"{ON_ORDERS}Records with `closed` equal to true are counted.",
    f"{ON_ORDERS}Records with `closed` equal to true are loaded.",
    f"{ON_ORDERS}Records with `closed` equal to true are skipped, but their notes are loaded.",
    f"{ON_ORDERS}Only records with `closed` equal to true have notes.",
    f"{ON_ORDERS}The field `note` is removed from records with `closed` equal to true.",
    f"{ON_ORDERS}Orders with `closed` equal to true are removed.",
    f"{ON_ORDERS}Orders with `closed` equal to true are ignored by the billing.",
    f"{ON_ORDERS}Only orders with `closed` equal to true are loaded by the demo.",
    "Records of `orders` with `closed` equal to true and of `users` are skipped.",
    "Records of all other resources with `closed` equal to true are skipped.",
    "Records of `orders` or `users` with `closed` equal to true are skipped.",
    "In the sandbox, records of `orders` with `closed` equal to true are skipped.",
    f"{ON_ORDERS}Only records whose `buyer` is `seller_id` are loaded.",
    f"{ON_ORDERS}Only records whose `state` is `paid` are loaded, e.g. in tests.",
    f"{ON_ORDERS}Only records whose `state` is `paid` are loaded. Only records whose `state` is "
    "`open` are loaded.",
    f"{ON_ORDERS}Records whose `created_at` is before the window are skipped.",
    "## Changes in 2024\n\nRecords of `orders` with `closed` equal to true are skipped.",
    "## Errors\n\nOrders with `code` equal to 404 are ignored.",
]


@pytest.mark.parametrize("prose", SKIPPED)
def test_rows_are_skipped_by_the_value_of_a_field(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {"orders": [CLOSED]}
    assert "orders: its rows are filtered, as the prose says" in written.assumed
    assert "from the document's text" in written.text


@pytest.mark.parametrize("prose", KEPT)
def test_only_rows_with_a_value_are_kept(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {"orders": [PAID]}


@pytest.mark.parametrize(("sentence", "resource", "condition"), OTHERS)
def test_a_condition_is_written_for_the_kind_of_its_value(
    desk: Desk, sentence: str, resource: str, condition: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{sentence}\n"))
    filters = {resource: [{"filter": f"{{{{ {condition} }}}}"}]} if resource else {}
    assert written.steps == filters


def test_rows_are_filtered_by_whether_they_have_a_field(desk: Desk) -> None:
    kinds = {"is not none": HELD, "not in [none, '', [], {}]": FILLED, "is none": NOT_HELD}
    said = [(text, kind) for kind, texts in kinds.items() for text in texts]
    texts = [text.format(f"f{number}") for number, (text, _) in enumerate(said)]
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{ON_ORDERS}{' '.join(texts)}\n"))
    filters = {f"{{{{ record['f{number}'] {kind} }}}}" for number, (_, kind) in enumerate(said)}
    assert {step["filter"] for step in written.steps["orders"]} == filters


def test_a_field_whose_value_may_count_too_is_reported(desk: Desk) -> None:
    texts = [text.format(f"f{number}") for number, text in enumerate(UNCLEAR)]
    written = desk.new(shop(ORDERS, USERS, prose=f"\n{ON_ORDERS}{' '.join(texts)}\n"))
    assert written.steps == {}
    lines = [line for line in written.assumed if "filtered or changed" in line]
    assert all(re.search(rf"\b(?:is_)?f{number}\b", str(lines)) for number in range(len(texts)))


def test_a_filter_behind_a_label_is_of_the_resource_that_is_named_above(desk: Desk) -> None:
    label = "- **Record Filter**: Records without a `rate` are skipped"
    prose = f"\n- **Resource Name**: `orders`\n{label}\n"
    written = desk.new(shop(ORDERS, prose=prose))
    assert written.steps == {"orders": [{"filter": "{{ record['rate'] is not none }}"}]}


@pytest.mark.parametrize("prose", UNCHANGED)
def test_no_rows_are_filtered_by_a_sentence_that_is_not_plain(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n# Resources\n\n{prose}\n"))
    assert written.steps == {}


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("Orders whose `total` is below 5 are skipped.", "orders: {} total"),
        ("Records of `carts` with `closed` equal to true are skipped.", "{} carts, closed"),
    ],
)
def test_a_filter_that_is_not_taken_is_reported_with_its_resource_and_field(
    desk: Desk, sentence: str, line: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{sentence}\n"))
    reason = "the prose speaks of rows that are filtered or changed, and names"
    assert f"{line.format(reason)}: declare processing_steps" in written.assumed


@pytest.mark.parametrize(("field", "is_reported"), [("closed", False), ("gone", True)])
def test_a_configured_filter_stays(desk: Desk, field: str, *, is_reported: bool) -> None:
    own = '"processing_steps": [{"filter": "{{ not record.closed }}"}], "endpoint"'
    prose = f"\nRecords of `orders` with `{field}` equal to true are skipped.\n"
    written = desk.new(shop(ORDERS.replace('"endpoint"', own), USERS, prose=prose))
    assert written.steps == {"orders": [{"filter": "{{ not record.closed }}"}]}
    line = "orders: its processing_steps are as configured; the prose names another filter"
    assert (line in written.assumed) == is_reported


VALUES: list[tuple[str, list[Any]]] = [
    ("Orders with `v` equal to true are skipped.", [False, None, 2, "2", "x"]),
    ("Orders whose `v` is `x` are skipped.", [True, False, None, 2, "2"]),
    ("Orders whose `v` is `2` are skipped.", [True, False, None, "x"]),
    ("Orders with `v` equal to null are skipped.", [True, False, 2, "2", "x"]),
    ("Orders whose `v` is not `x` are skipped.", ["x"]),
    ("Orders whose `v.w` is `x` are skipped.", [True, False, None, 2, "2", "x"]),
    ("Only orders whose `v` is `2` are loaded.", [2, "2"]),
]


@pytest.mark.parametrize(("sentence", "kept"), VALUES)
def test_a_filter_keeps_the_rows_that_the_sentence_does_not_name(
    desk: Desk, sentence: str, kept: list[Any]
) -> None:
    rows: list[dict[str, Any]] = [{"v": v} for v in (True, False, None, 2, "2", "x")]
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{sentence}\n"))
    steps = RowSteps(written.declaration.resources["orders"], SettingValues("shop"))
    assert [row["v"] for row in steps.apply(rows, {})] == kept
    assert len(steps.apply([{}], {})) == (None in kept)


def test_conditions_on_several_fields_are_all_taken(desk: Desk) -> None:
    prose = (
        "\n### Orders\n\nThe field `kind` is removed from the records. "
        "Records with `closed` equal to true are skipped. Only records whose `state` is `paid` "
        "are loaded.\n"
    )
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert written.steps == {"orders": [PAID, CLOSED, {"remove": ["kind"]}]}


def test_a_filter_on_a_field_that_a_step_adds_is_reported(desk: Desk) -> None:
    prose = (
        "\n### Orders\n\nOnly records whose `state` is `paid` are loaded. "
        "The field `state` of the object `details` is copied to the top level.\n"
    )
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert [list(step) for step in written.steps["orders"]] == [["add"]]
    assert any(line.startswith("orders: ") and "names state" in line for line in written.assumed)


def test_the_title_of_a_section_is_not_the_resource_of_its_name(desk: Desk) -> None:
    notes = '{"name": "notes", "endpoint": {"path": "/notes"}}'
    prose = "\n# Notes\n\nRecords where `is_deleted` is true are removed.\n"
    assert "processing_steps" not in desk.new(shop(ORDERS, notes, prose=prose)).resource("notes")

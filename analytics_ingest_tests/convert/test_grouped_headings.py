"""What is said below a heading that names several resources is about exactly these."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

SENT = '"incremental": {"start_param": "from", "end_param": "to"}'
NAMES = ("orders", "vendor_orders", "vendor_orders_status")
RESOURCES = [f'{{"name": "{n}", "endpoint": {{"path": "/{n}", {SENT}}}}}' for n in NAMES]
BEFORE = "\n# Resources\n\n### orders\n\n- **Cursor**: `seen_at`\n- **Primary key**: `id`\n\n"


@pytest.mark.parametrize(
    "heading",
    [
        "vendor_orders and vendor_orders_status",
        "`vendor_orders`, `vendor_orders_status`",
        "Vendor orders / Vendor orders status",
        "The resources `vendor_orders` & `vendor_orders_status`",
    ],
)
def test_a_heading_on_several_resources_is_on_none_else(desk: Desk, heading: str) -> None:
    lines = (
        "- **Primary key**: `number`",
        "- **Cursor**: `changed_at`",
        "- **Data Selector**: `payload.list`",
        "- In steps of 7 days.",
        "- The end of the window lies two minutes in the past.",
        "- Only records with `state` = `open` are kept.",
        "- The field `secret` is removed.",
    )
    prose = f"{BEFORE}### {heading}\n\n" + "\n".join(lines) + "\n"
    written = desk.new(shop(*RESOURCES, prose=prose))
    first, *others = (written.resource(name) for name in NAMES)
    incremental = {"cursor_path": "seen_at", "start_param": "from", "end_param": "to"}
    assert first["endpoint"] == {"path": "/orders", "incremental": incremental}
    assert (first.get("primary_key", "id"), "processing_steps" in first) == ("id", False)
    for other in others:
        assert other["primary_key"] == "number"
        assert other["endpoint"]["data_selector"] == "payload.list"
        assert other["endpoint"]["incremental"] == {
            **incremental,
            "cursor_path": "changed_at",
            "max_window": "7d",
            "end_margin": "2m",
        }
        assert other["processing_steps"] == [
            {"filter": "{{ record['state'] == 'open' }}"},
            {"remove": ["secret"]},
        ]


def test_fields_below_a_heading_on_several_resources_are_those_of_each(desk: Desk) -> None:
    prose = f"{BEFORE}\n# Schema\n\n### vendor_orders and vendor_orders_status\n\n"
    prose += "| Field | Type |\n|---|---|\n| `number` | string |\n| `changed_at` | date-time |\n"
    schema = desk.new(shop(*RESOURCES, prose=prose)).schema
    assert schema.keys() == {*NAMES[1:]}
    assert schema[NAMES[1]]["fields"].keys() == {"number", "changed_at"}
    assert schema[NAMES[1]]["fields"] == schema[NAMES[2]]["fields"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("`changed_at` and `created_at`, respectively", ["changed_at", "created_at"]),
        ("`changed_at` or `created_at`", ["updated_at", "updated_at"]),
    ],
)
def test_a_line_gives_each_resource_a_name_only_if_it_says_so(
    desk: Desk, names: str, expected: list[str]
) -> None:
    prose = f"{BEFORE}### vendor_orders and vendor_orders_status\n\n- **Primary key**: `number`\n"
    written = desk.new(shop(*RESOURCES, prose=f"{prose}- **Cursor**: {names}\n"))
    cursors = [written.endpoint(name)["incremental"].get("cursor_path") for name in NAMES[1:]]
    assert [cursor or "updated_at" for cursor in cursors] == expected


def test_an_item_below_a_heading_on_several_resources_is_on_its_own(desk: Desk) -> None:
    prose = f"{BEFORE}### vendor_orders and vendor_orders_status\n\n- **Primary key**: `number`\n"
    prose += "- `vendor_orders`: a window spans at most 3 days.\n"
    written = desk.new(shop(*RESOURCES, prose=prose))
    lengths = [written.endpoint(name)["incremental"].get("max_window") for name in NAMES]
    assert lengths == [None, "3d", None]


def test_a_name_that_one_of_several_resources_uses_is_not_called_unused(desk: Desk) -> None:
    resources = [RESOURCES[1].replace('"from"', '"begin"'), RESOURCES[2]]
    prose = (
        "\n### vendor_orders and vendor_orders_status\n\n- Sent as `begin`, `from` or `at_what`.\n"
    )
    written = desk.new(shop(*resources, prose=prose))
    (line,) = [line for line in written.assumed if "nothing in the declaration uses" in line]
    assert line.startswith("vendor_orders: the text names at_what;")


def _read_schema(desk: Desk, first: str, title: str) -> dict[str, list[str]]:
    """Read the fields of two tables, each below a title."""
    table = "\n\n| Field | Type |\n|---|---|\n| `{}` | string |\n\n"
    prose = f"\n# Schema\n\n{first}{table.format('name')}{title}{table.format('number')}"
    schema = desk.new(shop(*RESOURCES, prose=prose)).schema
    return {name: [*described["fields"]] for name, described in schema.items()}


@pytest.mark.parametrize(
    "title",
    [
        "**vendor_orders** and **vendor_orders_status**",
        "**vendor_orders**, **vendor_orders_status**:",
        "**vendor_orders, vendor_orders_status**",
        "`vendor_orders` / `vendor_orders_status`",
        "Both **`vendor_orders`** & **`vendor_orders_status`** (the same fields)",
        "The fields of `vendor_orders` and `vendor_orders_status`:",
        "### vendor_orders and vendor_orders_status (the same fields)",
    ],
)
def test_a_table_below_a_title_on_several_resources_is_on_none_else(desk: Desk, title: str) -> None:
    fields = _read_schema(desk, "**orders**", title)
    assert fields == {"orders": ["name"], NAMES[1]: ["number"], NAMES[2]: ["number"]}


@pytest.mark.parametrize("second", ["vendor_orders", "vendor_orders_status"])
def test_a_list_below_a_title_on_several_resources_is_on_none_else(desk: Desk, second: str) -> None:
    (third,) = {*NAMES[1:]} - {second}
    prose = f"\n# Schema\n\n**orders**\n- `name`: string\n\n**{second}** and **{third}**\n"
    prose += "- `number`: string\n- `state`, `kind`: string or null\n"
    schema = desk.new(shop(*RESOURCES, prose=prose)).schema
    read = {name: " ".join(described["fields"]) for name, described in schema.items()}
    assert read == {"orders": "name", **dict.fromkeys(NAMES[1:], "number state kind")}


@pytest.mark.parametrize(
    "title",
    [
        "**orders_x**",
        "`orders_x`:",
        "**orders_x** and **orders_y**",
        "**vendor_orders** and **refunds**",
        "**Status of vendor_orders**",
        "**vendor_orders** (deprecated)",
    ],
)
def test_a_table_below_a_title_on_something_else_is_on_no_resource(desk: Desk, title: str) -> None:
    assert _read_schema(desk, "**orders**", title) == {"orders": ["name"]}


@pytest.mark.parametrize(
    "title", ["**Fields:**", "**fields**", "**Orders** (every day)", "`number`, `no`"]
)
def test_a_title_within_what_is_on_a_resource_leaves_it_there(desk: Desk, title: str) -> None:
    assert _read_schema(desk, "**orders**", title) == {"orders": ["name", "number"]}

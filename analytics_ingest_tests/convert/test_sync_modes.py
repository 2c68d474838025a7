"""Which resources are incremental, by which field, and which are read in full, as prose says it."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

NAMES = ("orders", "users", "line_items")
RESOURCES = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in NAMES]
UNSTATED, FULL = "updated_at by default", None

CURSORS: list[tuple[str, dict[str, str | None]]] = [
    (
        "Incremental: orders use `changed_at`, users use `seen_at`.",
        {"orders": "changed_at", "users": "seen_at"},
    ),
    (
        "Incremental fields: `changed_at` for `orders` and `users`.",
        {"orders": "changed_at", "users": "changed_at"},
    ),
    ("`orders` is incremental by `day`, but has no filter.", {"orders": "day"}),
    (
        "The cursor field of `orders` is `changed`, that of `line_items` is `modified`.",
        {"orders": "changed", "line_items": "modified"},
    ),
    ("- **orders**: incremental on `last_login`", {"orders": "last_login"}),
    ("Orders are incremental by `changed_at.`", {"orders": "changed_at"}),
    (
        "The records of `orders` and `users` carry `date_updated`, which is the cursor field.",
        {"orders": "date_updated", "users": "date_updated"},
    ),
    (
        "Only `orders` can be read incrementally. It is based on the `mdate` field.",
        {"orders": "mdate"},
    ),
    (
        "Records have a `lastUpdateDate` in UTC; orders and users are incremental on it.",
        {"orders": "lastUpdateDate", "users": "lastUpdateDate"},
    ),
    (
        "Users use `createdTime` as cursor; line items never change and use `createdOn`.",
        {"users": "createdTime", "line_items": "createdOn"},
    ),
    (
        "| Resource | Cursor field |\n|---|---|\n| `orders` | `changed_at` |\n| users | day |",
        {"orders": "changed_at", "users": "day"},
    ),
]
OF_ALL = [
    "Incremental sync: starts from the configured `start_date`; the cursor field is `changed_on`.",
    "Incremental sync on `changed_on`, starting at the configured `start_date`.",
    "Incremental sync: the field `changed_on` is configured as the cursor.",
    "Incremental sync: the configured cursor field `changed_on`.",
    "Incremental sync: starts from `changed_on` of the newest row.",
    "Incremental sync: by `changed_on`. Configured start: `start_date`.",
    "Incremental sync (configured): `changed_on`",
]
BY_CHANGED: dict[str, str | None] = dict.fromkeys(NAMES, "changed_on")
CURSORS += [(text, BY_CHANGED) for text in OF_ALL]
IN_FULL: list[tuple[str, dict[str, str | None]]] = [
    ("- **orders** and **users**: full refresh", {"orders": FULL, "users": FULL}),
    ("- **Orders, Users**: always read in full", {"orders": FULL, "users": FULL}),
    ("- **Full refresh**: `orders`, `line_items`.", {"orders": FULL, "line_items": FULL}),
    ("`users` have no cursor field.", {"users": FULL}),
    ("Line items are read completely each time.", {"line_items": FULL}),
    ("All of them are read in full on every run.", dict.fromkeys(NAMES, FULL)),
    ("The resources do not support incremental synchronization.", dict.fromkeys(NAMES, FULL)),
    ("None of the resources has an incremental field.", dict.fromkeys(NAMES, FULL)),
    ("Data is fully refreshed on each run; lists end with a null.", dict.fromkeys(NAMES, FULL)),
    ("All data are loaded in full.", dict.fromkeys(NAMES, FULL)),
    *(
        (text, dict[str, str | None].fromkeys(NAMES, FULL))
        for text in (
            "All listings use offset-based pagination and are fully refreshed.",
            "All resources are read by full refresh with offset-based pagination.",
            "All resources are paged by offset, are sorted by id and have a full refresh only.",
            "Every listing is fully refreshed, and the next page is requested until one is empty.",
            "Each of the resources uses a next token, and does not support incremental sync.",
            "All resources are loaded by full refresh, using the token of the next page.",
        )
    ),
    ("`users` uses page-number pagination and is fully refreshed.", {"users": FULL}),
    ("### Users\n\nThe data is loaded in full.", {"users": FULL}),
    (
        "`orders` is incremental by `day`. The other resources are fully refreshed.",
        {"orders": "day", "users": FULL, "line_items": FULL},
    ),
    (
        "Orders use the cursor `day`, and users have no such field.",
        {"orders": "day", "users": FULL},
    ),
    ("### Users\n\n- Synchronization: full refresh", {"users": FULL}),
    (
        "| Resource | Incremental |\n|---|---|\n| orders | `day` |\n| users | no, full refresh |",
        {"orders": "day", "users": FULL},
    ),
]
UNTAKEN = [
    "`orders` is paged by a cursor; pass `next_date` as `after`.",
    "`orders` use `day` or `changed_at` as cursor.",
    "The incremental export of `orders` writes `exported_at`.",
    "`orders` is not incremental by `day`.",
    "`orders` could be incremental by `changed_at` later.",
    "Incremental loads of `orders` are sorted by `created_on`.",
    "The first load of `users` is a full refresh.",
    "The `users` resource supports both full refresh and incremental sync.",
    "All resources support full refresh and incremental synchronization.",
    "Full refresh or incremental loads are supported for `orders`.",
    "Each page of `orders` is read completely.",
    "Each page of all resources is returned and is fully refreshed.",
    "All listings use a token, and each page is fully refreshed.",
    "All listings use pagination and may be fully refreshed.",
    "All listings use pagination, and the response is fully refreshed.",
    "All resources use the next page until all are read completely.",
    "All listings use pagination and are fully refreshed or incremental.",
    "- **users**: full refresh, incremental",
    "There is no cursor-based pagination for `orders`.",
    "`orders` has no date fields other than `day`.",
    "`orders` do not support incremental sync by `day`, only by a number.",
    "After changes to the schema, `users` need a full refresh.",
    "**Orders, Users, Line items**: a full refresh is needed after an upgrade.",
    "Pagination of `orders` uses a cursor based on `created_at`.",
    "- **orders**: incremental sync, sorted by `created_at`",
    "Incremental loading is possible; `created_at` of orders never changes.",
    "Incremental loads are possible. Users have `last_login_at`.",
    "## Not included\n\n`users` is incremental by `day`.",
    "Orders are read entirely before users are requested.",
    "`users` is paged by offset and no cursor.",
    "`users` may be read in full once a month.",
    "The last page of `users` has no cursor.",
    "A full refresh of `users` is never needed.",
    "Webhooks for `orders` are incremental by `sent_at`.",
    "Incremental: `orders` are limited by the parameter `updated_since`.",
    "**Incremental sync**: starts from the configured `start_date` (`%Y-%m-%d`) and ends now.",
    "Incremental sync begins at `first_day`.",
    "Incremental loading: the first window is that of the setting `start_date`.",
    "Incremental sync: the first date is the `start_date` setting.",
    "Incremental sync: `start_date` (from the configuration) is the first day.",
    "- **orders**: incremental by the configured `start_date`",
]


def complete(expected: dict[str, str | None]) -> dict[str, str | None]:
    """Add the resources that a sentence leaves out: whole where it names the cursor of others."""
    return {**dict.fromkeys(NAMES, FULL if any(expected.values()) else UNSTATED), **expected}


def read(desk: Desk, prose: str) -> dict[str, str | None]:
    """Return resource → its cursor after a document with this prose."""
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=f"\n# Loading\n\n{prose}\n"))
    cursors: dict[str, str | None] = {}
    for name in NAMES:
        incremental = written.endpoint(name).get("incremental", {})
        cursors[name] = (incremental and incremental.get("cursor_path")) or FULL
        if incremental == {}:
            cursors[name] = UNSTATED
    return cursors


@pytest.mark.parametrize(("prose", "expected"), [*CURSORS, *IN_FULL])
def test_prose_says_how_single_resources_are_synchronized(
    desk: Desk, prose: str, expected: dict[str, str | None]
) -> None:
    assert read(desk, prose) == complete(expected)


@pytest.mark.parametrize("prose", UNTAKEN)
def test_prose_that_does_not_state_it_changes_nothing(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == dict.fromkeys(NAMES, UNSTATED)


OF_ITS_OWN_ITEM = [
    "- `GET /customers`\n- `GET /products`, incremental on `updated`\n- `GET /users`",
    "1. Customers\n2. Products, incremental on `updated`\n3. Users",
    "- **Klanten** (`/customers`)\n- **Waren** (`/products`), incremental on `updated`",
    "- the list of clients\n- the list of goods, incremental on `updated`",
    "The list of goods is read with a cursor field `updated`.",
]


@pytest.mark.parametrize("prose", OF_ITS_OWN_ITEM)
def test_the_cursor_of_an_item_is_not_that_of_a_resource_without_such_a_field(
    desk: Desk, prose: str
) -> None:
    names = ("customers", "products", "users")
    resources = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in names]
    prose = f"\n# Resources\n\n{prose}\n\n# Schema\n\n- customers: `id` (string)"
    prose = f"{prose}\n- products: `id` (string), `updated` (string)"
    prose = f"{prose}\n- users: `id` (string), `changed_on` (string)\n"
    written = desk.new(shop(*resources, defaults=DEFAULTS, prose=prose))
    incremental = [written.endpoint(name)["incremental"] for name in names[:2]]
    assert incremental == [None, {"cursor_path": "updated"}]
    assert (written.endpoint("users")["incremental"] or {}).get("cursor_path") != "updated"


def test_what_the_prose_says_of_single_resources_is_reported(desk: Desk) -> None:
    prose = "\n`orders` is incremental by `day`. The other resources are fully refreshed.\n"
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=prose))
    assert written.assumed == [
        "orders: its cursor is day, as the prose says",
        "users, line_items: it is loaded whole, without partitions, as the prose says",
    ]


CONFIGURED = [
    ("Incremental sync: records from `start_date` until now are read.", None),
    ("Incremental sync on `start_date`.", "start_date"),
    ("The cursor field is `start_date`.", "start_date"),
]


@pytest.mark.parametrize(("prose", "cursor"), CONFIGURED)
def test_a_setting_of_the_code_is_a_cursor_only_where_it_is_called_one(
    desk: Desk, prose: str, cursor: str | None
) -> None:
    params = '"params": {"since": dlt.config["start_date"]}'
    own = f'{{"name": "orders", "endpoint": {{"path": "/o", {params}}}}}'
    incremental = desk.new(shop(own, prose=f"\n{prose}\n")).endpoint().get("incremental", {})
    assert incremental.get("cursor_path") == cursor


def test_a_configured_cursor_wins_over_prose(desk: Desk) -> None:
    own = '{"name": "orders", "endpoint": {"path": "/o", "incremental": {"cursor_path": "at"}}}'
    written = desk.new(shop(own, defaults=DEFAULTS, prose="\n`orders`: full refresh by `day`.\n"))
    assert written.endpoint()["incremental"] == {"cursor_path": "at"}

"""How prose states a cursor or a full refresh of one resource, and what states none."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

NAMES = ("orders", "users", "line_items")
RESOURCES = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in NAMES]
UNSTATED, FULL = "updated_at by default", None
Modes = dict[str, str | None]

CURSORS: list[tuple[str, Modes]] = [
    (
        "- **Incremental sync**: only `orders`, on the field `day` (a calendar date).",
        {"orders": "day", "users": FULL, "line_items": FULL},
    ),
    ("- **Incremental**: only for `orders`, see below", {}),
    ("- **Incremental**: only `day` is compared.", {}),
    (
        "- **orders**: each row has the time `Changed`, which serves as cursor.",
        {"orders": "Changed"},
    ),
    ("- **orders**: `changed_on` is the cursor.", {"orders": "changed_on"}),
    (
        "- **orders**: `changed_on` is the cursor here as well, but no filter.",
        {"orders": "changed_on"},
    ),
    ("Orders carry `editTime`, which is their cursor.", {"orders": "editTime"}),
    ("For `users`, `last_seen` acts as the cursor.", {"users": "last_seen"}),
    ("The users have `seen_at` as their cursor.", {"users": "seen_at"}),
    ("- **line_items**: the field `day` is used as the cursor.", {"line_items": "day"}),
    ("- **orders**: `changed_on` (a date-time in UTC) is the cursor.", {"orders": "changed_on"}),
    ("- **orders**\n  - Cursor field: `changed_on`", {"orders": "changed_on"}),
    ("- **orders**\n  - **Cursor**: `changed_on`", {"orders": "changed_on"}),
    ("- **orders**\n  - **Incremental**: rows carry `changed_on`.", {"orders": "changed_on"}),
    (
        "### Orders\n\n`changed_on` is the cursor, and nothing is filtered.",
        {"orders": "changed_on"},
    ),
    (
        "Orders and users are synchronized incrementally on `meta.changed-at`.",
        {"orders": "meta.changed-at", "users": "meta.changed-at"},
    ),
    (
        "- **orders**\n  - Pages of 50 rows.\n- **users**: one page. Cursor field: `seen_at`.",
        {"users": "seen_at"},
    ),
    (
        "- **orders**: each row has `Changed`, which serves as cursor.\n"
        "- **users**: likewise with `Changed`.",
        {"orders": "Changed", "users": "Changed"},
    ),
    (
        "- **orders**: `at_time` is the cursor.\n"
        "- **users**: also has `at_time`, but is read in full.",
        {"orders": "at_time", "users": FULL},
    ),
    (
        "- **Resource Name**: `orders`\n  - Path: `o`\n  - Incremental: `day` is the cursor.",
        {"orders": "day"},
    ),
    (
        "| Resource | Sync |\n|---|---|\n| orders | incremental, cursor `changed_on` |",
        {"orders": "changed_on"},
    ),
    (
        "| Name | Synchronization |\n|---|---|\n| users | incremental (`seen_at`) |",
        {"users": "seen_at"},
    ),
    (
        "All resources except `users` are incremental on `changed_on`.",
        {"orders": "changed_on", "line_items": "changed_on"},
    ),
    ("`orders` are incremental on `day`, unlike `users`.", {"orders": "day"}),
    ("Cursor of `orders`: `changed_on`.", {"orders": "changed_on"}),
    (
        "`users` is replaced with every load, `orders` uses the cursor `changed_on`.",
        {"orders": "changed_on", "users": FULL},
    ),
]
IN_FULL: list[tuple[str, Modes]] = [
    ("- **users**: complete listing, replaced with each load.", {"users": FULL}),
    ("- **users**: the table is replaced at each run.", {"users": FULL}),
    ("- **users**: one page; the summary is loaded in full each time.", {"users": FULL}),
    ("- **users**: a full load on each run", {"users": FULL}),
    ("- `users`: no window.", {"users": FULL}),
    ("- `users`: a single object, not a list.", {"users": FULL}),
    ("The users are a single object.", {"users": FULL}),
    (
        "- **users**, **line_items**: `/x`. Both return one object.",
        {"users": FULL, "line_items": FULL},
    ),
    (
        "- **users**, **line_items**: `/x`. All of them are read in full.",
        {"users": FULL, "line_items": FULL},
    ),
    ("- **users**: the own account, one object", {"users": FULL}),
    ("| Resource | Records |\n|---|---|\n| users | root (one object) |", {"users": FULL}),
    ("- **users**: child of `orders`, a single object", {"users": FULL}),
    ("### Users\n\n- **Incremental**: none", {"users": FULL}),
    ("### Users\n\n- **Incremental sync**: not supported; all are listed", {"users": FULL}),
    ("### Users\n\n- **Incremental**: \u2013", {"users": FULL}),
    ("### Users\n\nThere is no modification date on users.", {"users": FULL}),
    ("- **users**: have neither modification dates nor filters.", {"users": FULL}),
    ("- **users**: loaded from scratch on each run.", {"users": FULL}),
    ("`users` has `seen_at` and `born_on`, but is read in full.", {"users": FULL}),
    ("`users` ignores the parameters `since` and `till`, and is read in full.", {"users": FULL}),
    (
        "| Resource | Path | Incremental cursor |\n|---|---|---|\n| orders | `/o` | `day` |\n"
        "| users | `/u` | \u2013 |",
        {"orders": "day", "users": FULL},
    ),
    (
        "| Resource | Sync |\n|---|---|\n| users | full refresh |\n"
        "| orders | incremental by `day` |",
        {"orders": "day", "users": FULL},
    ),
    ("| Resource | Loaded |\n|---|---|\n| users | completely |", {"users": FULL}),
    ("| Resource | Incremental |\n|---|---|\n| users | not supported |", {"users": FULL}),
    ("### Line Items\n\n- **Sync**: full refresh", {"line_items": FULL}),
    ("The following are read in full:\n\n- `users`", {"users": FULL}),
    ("## Full refresh\n\n- users and line items", {"users": FULL, "line_items": FULL}),
    ("### Users\n\n- Sync mode: full refresh", {"users": FULL}),
    ("### Users\n\nReplaced as a whole with each load.", {"users": FULL}),
    ("`users`, unlike `orders`, is read in full.", {"users": FULL}),
    ("`orders` refer to users, which are read in full.", {"users": FULL}),
    ("`users` carry no time of the last change.", {"users": FULL}),
    ("### Lineitems\n\n- **Sync**: full refresh", {"line_items": FULL}),
]
NONE_IS_INCREMENTAL = [
    "All resources are read in full with page-number pagination.",
    "All resources are read in full, by offset and limit pagination.",
    "Records are retrieved in full, page by page.",
    "There is no incremental loading.",
    "# Incremental\n\n- There is no incremental loading.",
    "There is no incremental sync for any resource.",
    "Every resource is a full refresh.",
    "Full refresh only.",
    "The API supports only full refreshes.",
    "All resources are synchronized in full refresh mode.",
    "All streams are synced in full-refresh mode only.",
    "The sync mode of all resources is full refresh.",
    "All resources use the full refresh sync mode.",
    "Full refresh mode is used for all resources.",
    "The source runs in full refresh mode.",
    "Everything is loaded in full refresh mode.",
    "None of the resources is synchronized incrementally.",
    "Incremental synchronization is not supported.",
]
UNTAKEN = [
    "All pages are read in full.",
    "All resources are read in full with the first load.",
    "All resources are read in full with the pages of the next token.",
    "There is no incremental loading, unless the API sends a date.",
    "All resources support full refresh mode.",
    "All resources can be synchronized in full refresh mode.",
    "All resources are synchronized in full refresh mode or in incremental mode.",
    "All resources are synchronized in full refresh mode the first time.",
    "In full refresh mode, all resources are read page by page.",
    "Incremental parameters are not used.",
    "The API supports full refreshes, and incremental loads.",
    "`created_at` of orders is not the cursor.",
    "- **orders**: `changed_on` never is the cursor.",
    "- **orders**: `changed_on` might be the cursor.",
    "- **orders**: if it is present, `changed_on` is the cursor.",
    "- **orders**: `changed_on` was the cursor.",
    "- **orders**: `changed_on` is the cursor of the next page.",
    "- **orders**: paging by `changed_on`, which is the cursor.",
    "- **orders**: `changed_on` is the creation, and the version is the cursor.",
    "- **orders**: `changed_on` or `seen_on` is the cursor.",
    "- **orders**: webhooks carry `changed_on`, which is the cursor.",
    "- **orders**: `next_date` is the cursor.",
    "- **orders**: `number` is the cursor.",
    "## Legacy\n\n- **orders**: `changed_on` is the cursor.",
    "Rows of `orders` carry `changed_on`.",
    "- **orders**: also with `changed_on`.",
    "- **orders**: `changed_on` is unsuitable as cursor.",
    "- `invoices`: incremental on `changed_on`",
    "### Invoices\n\n- **Path**: `i`\n- **Cursor field**: `changed_at`\n\n"
    "### Refunds\n\n- **Path**: `r`\n- **Cursor field**: `changed_at`",
    "The response of `users` is a single object with a list.",
    "- **users**: each row is a single object.",
    "- **users**: the address of a user is a single object.",
    "- **users**: `address` is a single object.",
    "- **users**: a full load takes an hour.",
    "- **users**: a single object per order",
    "- **users**: the window has no end.",
    "- **users**: there is no window parameter.",
    "- **users**: the token is replaced with each run.",
    "- **users**: not replaced with each load.",
    "- **users**: they are never loaded from scratch.",
    "`users` are not read in full.",
    "`users` cannot be loaded completely.",
    "- **users**: the field `tags` is read in full.",
    "- **users**: the CSV export is replaced with each load.",
    "- **users**: if that fails, they are loaded from scratch.",
    "### Users\n\n- **Incremental**: no filter; compare the rows",
    "## Pagination\n\n| Resource | Cursor |\n|---|---|\n| users | none |",
    "## Paging\n\n| Resource | Cursor |\n|---|---|\n| users | `at_time` |",
    "| Resource | Loaded |\n|---|---|\n| users | for each order |",
    "| Resource | Update |\n|---|---|\n| users | `PUT` |",
    "## Full refresh\n\n- After an upgrade, read `users` again.",
    "The following are not read in full:\n\n- `users`",
    "The following need a full refresh after an upgrade:\n\n- `users`",
    "### Users\n\n- Cursor: none",
    "- **orders**: `changed_on` as cursor is not reliable.",
    "- **orders**: `changed_on` is a cursor that the API does not support.",
    "- **orders**: `changed_on` is the cursor of the API's change feed.",
    "- **orders**: the parent's `changed_on` is the cursor of `users`.",
    "Unlike `users`, `orders` are incremental on `changed_on`.",
    "| Resource | Incremental |\n|---|---|\n| orders | yes |",
    "### Orders\n\n- **Incremental**: full history on the first load",
    "`invoices` belong to orders. They have no modification date and are read for all orders.",
    "### Invoices\n\nThey have no cursor, but orders are read before.",
    "- **users**: modification dates are in UTC.",
]


def complete(expected: Modes) -> Modes:
    """Add the resources that a sentence leaves out: whole where it names the cursor of others."""
    return {**dict.fromkeys(NAMES, FULL if any(expected.values()) else UNSTATED), **expected}


def read(desk: Desk, prose: str) -> Modes:
    """Return resource → its cursor after a document with this prose."""
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=f"\n# Loading\n\n{prose}\n"))
    modes: Modes = {}
    for name in NAMES:
        incremental = written.endpoint(name).get("incremental", {})
        cursor = incremental and incremental.get("cursor_path")
        modes[name] = UNSTATED if incremental == {} else cursor or FULL
    return modes


@pytest.mark.parametrize(("prose", "expected"), [*CURSORS, *IN_FULL])
def test_a_statement_on_one_resource_holds_for_that_one_only(
    desk: Desk, prose: str, expected: Modes
) -> None:
    assert read(desk, prose) == complete(expected)


@pytest.mark.parametrize("prose", NONE_IS_INCREMENTAL)
def test_a_statement_on_the_whole_api_holds_for_all(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == dict.fromkeys(NAMES, FULL)


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("All resources are read in full, except `users`.", {"users": UNSTATED}),
        ("All resources except users and orders are read in full.", {"line_items": FULL}),
        ("All resources but `users` are read in full with paging.", {"users": UNSTATED}),
        (
            "All resources are read in full.\n\n- **users**: `seen_at` is the cursor.",
            {"users": "seen_at"},
        ),
    ],
)
def test_an_exception_from_what_is_read_in_full_stays(
    desk: Desk, prose: str, expected: Modes
) -> None:
    others = UNSTATED if FULL in expected.values() else FULL
    assert read(desk, prose) == {**dict.fromkeys(NAMES, others), **expected}


def test_a_declared_cursor_stays_though_all_resources_are_read_in_full(desk: Desk) -> None:
    cursor = '"incremental": {"cursor_path": "seen_at", "start_param": "since"}'
    users = RESOURCES[1].replace('"/users"', f'"/users", {cursor}')
    prose = "\nAll resources are read in full.\n"
    written = desk.new(shop(RESOURCES[0], users, defaults=DEFAULTS, prose=prose))
    assert written.endpoint()["incremental"] is None
    assert written.endpoint("users")["incremental"]["cursor_path"] == "seen_at"


@pytest.mark.parametrize("prose", UNTAKEN)
def test_what_is_denied_hedged_or_about_something_else_is_not_taken(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == dict.fromkeys(NAMES, UNSTATED)


def test_a_full_refresh_of_a_resource_that_inherits_a_cursor_is_reported(desk: Desk) -> None:
    shared = '"endpoint": {"incremental": {"cursor_path": "changed_on"}}'
    defaults = DEFAULTS.replace("}", f", {shared}}}")
    written = desk.new(shop(*RESOURCES, defaults=defaults, prose="\n- **users**: full refresh\n"))
    line = (
        "users: resource_defaults gives it a cursor, though the prose says that it is read in full"
    )
    assert f"{line}; declare endpoint.incremental: null" in written.assumed
    assert "incremental" not in written.endpoint("users")


def test_the_default_cursor_is_not_called_unused(desk: Desk) -> None:
    prose = "\n- **orders**: incremental by `updated_at`, as the client sees it\n"
    written = desk.new(shop(*RESOURCES, defaults=DEFAULTS, prose=prose))
    assert not any("the text names updated_at" in line for line in written.assumed)

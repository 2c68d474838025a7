"""What the report says of row changes that the prose states and no step makes."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
SPEAKS = "the prose speaks of rows that are filtered or changed, and names"
HIDES = "the prose hides personal or sensitive values, but"
REPORTED = [
    (
        "- **users**: Each user is extended by two fields of the order: `order_number`, `day`.",
        f"users: {SPEAKS} order_number, day",
    ),
    ("- **orders**: `memo` and `draft` are removed.", f"orders: {SPEAKS} memo, draft"),
    ("- **orders**: `memo` is deprecated and is removed.", f"orders: {SPEAKS} memo"),
    ("- **orders**: `phone` is hashed.", f"orders: {SPEAKS} phone"),
    ("- **orders**: `label` is renamed to `title`.", f"orders: {SPEAKS} label, title"),
    (
        "- **orders**: `a`, `b`, `c`, `d`, `e` and `f` are removed.",
        f"orders: {SPEAKS} a, b, c, d, e, f",
    ),
    ("Orders that are not `paid` are left out.", f"orders: {SPEAKS} paid"),
    (
        "Orders with a `total` below 5 are dropped, and no one asks for their `notes`.",
        f"orders: {SPEAKS} total, notes",
    ),
    (
        "Orders whose `total` is below 5 are filtered out and are never of use again.",
        f"orders: {SPEAKS} total",
    ),
    (
        "- **orders**: The field `memo` is removed, as are orders with the status `lost`.",
        f"orders: {SPEAKS} lost",
    ),
    (
        "- **users**: each record gets `name`, and the `phone` of some is removed.",
        f"users: {SPEAKS} name, phone",
    ),
    ("- **users**: the `ssn` of guests is personal data and is removed.", f"users: {HIDES} ssn is"),
    ("- **users**: `id` is sensitive and is removed from the records.", f"users: {HIDES} id is"),
    (
        "## Personal data\n\n- `users`: the `ssn` and `iban` of guests are removed.",
        f"users: {HIDES} ssn, iban are",
    ),
    (
        "- **users**: `ssn` and `iban` are confidential. The `ssn` of guests is removed.",
        f"users: {HIDES} ssn is",
    ),
    ("- **users**: `mail` is sensitive and is hashed.", f"users: {HIDES} mail is"),
]


REPORTED += [
    (
        "- **orders**: the records are located under `data`, and the `memo` of guests is removed.",
        f"orders: {SPEAKS} data, memo",
    ),
    ("- **orders**: records with `memo` are removed, and few are left.", f"orders: {SPEAKS} memo"),
]


@pytest.mark.parametrize(("prose", "begin"), REPORTED)
def test_a_change_that_is_not_taken_is_reported_with_all_its_fields(
    desk: Desk, prose: str, begin: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{prose}\n"))
    line = f"{begin}: declare" if SPEAKS in begin else f"{begin} loaded: declare"
    assert any(assumed.startswith(line) for assumed in written.assumed), written.assumed


def test_a_sensitive_field_is_reported_although_the_configuration_has_other_steps(
    desk: Desk,
) -> None:
    own = '{"name": "users", "processing_steps": [{"remove": ["memo"]}], "endpoint": "/users"}'
    prose = "\n- **users**: the `ssn` of guests is personal data and is removed.\n"
    written = desk.new(shop(ORDERS, own, prose=prose))
    assert f"users: {HIDES} ssn is loaded: declare processing_steps" in written.assumed


def test_a_removal_is_reported_although_the_configuration_adds_something(desk: Desk) -> None:
    for step, is_reported in (('{"add": {"kind": "a"}}', True), ('{"remove": ["memo"]}', False)):
        own = f'{{"name": "users", "processing_steps": [{step}], "endpoint": "/users"}}'
        prose = "\n- **users**: the `note` of guests is removed from the records.\n"
        written = desk.new(shop(ORDERS, own, prose=prose), "--force")
        assert (f"users: {SPEAKS} note: declare" in written.report) == is_reported


def test_a_sensitive_field_that_the_configuration_removes_is_not_reported(desk: Desk) -> None:
    own = '{"name": "users", "processing_steps": [{"remove": ["ssn"]}], "endpoint": "/users"}'
    prose = "\n- **users**: the `ssn` of guests is personal data and is removed.\n"
    assert HIDES not in desk.new(shop(ORDERS, own, prose=prose)).report


@pytest.mark.parametrize(
    "prose",
    [
        "The schema of each resource consists of names such as `id`, `kind` and `memo`.",
        "- **orders**: rows older than the last `updated_at` are discarded after they are read.",
        "- **orders**: the parameter `memo` is removed from the request.",
        "- **orders**: the object `lines` is kept.",
        "Every resource is fetched with GET and the records are located under `data`.",
        "Each resource is requested with GET and returns its records in `results`.",
        "All listings use `limit` 20, and records are extracted from `items`.",
        "- **Data Selector**: records are extracted from the `data` field.",
    ],
)
def test_a_sentence_on_anything_else_is_not_reported_as_a_change(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert "declare processing_steps" not in written.report
    assert written.steps == {}


GETS = [
    "All resources use the GET method, return their records under `response.items`, and use `id` "
    "as the primary key.",
    "- **orders**: GET `/orders` with `userId`, requested for each user; records under `list`",
    "- **orders**: a get request with `userId` returns the records of `list`",
    "- **orders**: get /orders with `userId`, requested for each record",
]


@pytest.mark.parametrize("prose", GETS)
def test_the_method_of_a_request_changes_no_rows(desk: Desk, prose: str) -> None:
    written = desk.new(shop(USERS, ORDERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert not [line for line in written.assumed if "the prose speaks of rows" in line]


def test_what_rows_get_is_a_change(desk: Desk) -> None:
    prose = "\n# Resources\n\n- **orders**: each record gets `name`, and some get `total`.\n"
    written = desk.new(shop(USERS, ORDERS, prose=prose))
    assert [line for line in written.assumed if "the prose speaks of rows" in line]

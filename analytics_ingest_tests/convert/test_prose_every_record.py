"""Changes of every record: of all resources, unless the sentence may be on some of them."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
NOTES = '{"name": "order_notes", "endpoint": {"path": "/orders/{order_id}/notes"}}'
ALL = ["orders", "users", "order_notes"]
LINKS = "The object `links` is dropped from every record."
OF_ALL = [
    f"# Resources\n\n{LINKS}",
    f"# Row changes\n\n- {LINKS}",
    f"# Resources\n\n## Transformations\n\n{LINKS}",
    f"# Resources\n\n## Notes\n\n- {LINKS}",
    f"# An API of a shop\n\n## Resources\n\n{LINKS}",
    "# Resources\n\nThe field `links` is removed from all records.",
    "# Resources\n\n`links` is stripped from each record.",
    "# Resources\n\nFrom all rows the field `links` is removed.",
    f"# Resources\n\nOrders and order notes are paged. Users are read at once. {LINKS}",
    "# Resources\n\nThe field `links` is removed from the records of all resources.",
]
OF_SOME = [
    (f"# Resources\n\n- **users**: {LINKS}", ["users"]),
    (f"# Resources\n\n### Users\n\n{LINKS}", ["users"]),
    (f"# Resources\n\n### Orders and Users\n\n{LINKS}", ["orders", "users"]),
    ("# Resources\n\nIn `users`, the object `links` is dropped from every record.", ["users"]),
    ("# Resources\n\nFor `users` there is one page. `links` is removed from the rows.", ["users"]),
    ("# Resources\n\nUsers come in one page. `links` is dropped from their records.", ["users"]),
    ("# Resources\n\n`links` is removed from records of orders and users.", ["orders", "users"]),
    (
        "# Row changes\n\n- The object `links` of orders, users and order notes is dropped.",
        ALL,
    ),
]
OF_NONE = [
    "# Resources\n\n`links` is removed from the records of orders and carts.",
    "# Resources\n\n`links` is removed from the records of orders or users.",
    f"## Carts\n\n{LINKS}",
    f"# Carts\n\n{LINKS}",
    f"# Carts\n\n## Notes\n\n{LINKS}",
    f"# Resources\n\n### Carts\n\n{LINKS}",
    f"# Resources\n\n- **carts**: {LINKS}",
    f"# Resources\n\nCarts hold links. {LINKS}",
    f"# Resources\n\nUsers hold links. Carts do too. {LINKS}",
    f"# Resources\n\nOrders and users hold links. {LINKS}",
    f"# Resources\n\n- Carts hold links.\n  {LINKS}",
    "# Resources\n\nIn carts, the object `links` is dropped from every record.",
    "# Resources\n\nThe object `links` is not dropped from every record.",
    "# Resources\n\nThe object `links` may be dropped from every record.",
    "# Resources\n\nThe object `links` was dropped from every record.",
    "# Resources\n\nThe object `links` is dropped from every record by the API.",
    "# Resources\n\nThe object `links` is dropped from every record of carts.",
    "# Resources\n\nIn exports the object `links` is dropped from every record.",
    "# Resources\n\nThe object `links` is dropped from every record if it is empty.",
    "# Changelog\n\nThe object `links` is dropped from every record.",
    "# Webhooks\n\nThe object `links` is dropped from every record.",
]


@pytest.mark.parametrize("prose", OF_ALL)
def test_every_record_is_one_of_any_resource(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n{prose}\n"))
    assert written.steps == {name: [{"remove": ["links"]}] for name in ALL}


@pytest.mark.parametrize(("prose", "names"), OF_SOME)
def test_every_record_is_one_of_the_resources_around_the_sentence(
    desk: Desk, prose: str, names: list[str]
) -> None:
    written = desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n{prose}\n"))
    assert written.steps == {name: [{"remove": ["links"]}] for name in names}


@pytest.mark.parametrize("prose", OF_NONE)
def test_every_record_of_something_unknown_stays_as_it_is(desk: Desk, prose: str) -> None:
    assert desk.new(shop(ORDERS, USERS, NOTES, prose=f"\n{prose}\n")).steps == {}


def test_a_resource_that_needs_the_field_keeps_it_and_is_reported(desk: Desk) -> None:
    own = '{"name": "users", "primary_key": "links", "endpoint": {"path": "/users"}}'
    written = desk.new(shop(ORDERS, own, prose=f"\n# Resources\n\n{LINKS}\n"))
    assert written.steps == {"orders": [{"remove": ["links"]}]}
    reason = "users: the prose speaks of rows that are filtered or changed, and names links"
    assert f"{reason}: declare processing_steps" in written.assumed

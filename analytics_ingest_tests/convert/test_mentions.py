"""Which names a text mentions, and how sure it is that they are resources."""

import pytest

from analytics_ingest.convert.prose.text.mentions import find_by_name, find_mentions

SHOP = ("orders", "order_lines", "study", "internal_notes", "fiscal_years", "keys")


def list_names(text: str) -> list[tuple[str, ...]]:
    return [mention.names or (mention.text,) for mention in find_mentions(text, SHOP)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`orders` have a `total`", ["orders", "total"]),
        ("**orders** have a **total**", ["orders", "total"]),
        ("**`orders`** have a **`total`**", ["orders", "total"]),
        ("the records of `orders` and `Order Lines`", ["orders", "order_lines"]),
        ("**orders and order_lines**: read in full", ["orders", "order_lines"]),
        ("Order lines, OrderLines, order-lines", ["order_lines"] * 3),
        ("order_lines by `at`", ["order_lines", "at"]),
        ("each order has order lines", ["orders", "order_lines"]),
        ("**Order line**: `id`", ["order_lines", "id"]),
        ("these studies are incremental", ["study"]),
        ("each of the notes", ["internal_notes"]),
    ],
)
def test_names_are_read_in_marks_and_in_words_of_either_number(
    text: str, expected: list[str]
) -> None:
    assert list_names(text) == [(name,) for name in expected]


@pytest.mark.parametrize(
    "text",
    [
        "in order, lines follow each other",
        "the path data.orders.items",
        "non-orders, orders-api and orders.json",
        "every record has a key",
        "reorders",
        "#0 and #12",
    ],
)
def test_words_that_are_part_of_something_else_do_not_name_a_resource(text: str) -> None:
    names = [mention.names for mention in find_mentions(text, SHOP) if mention.is_exact]
    assert names == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`order`", "order"),
        ("**Note**", "Note"),
        ("`keys`", "keys"),
    ],
)
def test_a_marked_name_that_fits_no_resource_is_that_of_something_else(
    text: str, expected: str
) -> None:
    assert [mention.name for mention in find_mentions(text, SHOP)] == [expected]


@pytest.mark.parametrize(
    ("text", "is_exact", "is_whole"),
    [
        ("orders", True, True),
        ("studies", True, True),
        ("an order", False, True),
        ("the years", False, False),
    ],
)
def test_a_mention_says_whether_it_is_the_very_name(
    text: str, *, is_exact: bool, is_whole: bool
) -> None:
    (mention,) = find_mentions(text, SHOP)
    assert (mention.is_exact, mention.is_whole) == (is_exact, is_whole)
    assert (mention.resource is not None) == is_exact


def test_words_that_fit_several_resources_name_none_of_them_for_certain() -> None:
    (mention,) = find_mentions("each note", ("order_notes", "user_notes"))
    assert mention.names == ("order_notes", "user_notes")
    assert mention.resource is None


def test_the_name_itself_is_meant_before_its_other_number() -> None:
    assert find_by_name("order", ("orders", "order")) == ("order",)
    assert find_by_name("Orders", ("order", "orders")) == ("orders",)
    assert find_by_name("people", ("person",)) == ("person",)


def test_a_long_line_is_read_in_time_that_grows_with_its_length() -> None:
    assert len(find_mentions("the orders-a-b `x` " * 20_000, SHOP)) == 20_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cursor field of order lines is **`at`**", ["order_lines", "at"]),
        ("**the cursor field is `at`**", ["at"]),
        ("Studies are incremental by `at`", ["study", "at"]),
        ("`at` of each order is sent once per study", ["at", "study"]),
        ("Keys with `is_old` are skipped", ["is_old"]),
    ],
)
def test_the_very_names_and_the_fields_of_a_clause_are_known(
    text: str, expected: list[str]
) -> None:
    mentions = find_mentions(text, SHOP)
    assert [each.name for each in mentions if each.resource or each.is_field] == expected

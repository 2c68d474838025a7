"""How a document is split, and which resources its lines and code are about."""

import re

import pytest

from analytics_ingest.convert.markdown import Line, parse_document
from analytics_ingest.convert.prose.text.line_subjects import (
    find_cell,
    find_first_subject,
    find_group,
    list_resources,
)
from analytics_ingest.convert.prose.text.passages import Prose, read_prose

NAMES = ("orders", "order_lines", "study")
PATHS = {"orders": "orders", "order_lines": "/orders/{order_id}/lines", "study": "/study"}


def read(text: str) -> Prose:
    return read_prose(parse_document("shop.md", text), NAMES, PATHS)


def find_scope(text: str) -> tuple[str, ...]:
    """Find what the last part of a text is about."""
    return read(text).parts[-1][1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Orders\n\nThe key is `id`.", ("orders",)),
        ("## Order lines\n\n### Fields\n\n- `id`", ("order_lines",)),
        ("## The resource `orders`\n\nText.", ("orders",)),
        ("- **orders**\n  - `id`", ("orders",)),
        ("- `orders` and `study`: `id`", ("orders", "study")),
        ("- **orders and order lines**: `id`", ("orders", "order_lines")),
        ("- Studies: `id`", ("study",)),
        ("**Study resources** (once per study)\n\n- `orders`: `id`", ("orders",)),
        ("- `orders` and `carts`: `id`", ()),
        ("- `GET /orders`, incremental on `at`", ("orders",)),
        ("- `/orders/{id}/lines` - the key is `id`", ("order_lines",)),
        ("- `GET /orders`\n- **`GET /study`**: `id`", ("study",)),
        ("- GET /orders\n  - The key is `id`.", ("orders",)),
        ("- `GET /orders`\n- `GET /carts`, incremental on `at`", ()),
        ("- `/orders` and `/orders/{id}/lines` are read in full.", ()),
        ("- The address `/orders` has the key `id`.", ()),
        ("## Study\n\n- `GET /orders`: `id`", ("study",)),
        ("## Orders and study\n\nThe key is `id`.", ("orders", "study")),
        ("# Schema\n\n### orders, order_lines, study\n- `id`: integer", NAMES),
        ("### Fields of `orders` and `study`\n- `id`: integer", ("orders", "study")),
        ("### orders, order_lines schema\n\n#### Fields\n- `id`: integer", NAMES[:2]),
        ("### orders, order_lines\n\n#### Study\n- `id`: integer", ("study",)),
        ("### orders, order_lines\n\n- `study`: `id`", ("study",)),
        ("### orders, carts\n\n- `id`: integer", ()),
        ("## Study\n\n### orders, order_lines\n- `id`: integer", NAMES[:2]),
        ("## Transformations of order_lines\n\n- `id` is removed", ("order_lines",)),
        ("## Order lines: transformations\n\n- `id` is removed", ("order_lines",)),
        ("## Row changes for `study`\n\n- `id` is removed", ("study",)),
        ("## Transformations of carts\n\n- `id` is removed", ()),
        ("The cursor of `orders` is `at`.", ("orders",)),
        ("| Resource | Key |\n|---|---|\n| Order lines | `id` |", ("order_lines",)),
        ("| Field | Key |\n|---|---|\n| orders | `id` |", ()),
        ("`orders` are read so:\n\n```json\n{}\n```", ("orders",)),
        ("`orders` and `study`: as below. For `orders`:\n\n```json\n{}\n```", ("orders",)),
    ],
)
def test_a_part_is_about_what_its_line_names_or_what_is_above_it(
    text: str, expected: tuple[str, ...]
) -> None:
    assert find_scope(text) == expected


def test_a_line_below_an_outdated_heading_is_not_a_part() -> None:
    assert read("# API\n\n## Deprecated\n\n`orders`: `id`").passages[1:] == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It has `at`.", ["orders"]),
        ("Each study has `at`.", ["study"]),
        ("Filters: `at`.", ["orders"]),
    ],
)
def test_a_clause_is_about_what_it_names_else_about_what_its_line_is(
    text: str, expected: list[str]
) -> None:
    (clause,) = read(f"## Orders\n\n{text}").passages[-1].clauses
    assert list(clause.subjects) == expected


def test_a_pronoun_refers_to_the_clause_before() -> None:
    text = "## Orders\n\nA cursor of order lines is `at`. It is a time. Pages count."
    clauses = read(text).passages[-1].clauses
    expected = [["order_lines"], ["order_lines"], ["orders"]]
    assert [list(clause.subjects) for clause in clauses] == expected


def test_a_line_splits_into_sentences_and_clauses() -> None:
    line = Line("Rows have `a. b`; see e.g. the id. Then `c`.", ())
    assert line.sentences == ("Rows have `a. b`; see e.g. the id.", "Then `c`.")
    assert line.clauses == ("Rows have `a.", "b`;", "see e.g.", "the id.", "Then `c`.")


def test_a_line_knows_its_table_and_what_is_above_its_list() -> None:
    text = "Keys:\n\n- orders:\n  - `id`\n\nAll:\n\n| Name | Key |\n|---|---|\n| orders | `id` |"
    *_, item, _, titles, row = parse_document("shop.md", text).lines
    assert (item.above, row.above) == ("orders:", "All:")
    assert (titles.titles, row.titles) == ((), ("Name", "Key"))
    key = re.compile("Key")
    assert find_cell(row, key, NAMES) == ("orders", "`id`")
    assert find_cell(titles, key, NAMES) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The order lines have `id`.", "order_lines"),
        ("For each of the `orders`, `id` is sent.", "orders"),
        ("Unlike orders, they have none.", None),
        ("Order by `id` is required.", None),
    ],
)
def test_a_text_is_about_the_resource_that_it_begins_with(text: str, expected: str | None) -> None:
    assert find_first_subject(text, NAMES) == expected


def test_a_list_of_resources_names_nothing_else() -> None:
    assert list_resources("`orders` and **order lines**", NAMES) == ["orders", "order_lines"]
    assert list_resources("`orders` and `carts`", NAMES) == []
    assert find_group("Orders, Order Lines & Study", NAMES) == NAMES
    assert find_group("Orders and carts", NAMES) == ()
    assert find_group("The resources `orders` / `study`", NAMES) == ("orders", "study")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The following fields are removed from `orders`:\n\n- `a`\n- `b`", ["… `a`, `b`"]),
        ("The following columns are not loaded:\n\n- `a`, `b`", ["… `a`, `b`"]),
        ("`orders` has the following fields:\n\n- `a`\n- `b`", ["…", "`a`", "`b`"]),
        ("The following tables are not loaded:\n\n- `orders`", ["…", "`orders`"]),
        ("The following fields are removed:\n\n- `a` (text)", ["…", "`a` (text)"]),
    ],
)
def test_a_list_of_changed_fields_is_a_part_of_the_sentence_above_it(
    text: str, expected: list[str]
) -> None:
    lines = [passage.line.text for passage in read(text).passages]
    above = text.partition("\n")[0]
    assert lines == [line.replace("…", above) for line in expected]

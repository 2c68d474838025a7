"""Prose that says of one parameter what it is: the page, the offset, the cursor or the size."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop


def declare(desk: Desk, kind: str, prose: str, rest: str = "") -> dict[str, object]:
    """Return the paginator of orders, whose document declares a type and a limit."""
    paginator = f'"paginator": {{"type": "{kind}", "limit": 50{rest}}}'
    orders = f'{{"name": "orders", "endpoint": {{"path": "/orders", {paginator}}}}}'
    users = '{"name": "users", "endpoint": {"path": "/users"}}'
    written = desk.new(shop(orders, users, prose=f"\n# Resources\n\n{prose}\n"))
    return written.endpoint()["paginator"]


BOTH = [
    "The offset is sent as `skip` and the page size as `count`.",
    "- **orders**: the offset is passed in `skip`, the page size in `count`.",
    "- **orders**: `skip` is the offset, `count` the page size.",
    "- **orders**: `skip` holds the number of records to skip, `count` the number per page.",
    "- **orders**: offset parameter `skip`, limit parameter `count`.",
    "- **Offset parameter**: `skip`\n- **Page size parameter**: `count`",
    "The parameter for the offset is `skip`. The page size goes into the parameter `count`.",
]


@pytest.mark.parametrize("prose", BOTH)
def test_prose_names_the_offset_and_the_size(desk: Desk, prose: str) -> None:
    assert declare(desk, "offset", prose) == {
        "type": "offset",
        "limit": 50,
        "offset_param": "skip",
        "limit_param": "count",
    }


PAGES = [
    "The number of the page is sent as `p`.",
    "- **orders**: `p` is the page number.",
    "Every listing takes the page number in the query parameter `p`.",
    "- Page number parameter: `p`",
]


@pytest.mark.parametrize("prose", PAGES)
def test_prose_names_the_page(desk: Desk, prose: str) -> None:
    assert declare(desk, "page_number", prose)["page_param"] == "p"


CURSORS = [
    "The next-page token is sent in the parameter `after`.",
    "Listings are paginated: the token is sent as `after`.",
    "- Cursor parameter: `after`",
]


@pytest.mark.parametrize("prose", CURSORS)
def test_prose_names_the_parameter_of_a_cursor(desk: Desk, prose: str) -> None:
    paginator = declare(desk, "cursor", prose, ', "cursor_path": "next"')
    assert paginator["cursor_param"] == "after"


OTHERS = [
    ("page_number", "Responses contain `p`, the page number, and `count`, the page size."),
    ("page_number", "The page number is not sent as `p`."),
    ("page_number", "The page size is limited to `most` by the plan."),
    ("page_number", "The rate limit is sent as `X-Limit`."),
    ("cursor", "The cursor of the next page is returned in `meta.next`."),
    ("cursor", "The access token is sent as `access_token`; pages hold 50 rows."),
    ("cursor", "# Authentication\n\nThe token is passed in the query parameter `token`."),
]


@pytest.mark.parametrize(("kind", "prose"), OTHERS)
def test_names_of_responses_and_logins_are_not_parameters_of_pages(
    desk: Desk, kind: str, prose: str
) -> None:
    paginator = declare(desk, kind, prose, ', "cursor_path": "next"' if kind == "cursor" else "")
    assert not any(key.endswith("_param") for key in paginator)


def test_a_declared_parameter_wins_over_prose(desk: Desk) -> None:
    paginator = declare(desk, "offset", BOTH[0], ', "offset_param": "from"')
    assert paginator["offset_param"] == "from"
    assert paginator["limit_param"] == "count"


def test_places_in_a_body_keep_the_names_of_prose(desk: Desk) -> None:
    orders = (
        '{"name": "orders", "endpoint": {"path": "/orders", "method": "POST", "json": {"a": 1},'
        ' "paginator": {"type": "offset", "limit": 50}}}'
    )
    prose = (
        "\n# Resources\n\nThe offset is sent as `options.offset` and the page size as"
        " `options.count` in the body.\n"
    )
    assert desk.new(shop(orders, prose=prose)).endpoint()["paginator"] == {
        "type": "offset",
        "limit": 50,
        "offset_body_path": "options.offset",
        "limit_body_path": "options.count",
    }

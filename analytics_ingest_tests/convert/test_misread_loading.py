"""Sentences near to one on cursors, windows or full refreshes that say something else."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

PAGES = '{"name": "pages", "endpoint": {"path": "/pages"}}'
USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
NOT_FULL = [
    "Not read in full:\n\n- `orders`",
    "### No full refresh\n\n- `orders`",
    "Excluded from a full refresh:\n\n- `orders`",
    "### Never loaded completely\n\n- `orders`",
    "Each page is read completely.",
    "Pages are read completely before their rows are stored.",
    "All pages of a resource are read. Pages are loaded entirely.",
    "The tags of `orders` have no modification date.",
    "The attachments of `orders` are read in full.",
    "`orders` has no full refresh.",
]
FULL = [
    "Read in full:\n\n- `orders`",
    "### Full refresh\n\n- `orders`",
    "The records of `orders` have no modification date.",
]


@pytest.mark.parametrize("prose", NOT_FULL)
def test_what_denies_a_full_refresh_or_is_on_something_else_gives_none(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, PAGES, prose=f"\n# Loading\n\n{prose}\n"))
    assert "incremental" not in written.text


@pytest.mark.parametrize("prose", FULL)
def test_a_stated_full_refresh_is_taken(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, PAGES, prose=f"\n# Loading\n\n{prose}\n"))
    assert written.endpoint() == {"path": "/orders", "incremental": None}

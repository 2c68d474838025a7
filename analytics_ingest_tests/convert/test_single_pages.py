"""A resource whose response is one record has one page, though all others are paged."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

PAGES = '"paginator": {"type": "offset", "limit": 50}'
DEFAULTS = f'"resource_defaults": {{"primary_key": "id", "endpoint": {{{PAGES}}}}}'
PLAN = '{"name": "plan", "endpoint": {"path": "/plan"}}'
OFFSET = "\n**Pagination**: by offset, 50 records per page.\n"
ONE = [
    "- **plan**: `GET /plan`; the response is one record.",
    "- **plan**: `GET /plan`, a single object",
    "### Plan\n\nThe response is a single object.",
    "### Plan\n\nThe whole response is one record. It is not paginated.",
    "| Resource | Records | Pages |\n|---|---|---|\n| plan | root (one object) | single page |",
    "- **plan**: the response is one record.\n\n# Schema\n\n- **plan**: `limit` (number)",
]
MANY = [
    "- **plan**: `GET /plan`; each page holds one record.",
    "- **plan**: `GET /plan`; the response is not one record.",
    "- **orders**: `GET /orders`; the response is one record.",
    "- **plan**: `GET /plan`; the response may be one record.",
]
PAGED = [
    "- **plan**: the response is one record. It is paged by offset.",
    "### Plan\n\n- **Pagination**: offset\n- The response is a single object.",
]


@pytest.mark.parametrize("prose", ONE)
def test_a_response_that_is_one_record_has_one_page(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, PLAN, defaults=DEFAULTS, prose=f"{OFFSET}\n{prose}\n"))
    assert written.endpoint("plan")["paginator"] == "single_page"
    assert "paginator" not in written.endpoint()
    reason = "plan: it has one page: its response is one record, as the prose says"
    assert reason in written.assumed


@pytest.mark.parametrize("prose", MANY)
def test_other_responses_are_paged_as_all_are(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, PLAN, defaults=DEFAULTS, prose=f"{OFFSET}\n{prose}\n"))
    assert "paginator" not in written.endpoint("plan")


@pytest.mark.parametrize("prose", PAGED)
def test_one_record_that_is_paged_is_reported(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, PLAN, defaults=DEFAULTS, prose=f"\n{prose}\n"))
    assert "paginator" not in written.endpoint("plan")
    reason = "plan: the prose says that its response is one record, and that it is paged"
    assert any(line.startswith(reason) for line in written.assumed)


OWN: list[tuple[str, Any]] = [
    (PAGES, {"type": "offset", "limit": 50}),
    ('"data_selector": "plans"', None),
    ('"paginator": "single_page"', {"type": "single_page"}),
]


@pytest.mark.parametrize(("endpoint", "paginator"), OWN)
def test_its_own_configuration_stays(desk: Desk, endpoint: str, paginator: Any) -> None:
    prose = "\n- **orders**: the response is one record.\n"
    written = desk.new(orders(endpoint, defaults=DEFAULTS, prose=prose))
    assert written.endpoint().get("paginator") == paginator
    assert not any("one page" in line for line in written.assumed)

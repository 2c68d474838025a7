"""How many requests an API allows, as prose says it."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

STATED: list[tuple[str, Any]] = [
    ("The API allows 100 requests per minute.", {"requests": 100, "per": "60s"}),
    ("At most 10 calls / second.", {"requests": 10, "per": "1s"}),
    ("Limit: 300 requests every 5 minutes.", {"requests": 300, "per": "300s"}),
    ("Requests beyond 60 requests per minute are throttled.", {"requests": 60, "per": "60s"}),
    (
        "- **Rate limit**: 5 requests per second and 1,000 requests per hour",
        [{"requests": 5, "per": "1s"}, {"requests": 1000, "per": "3600s"}],
    ),
]
OTHER = [
    "The load needs about 100 requests per hour.",
    "Logins are limited to 5 requests per minute.",
    "With the premium plan up to 100 requests per second are allowed.",
    "If 100 requests per minute are exceeded, 429 is returned.",
    "There is no limit of 100 requests per minute.",
    "- **orders**: limited to 5 requests per second",
]


@pytest.mark.parametrize(("text", "rate"), STATED)
def test_the_rate_that_an_api_allows_is_kept(desk: Desk, text: str, rate: Any) -> None:
    written = desk.new(shop(ORDERS, prose=f"# Limits\n\n{text}\n"))
    assert written.attributes["rate"] == rate
    assert any(line.startswith("at most ") for line in written.assumed)


@pytest.mark.parametrize("text", OTHER)
def test_a_rate_of_something_else_limits_nothing(desk: Desk, text: str) -> None:
    assert "rate" not in desk.new(shop(ORDERS, prose=f"# Limits\n\n{text}\n")).attributes

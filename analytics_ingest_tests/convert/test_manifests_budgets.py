"""An `api_budget` becomes a `rate` that is never wider; what has no counterpart is reported."""

from typing import Any

from analytics_ingest_tests.convert.manifests import Json, manifest
from analytics_ingest_tests.convert.writing import Desk


def moving(*rates: tuple[Any, str], **matcher: Any) -> Json:
    """A policy of moving windows; a matcher if its keys are given."""
    listed = [{"limit": limit, "interval": interval} for limit, interval in rates]
    matchers = [{"type": "HttpRequestRegexMatcher", **matcher}] if matcher else []
    return {"type": "MovingWindowCallRatePolicy", "rates": listed, "matchers": matchers}


HEADERS = {"ratelimit_remaining_header": "X-Left", "ratelimit_reset_header": "X-Reset"}


def test_policies_become_rates_and_the_rest_is_said(desk: Desk) -> None:
    fixed = {"type": "FixedWindowCallRatePolicy", "period": "P1D", "call_limit": 5000}
    policies = [
        moving((10, "PT1S"), (150, "PT1M"), url_path_pattern=r"^/v1/orders/\d+$", method="get"),
        moving((3, "PT1S"), url_path_pattern="search|find"),
        moving(("{{ config['limit'] }}", "PT1S")),
        moving((1, "PT1S"), url_path_pattern="x", weight=3),
        {"type": "UnlimitedCallRatePolicy", "matchers": []},
        {**fixed, "matchers": [{"url_path_pattern": "/export"}]},
        moving((2_000_000, "P1D")),
    ]
    budget = {"type": "HTTPAPIBudget", "policies": policies, **HEADERS}
    run = desk.new(
        manifest(api_budget={**budget, "status_codes_for_ratelimit_hit": [429, 403]}),
        file="manifest.yaml",
    )
    headers = {"remaining_header": "X-Left", "reset_header": "X-Reset"}
    one = {"path": "/orders/*", "method": "GET"}
    assert run.attributes["rate"] == [
        {"requests": 10, "per": "1s", **one, **headers},
        {"requests": 150, "per": "1m", **one},
        {"requests": 5000, "per": "1d", "path": "*/export*", **headers},
    ]
    said = " ".join(run.assumed)
    for text in (
        "api_budget.policies[1] is left out: 'search|find' is not a path with parts that vary",
        "api_budget.policies[2] is left out: its limit or interval follows from a setting",
        "api_budget.policies[3] is left out: a matcher's weight has no counterpart",
        "api_budget.policies[4] is left out: the requests that it exempts count in the other",
        "api_budget.policies[6] is left out: it is larger or longer than a rate can be",
        "a fixed window of api_budget is a moving one here, which allows no more",
        "api_budget.status_codes_for_ratelimit_hit is left out",
        "a request counts in every rate that fits it; in Airbyte in the first",
    ):
        assert text in said

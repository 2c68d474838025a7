"""A parent is listed without the window, which some APIs require: what the failure says."""

from typing import Any

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import day, declare, extract, failure, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

BOTH = {"cursor_path": "updated_at", "start_param": "since", "end_param": "until"}
REASON = "because a resource with children in the run is listed without the window"


def serve(api: ScriptedApi, *required: str, status: int = 400) -> None:
    """Serve two orders and their lines, and refuse orders without a parameter."""

    def orders(asked: Asked) -> Any:
        if not set(required) <= asked.query.keys():
            return Reply({"error": "missing parameter"}, status)
        rows = [row(1, "2026-01-02T10:00:00Z"), row(2, "2026-01-05T10:00:00Z")]
        since, until = asked.query.get("since", ""), asked.query.get("until", "9999")
        return {"data": [one for one in rows if since <= one["updated_at"] < until]}

    api.on("/orders", orders)
    for order in (1, 2):
        api.always(f"/orders/{order}/lines", {"data": [row(order * 10, "2026-01-05T10:00:00Z")]})


def orders_and_lines(**incremental: Any) -> Any:
    return declare(
        resource("orders", incremental={**BOTH, **incremental}),
        resource("lines", path="/orders/{resources.orders.id}/lines"),
    )


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_listing_of_a_parent_says_why_it_holds_no_window(
    api: ScriptedApi, status: int
) -> None:
    serve(api, "since", "until", status=status)
    hint = (
        f"; the request holds no since and no until, {REASON}. If the API requires both, declare "
        "incremental.initial_value and max_window"
    )
    declaration = orders_and_lines()
    assert hint in str(failure(declaration, window=day(5)))
    # Also where only the children are loaded.
    assert hint in str(failure(declaration, "lines", window=day(5)))


@pytest.mark.parametrize(
    ("incremental", "hint"),
    [
        (
            {"initial_value": "2026-01-01"},
            f"; the request holds no until, {REASON}. If the API requires it, declare "
            "incremental.max_window",
        ),
        (
            {"end_margin": "1m"},
            f"; the request holds no since, {REASON}. If the API requires it, declare "
            "incremental.initial_value",
        ),
    ],
    ids=["only the start", "only the end"],
)
def test_only_the_bound_that_is_not_sent_is_named(
    api: ScriptedApi, incremental: dict[str, Any], hint: str
) -> None:
    serve(api, "since", "until")
    assert hint in str(failure(orders_and_lines(**incremental), window=day(5)))


@pytest.mark.parametrize(
    "incremental",
    [
        {"initial_value": "2026-01-01", "max_window": "31d"},
        {"initial_value": "2026-01-01", "end_margin": "1m"},
    ],
    ids=["max_window", "end_margin"],
)
def test_with_what_the_hint_says_both_bounds_are_sent_and_all_children_loaded(
    api: ScriptedApi, incremental: dict[str, Any]
) -> None:
    serve(api, "since", "until")
    stats = extract(orders_and_lines(**incremental), window=day(5))
    assert (stats["orders"].rows_loaded, stats["lines"].rows_loaded) == (1, 2)
    starts = [str(start) for start in api.sent("/orders", "since")]
    assert min(starts).startswith("2026-01-01")
    assert None not in api.sent("/orders", "until")


@pytest.mark.parametrize(
    ("declaration", "window"),
    [
        pytest.param(declare(resource("orders", incremental=BOTH)), day(5), id="no children"),
        pytest.param(
            orders_and_lines(), Window(None, utc(2026, 1, 2)), id="the first window has no start"
        ),
        pytest.param(declare(resource("orders")), day(5), id="no parameter of a window"),
    ],
)
def test_other_refusals_have_no_hint_of_children(
    declaration: Any, window: Window, api: ScriptedApi
) -> None:
    api.on("/orders", lambda _: Reply({"error": "no"}, 400))
    assert "the request holds no since" not in str(failure(declaration, window=window))


@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_another_status_says_nothing_of_the_window(api: ScriptedApi, status: int) -> None:
    serve(api, "since", "until", status=status)
    assert REASON not in str(failure(orders_and_lines(), window=day(5)))

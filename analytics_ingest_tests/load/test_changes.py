"""A resource that is read from two listings has the newest version of each row."""

import re
from datetime import datetime
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.declaration.validation.changes import select_changes, select_whole_listings
from analytics_ingest_tests.support.changes import (
    CHANGES,
    Customers,
    check_any_loads,
    declare_customers,
    declare_resource,
    read_plans,
)
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    load,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

EVERYTHING_SO_FAR = Window(None, utc(2026, 1, 20))
SEVERAL_DAYS = Window(utc(2026, 1, 5), utc(2026, 1, 10))


def from_changes() -> ApiDeclaration:
    return select_changes(declare_customers(), ["customers"])


def from_endpoint(**own: Any) -> ApiDeclaration:
    """Customers whose listing is read whole, as of 20 January."""
    return select_whole_listings(declare_customers(own=own), {"customers": utc(2026, 1, 20)})


@pytest.fixture
def customers(api: ScriptedApi) -> Customers:
    """Two customers, created and changed early in January."""
    shop = Customers(api)
    shop.change("a", "2026-01-02T00:00:00Z", "free")
    shop.change("b", "2026-01-03T00:00:00Z", "free")
    shop.change("a", "2026-01-05T00:00:00Z", "basic")
    return shop


@pytest.mark.parametrize("seed", range(2))
def test_any_loads_leave_the_newest_state_that_was_read(api: ScriptedApi, seed: int) -> None:
    check_any_loads(api, seed)


def test_a_change_replaces_the_row_of_its_key(api: ScriptedApi, customers: Customers) -> None:
    load(from_endpoint(), window=EVERYTHING_SO_FAR)
    assert read_plans() == {"a": "basic", "b": "free"}
    customers.change("b", "2027-01-03T00:00:00Z", "gold")
    load(from_changes(), window=Window(utc(2027, 1, 3), utc(2027, 1, 4)))
    assert read_plans() == {"a": "basic", "b": "gold"}
    assert api.paths == ["/customers", "/events"]


def test_the_last_of_several_changes_in_a_window_stays(customers: Customers) -> None:
    for hour, plan in ((9, "gold"), (18, "none"), (12, "basic")):
        customers.change("a", f"2026-01-07T{hour:02}:00:00Z", plan)
    load(from_changes(), window=day(7))
    assert read_plans() == {"a": "none"}


def test_windows_of_changes_can_be_loaded_in_any_order(customers: Customers) -> None:
    customers.change("a", "2026-01-07T00:00:00Z", "gold")
    customers.change("b", "2026-01-07T00:00:00Z", "gold")
    customers.change("a", "2026-01-09T00:00:00Z", "none")
    plans: list[dict[str, str]] = []
    for number in (7, 9, 7, 5):
        load(from_changes(), window=day(number))
        plans.append(read_plans())
    newest = {"a": "none", "b": "gold"}
    assert plans == [{"a": "gold", "b": "gold"}, newest, newest, newest]


def test_a_change_that_is_older_than_a_reading_of_the_listing_does_not_replace_it(
    customers: Customers,
) -> None:
    customers.change("a", "2026-01-07T00:00:00Z", "gold")
    load(from_endpoint(), window=EVERYTHING_SO_FAR)
    load(from_changes(), window=day(5))
    assert read_plans()["a"] == "gold"


def test_a_reading_of_the_listing_replaces_older_changes_although_its_cursor_is_older(
    customers: Customers,
) -> None:
    load(from_changes(), window=day(5))
    customers.change("a", "2026-01-19T00:00:00Z", "gold")
    load(from_endpoint(), window=day(2))
    assert read_plans() == {"a": "gold", "b": "free"}
    (updated,) = table("customers", "updated", order_by="updated")[:1]
    assert updated.replace(tzinfo=None) == datetime(2026, 1, 2)


def test_the_whole_listing_replaces_rows_from_before_changes_were_declared(
    customers: Customers,
) -> None:
    load(declare_customers(changes=None), window=EVERYTHING_SO_FAR)
    customers.change("a", "2026-01-07T00:00:00Z", "gold")
    with pytest.raises(LoadError, match="load the first partition again, which reads all rows"):
        load(from_changes(), window=day(7))
    load(from_endpoint(), window=day(2))
    load(from_changes(), window=day(7))
    assert read_plans() == {"a": "gold", "b": "free"}
    assert len(table("customers")) == 2


def test_a_contract_that_refuses_the_moment_of_a_row_refuses_the_load(
    customers: Customers,
) -> None:
    assert customers
    modes = ("discard_value", "discard_row", "freeze")

    def declared(*, changes: Any = CHANGES, has_contract: bool = True) -> ApiDeclaration:
        copies: list[dict[str, Any]] = []
        for mode in modes:
            own = {"schema_contract": {"columns": mode}} if has_contract else {}
            copies.append({**declare_resource(changes=changes, own=own), "name": mode})
        return select_whole_listings(
            declare(*copies), dict.fromkeys(modes, utc(2026, 1, 20)) if changes else {}
        )

    load(declared(changes=None), window=EVERYTHING_SO_FAR)
    with pytest.raises(LoadError) as caught:
        load(declared(), window=day(2))
    for mode in modes:
        refused = rf"{mode}: .*schema_contract refuses the (new )?column _as_of"
        assert re.search(refused, str(caught.value)), (mode, str(caught.value))
    load(declared(has_contract=False), window=day(2))
    load(declared(), window=day(2))


def test_a_change_without_a_moment_is_rejected_as_it_could_not_be_compared(
    customers: Customers, api: ScriptedApi
) -> None:
    load(from_endpoint(), window=EVERYTHING_SO_FAR)
    change = {"created": "soon", "object": {"id": "a", "plan": "gold"}}
    api.always("/events", {"data": [change]})
    stats = load(from_changes(), window=day(7))
    assert stats["customers"].rows_rejected == 1
    assert read_plans()["a"] == "basic"


def test_rows_that_were_loaded_without_changes_are_as_new_as_their_load(
    customers: Customers,
) -> None:
    """`changes` was removed for a while."""
    customers.change("a", "2026-01-07T00:00:00Z", "silver")
    load(from_changes(), window=day(7), run_id="first")
    customers.change("a", "2026-01-08T00:00:00Z", "gold")
    load(declare_customers(changes=None), window=EVERYTHING_SO_FAR, run_id="without")
    load(from_changes(), window=day(7), run_id="again")
    assert read_plans()["a"] == "gold"
    customers.change("a", "2099-01-07T00:00:00Z", "none")
    load(from_changes(), window=Window(utc(2099, 1, 1), utc(2099, 2, 1)), run_id="later")
    assert read_plans()["a"] == "none"


def test_a_listing_of_changes_that_is_ignored_fails_the_resource_and_others_warn(
    api: ScriptedApi,
) -> None:
    api.always("/events", Reply({}, 403))
    api.always("/others", Reply({}, 403))
    ignored: dict[str, Any] = {"response_actions": [{"status_code": 403, "action": "ignore"}]}
    changes = {**CHANGES, "endpoint": {**CHANGES["endpoint"], **ignored}}
    declared = declare_customers(resource("others", **ignored), changes=changes)
    with pytest.raises(LoadError, match="so changes would be lost; narrow the action"):
        load(select_changes(declared, ["customers"]), window=day(7))
    (warning,) = extract(declared, "others", window=day(7))["others"].warnings
    assert "1 of 1 listings count as empty" in warning

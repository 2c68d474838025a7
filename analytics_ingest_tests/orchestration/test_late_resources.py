"""What a tick asks for where some resources of an API lack more than others, and in which order."""

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import deploy, read_request
from analytics_ingest_tests.support.history import record_load
from analytics_ingest_tests.support.loads import API, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

ROWS = [row(n, f"2026-01-{n:02}T10:00:00Z") for n in range(1, 15)]


def day(number: int) -> str:
    """The partition of a day of January."""
    return f"2026-01-{number:02}"


DIFFERENT = {
    "one lacks more": (
        {"items": [7, 8], "others": [7, 8], "late": [7]},
        [(8, 8, ["late"]), (9, 9, [])],
    ),
    "one lacks what is older too": (
        {"items": [7, 8], "others": [7, 8], "late": [2, 4, 5, 6, 7, 8]},
        [(3, 3, ["late"]), (9, 9, [])],
    ),
    "two lack the same": (
        {"items": [7, 8], "others": [7], "late": [7]},
        [(8, 8, ["others", "late"]), (9, 9, [])],
    ),
    "one lacks more than another that does": (
        {"items": [8], "others": [6, 7], "late": [4, 5]},
        [(6, 7, ["late"]), (8, 8, ["others", "late"]), (9, 9, [])],
    ),
    "one lacks only what is older": (
        {"items": [7, 8], "others": [7, 8], "late": [2, 4, 5, 6, 7, 8, 9]},
        [(3, 3, ["late"]), (9, 9, [])],
    ),
    "one lacks what is due, and the others nothing": (
        {"items": [7, 8, 9], "others": [7, 8, 9], "late": [7]},
        [(8, 9, ["late"]), (10, 10, [])],
    ),
    "one was never loaded": (
        {"items": [7, 8], "others": [6]},
        [(7, 8, ["others"]), (9, 9, [])],
    ),
    "all lack the same": (
        {"items": [7], "others": [7], "late": [7]},
        [(8, 9, [])],
    ),
}
"""Resource → the days that were loaded; and the ranges asked for, each with its resources."""


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_only_some_resources_lack_is_asked_for_them_before_the_newest_of_all(
    name: str, instance: dg.DagsterInstance
) -> None:
    loads, asked = DIFFERENT[name]
    for loaded, days in loads.items():
        for number in days:
            record_load(instance, utc(2026, 1, number + 1, 0, 10), day(number), resource=loaded)
    snapshot = resource("kept", incremental=None)
    deployment = deploy(declare(*map(resource, ("items", "others", "late")), snapshot), instance)
    requests = deployment.tick(utc(2026, 1, 10, 0, 15)).run_requests or []
    ranges = [(day(first), day(last), names) for first, last, names in asked]
    assert [read_request(request) for request in requests] == ranges
    keys = {request.run_key for request in requests}
    assert len(keys) == len(requests)
    assert (None in keys) == (len(requests) == 1)


def test_what_refers_to_a_resource_that_was_refused_is_checked_after_it_is_loaded(
    api: ScriptedApi, instance: dg.DagsterInstance
) -> None:
    answers = [Reply({"data": ROWS})]
    api.on("/customers", lambda _: answers[-1])
    api.always("/orders", {"data": [{**row, "customer_id": row["id"] - 1} for row in ROWS]})
    customer = {"type": "integer", "checks": [{"references": [API, "customers"]}]}
    deployment = deploy(
        declare(
            resource("orders"),
            resource("customers", error_handler={"max_retries": 0}),
            schema={"orders": {"fields": {"customer_id": customer}}},
        ),
        instance,
    )
    deployment.load_requested(utc(2026, 1, 9, 0, 15))
    answers.append(Reply({}, 403))
    deployment.load_requested(utc(2026, 1, 10, 0, 15))
    answers.append(Reply({"data": ROWS}))
    late, newest = (run for _, run in deployment.load_requested(utc(2026, 1, 11, 0, 15)))
    assert late.success
    assert newest.success
    assert newest.verdicts["orders/references_customer_id"].passed
    assert table("orders") == table("customers") == [8, 9, 10]

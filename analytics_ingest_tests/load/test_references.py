"""A check of references takes only the current rows of the table that it refers to."""

from analytics_ingest.load.load import inspect_tables
from analytics_ingest_tests.support.histories import history
from analytics_ingest_tests.support.loads import declare, load, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def test_a_row_that_is_marked_or_retired_is_not_referenced(api: ScriptedApi) -> None:
    deletes = {"deletes": {"max_share": 1}}
    references = {
        name: {"type": "integer", "checks": [{"references": ["demo", name]}]}
        for name in ("marked", "retired", "never_marked")
    }
    declaration = declare(
        resource("marked", own=deletes, incremental=None),
        history("retired"),
        resource("never_marked", own=deletes, incremental=None),
        resource("orders", own=deletes, incremental=None),
        schema={"orders": {"fields": {"id": "integer", **references}}},
    )
    without_deletes = declare(resource("never_marked", incremental=None))
    api.always("/never_marked", {"data": [row(1)]})
    load(without_deletes)
    orders = [row(n, marked=n, retired=n, never_marked=1) for n in (1, 2, 3)]
    for targets, sources in (([1, 2], orders), ([1], orders[:2])):
        for name in ("marked", "retired"):
            api.always(f"/{name}", {"data": [row(n) for n in targets]})
        api.always("/orders", {"data": sources})
        load(declaration, "marked", "retired", "orders")
    tables = inspect_tables(
        declaration,
        frozenset(["orders"]),
        utc(2026, 1, 10),
        run_id="check",
        log=lambda line: None,
    )
    failing = tables["orders"].failing
    # Of order 3, which is marked as deleted itself, nothing is asked.
    assert {name: (rows.keys, rows.problem) for name, rows in failing.items()} == {
        "references_marked": (["2"], ""),
        "references_retired": (["2"], ""),
        "references_never_marked": ([], ""),
    }

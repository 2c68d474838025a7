"""Rows that fail checks of `schema.yaml`, and what fails."""

from typing import Any

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row

DAY = "2026-01-05"
CANARY = "canary"

SCHEMA: dict[str, Any] = {
    "orders": {
        "fields": {
            "id": "integer",
            "updated_at": "timestamp",
            "status": {
                "type": "string?",
                "tags": ["pii"],
                "checks": ["not_null", {"accepted_values": ["open", "it's 100%s \\ {done}"]}],
            },
            "email": {"type": "string?", "checks": ["unique"]},
            "total": {"type": "number?", "checks": [{"range": {"min": 0}, "severity": "warn"}]},
            "day": {
                "type": "date?",
                "checks": [
                    {"range": {"min": "2026-01-01", "max": "2026-01-31"}},
                    {"accepted_values": ["2026-01-05"], "name": "is_the_day"},
                ],
            },
            "at": {"type": "timestamp?", "checks": [{"range": {"max": "2026-01-31T00:00:00Z"}}]},
            "customer": {
                "type": "integer?",
                "checks": [
                    {"references": ["demo", "customers"], "blocking": True},
                    {"references": ["elsewhere", "people", "id"], "name": "of_another_api"},
                ],
            },
            "never": {"type": "string?", "checks": ["not_null", "unique"]},
        },
        "checks": [
            {"name": "open_has_total", "sql": "select * from {table} where total is null;"},
            {
                "name": "totals",
                "severity": "warn",
                "sql": "select status from {table} where total < 0 -- no key in it",
            },
            {"name": "no_such_column", "sql": "select nothing from {table}"},
            {"name": "quotes_a_row", "sql": "select id from {table} where status::int = 1"},
        ],
    }
}
FINE = {
    "status": "open",
    "email": "a",
    "total": 1,
    "day": "2026-01-05",
    "customer": 1,
    "at": "2026-01-05T00:00:00Z",
    "never": "x",
}
ROWS = [
    row(1, **FINE),
    row(2, **{**FINE, "status": f"{CANARY}-status", "email": f"{CANARY}-email", "customer": 9}),
    row(3, **{**FINE, "status": None, "email": f"{CANARY}-email", "total": -1}),
    row(4, **{**FINE, "status": 7, "email": None, "total": None, "day": "2026-02-01"}),
    # An older version of a row, which a merge drops, fails no check.
    row(1, "2026-01-05T09:00:00Z", **{**FINE, "status": None, "total": -5, "customer": 8}),
    row(5, **{**FINE, "email": "b", "status": "it's 100%s \\ {done}", "at": "2026-02-01"}),
]
FAILING = {
    "not_null_status": (1, ["3"]),
    "accepted_values_status": (2, ["2", "4"]),
    "unique_email": (1, ["2", "3"]),
    "range_total": (1, ["3"]),
    "range_day": (1, ["4"]),
    "is_the_day": (1, ["4"]),
    "range_at": (1, ["5"]),
    "references_customer": (1, ["2"]),
    "not_null_never": (0, None),
    "unique_never": (4, ["1", "2", "3", "4", "5"]),
    "open_has_total": (1, ["4"]),
}


def declared() -> ApiDeclaration:
    customers = resource("customers", incremental=None)
    return declare(resource("orders"), customers, schema=SCHEMA)

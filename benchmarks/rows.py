"""The rows that are served: row 7 is the same row in every listing of every workload."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

PAGE = 100
"""Rows a page."""

_FIRST_MOMENT = datetime(2025, 1, 1, tzinfo=timezone.utc)
_COMPANIES = ("Halden & Sons", "Northwind Optics", "Café Lumière", "Quarry Lane Ltd", "Ōtani KK")
_STATUSES = ("open", "paid", "shipped", "returned", "cancelled")
_CURRENCIES = ("EUR", "USD", "JPY")
_CITIES = ("Lyon", "Gdańsk", "Porto", "Tampere", "Leeds", "Zürich", "Ghent")
_TAGS = ("wholesale", "retail", "priority", "gift", "fragile", "export")
_NOTE = "Leave the parcel at the side entrance and ring twice, please; the invoice goes by mail"

FIELDS = {
    "id": "integer",
    "reference": "string",
    "customer": "string",
    "company": "string",
    "email": "string",
    "phone": "string?",
    "status": "string",
    "currency": "string",
    "amount": "number",
    "discount": "number?",
    "quantity": "integer",
    "weight": "number",
    "is_gift": "boolean",
    "channel": "string",
    "tracking_url": "string",
    "note": "string?",
    "address": "object",
    "tags": "array<string>",
    "created_at": "timestamp",
    "updated_at": "timestamp",
}
"""Field → type, as a schema file declares them."""


def row(number: int, updated_at: str | None = None) -> dict[str, Any]:
    """One row, by its id; older rows have lower ids."""
    mixed = number * 2654435761 % 2**32
    city = _CITIES[mixed % 7]
    return {
        "id": number,
        "reference": f"ORD-{mixed:08x}-{number:08d}",
        "customer": f"Customer {mixed % 9973}",
        "company": _COMPANIES[mixed % 5],
        "email": f"customer.{mixed % 9973}@mail.example.com",
        "phone": None if mixed % 4 == 0 else f"+33 4 {mixed % 10**8:08d}",
        "status": _STATUSES[mixed // 7 % 5],
        "currency": _CURRENCIES[mixed % 3],
        "amount": mixed % 10**6 / 100,
        "discount": None if mixed % 3 else mixed % 50 / 4,
        "quantity": mixed % 12 + 1,
        "weight": mixed % 7919 / 8,
        "is_gift": mixed % 11 == 0,
        "channel": "web" if mixed % 2 else "store",
        "tracking_url": f"https://track.example.com/parcels/{mixed:08x}?lang=fr",
        "note": None if mixed % 5 == 0 else f"{_NOTE} {mixed % 997}.",
        "address": {"street": f"{mixed % 200} Mill Road", "city": city, "zip": f"{mixed % 90000}"},
        "tags": [_TAGS[mixed % 6], _TAGS[(mixed // 6 + 1) % 6]],
        "created_at": _iso8601(number - 1),
        "updated_at": updated_at or _iso8601(number),
    }


def rows(count: int, *, first: int = 1) -> Iterator[dict[str, Any]]:
    """Rows that were there from the beginning, all older than 2026."""
    return (row(number) for number in range(first, first + count))


def new_rows(count: int, day: str, *, after: int) -> Iterator[dict[str, Any]]:
    """Rows of a later day, with ids above those that were there."""
    return (row(after + n, f"{day}T12:{n // 60:02d}:{n % 60:02d}Z") for n in range(1, count + 1))


def serialised(page: list[dict[str, Any]]) -> bytes:
    """The body of a page."""
    return json.dumps({"data": page}, separators=(",", ":"), ensure_ascii=False).encode()


def _iso8601(seconds: int) -> str:
    return (_FIRST_MOMENT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

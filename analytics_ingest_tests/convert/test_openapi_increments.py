"""What says when a row changed, which filters and sorts fit it, and which are never used."""

from typing import Any

from analytics_ingest_tests.convert.openapi_documents import (
    CHANGING,
    MOMENT,
    NUMBER,
    ROW,
    TEXT,
    Json,
    converted,
    document,
    endpoints,
    listing,
    query,
    thing,
)

PAGE = query("page", {**NUMBER, "default": 1})
DAY: Json = {"type": "string", "format": "date"}
UNIX: Json = {**NUMBER, "description": "Unix timestamp"}


def cursor(path: str = "updated_at", **more: Any) -> Json:
    """An `incremental` block."""
    return {"cursor_path": path, **more}


def sorting(*values: str) -> Json:
    """A sort parameter with these values."""
    return query("sort", {**TEXT, "enum": list(values)})


BY: dict[str, tuple[Json, Json | None]] = {
    "no field that changes": (listing(row={**ROW, "created_at": MOMENT}), None),
    "a field alone": (listing(row=CHANGING), cursor()),
    "no key": (listing(row={"updated_at": MOMENT}), None),
    "who changed it": (listing(row={**ROW, "updated_by": TEXT, "modified_count": NUMBER}), None),
    "a part of it changed": (
        listing(
            row={**ROW, "password_changed_at": MOMENT, "update_frequency_ms": NUMBER, "id": TEXT}
        ),
        None,
    ),
    "a start of the change of a part": (
        listing(query("status_changed_since", MOMENT), row=CHANGING),
        cursor(),
    ),
    "camel case": (listing(row={**ROW, "lastModifiedDate": MOMENT}), cursor("lastModifiedDate")),
    "a day": (listing(row={**ROW, "modified_on": DAY}), cursor("modified_on")),
    "seconds": (listing(row={**ROW, "updated": UNIX}), cursor("updated", cursor_format="epoch_s")),
    "milliseconds": (
        listing(row={**ROW, "updated_at": {**NUMBER, "example": 1_700_000_000_000}}),
        cursor(cursor_format="epoch_ms"),
    ),
    "a number of unknown kind": (listing(row={**ROW, "updated_at": NUMBER}), None),
    "a date of mail": (
        listing(row={**ROW, "date_updated": {**TEXT, "format": "date-time-rfc-2822"}}),
        cursor("date_updated", cursor_format="%a, %d %b %Y %H:%M:%S %z"),
    ),
    "a date that cannot be read": (
        listing(row={**ROW, "UpdatedDate": {**TEXT, "example": "/Date(1573755038314)/"}}),
        None,
    ),
    "attributes": (
        listing(row={**ROW, "attributes": thing({"updated": MOMENT})}),
        cursor("attributes.updated"),
    ),
    "a start": (
        listing(query("updated_since", MOMENT), row=CHANGING),
        cursor(start_param="updated_since"),
    ),
    "a start that its moment excludes": (
        listing(query("modified_after", MOMENT), row=CHANGING),
        cursor(start_param="modified_after", lookback="1s"),
    ),
    "a day that it excludes": (
        listing(query("updated_after", DAY), row=CHANGING),
        cursor(start_param="updated_after", param_format="%Y-%m-%d", lookback="1d"),
    ),
    "both ends, in brackets": (
        listing(query("updatedAt[gte]", UNIX), query("updatedAt[lt]", UNIX), row=CHANGING),
        cursor(start_param="updatedAt[gte]", end_param="updatedAt[lt]", param_format="epoch_s"),
    ),
    "both ends, of an object": (
        listing(
            query("updated", thing({"from": MOMENT, "to": MOMENT}), style="deepObject"),
            row=CHANGING,
        ),
        cursor(start_param="updated[from]", end_param="updated[to]"),
    ),
    "a start that its text explains": (
        listing(
            query("since", MOMENT, description="Only rows that were last updated after the time."),
            row=CHANGING,
        ),
        cursor(start_param="since"),
    ),
    "a start of the creation": (listing(query("created_after", MOMENT), row=CHANGING), cursor()),
    "a start of anything": (
        listing(query("since", MOMENT), query("until", MOMENT), row=CHANGING),
        cursor(),
    ),
    "a start whose text says created": (
        listing(query("from", MOMENT, description="Created or updated from"), row=CHANGING),
        cursor(),
    ),
    "a sort of a single page": (
        listing(sorting("updated_at", "-updated_at"), row=CHANGING),
        cursor(),
    ),
    "a sort, newest first": (
        listing(PAGE, sorting("name", "-name", "updated_at", "-updated_at"), row=CHANGING),
        cursor(row_order="desc"),
    ),
    "a sort and a start, oldest first": (
        listing(
            query("starting_after"),
            sorting("updated_at", "-updated_at"),
            query("updated_since", MOMENT),
            row=CHANGING,
        ),
        cursor(start_param="updated_since", row_order="asc"),
    ),
    "a sort and a start of counted pages, newest first": (
        listing(
            PAGE, sorting("updated_at", "-updated_at"), query("updated_since", MOMENT), row=CHANGING
        ),
        cursor(start_param="updated_since", row_order="desc"),
    ),
    "a sort of counted pages, oldest first only": (
        listing(PAGE, sorting("name:asc", "updated_at:asc"), row=CHANGING),
        cursor(),
    ),
    "a sort by a word": (
        listing(PAGE, sorting("updated_at:asc", "updated_at:desc"), row=CHANGING),
        cursor(row_order="desc"),
    ),
    "a sort with a direction": (
        listing(
            PAGE,
            sorting("created_at", "updated_at"),
            query("direction", {**TEXT, "enum": ["asc", "desc"]}),
            row=CHANGING,
        ),
        cursor(row_order="desc"),
    ),
    "a sort by a shorter name": (
        listing(PAGE, sorting("updated", "-updated"), row=CHANGING),
        cursor(row_order="desc"),
    ),
    "a sort whose order nobody says": (
        listing(PAGE, sorting("created_at", "updated_at"), row=CHANGING),
        cursor(),
    ),
    "a sort by anything": (listing(query("sort"), row=CHANGING), cursor()),
}


def test_changes_are_asked_for_only_by_what_says_when_a_row_changed() -> None:
    paths = {f"/x{number}": item for number, (item, _) in enumerate(BY.values())}
    found = endpoints(paths)
    blocks = dict(zip(BY, [endpoint["incremental"] for endpoint in found.values()], strict=True))
    assert blocks == {case: block for case, (_, block) in BY.items()}
    sent = {case: e["params"] for case, e in zip(BY, found.values(), strict=True) if "params" in e}
    assert sent == {
        "a sort, newest first": {"sort": "-updated_at"},
        "a sort and a start, oldest first": {"sort": "updated_at"},
        "a sort and a start of counted pages, newest first": {"sort": "-updated_at"},
        "a sort by a word": {"sort": "updated_at:desc"},
        "a sort with a direction": {"sort": "updated_at", "direction": "desc"},
        "a sort by a shorter name": {"sort": "-updated"},
    }


def test_a_filter_that_is_not_used_is_named() -> None:
    paths = {"/orders": listing(query("created_after", MOMENT), row=CHANGING), "/tags": listing()}
    of_orders, of_tags, of_all = converted(document(paths)).log.assumptions
    unused = "created_after may filter by another moment than updated_at: unused"
    assert of_orders == ("orders", unused)
    assert of_tags == ("tags", "has no field that says when a row changed: it is loaded whole")
    assert of_all[1].startswith("the document does not say how requests are signed")


def test_the_change_of_a_row_may_be_named_after_it() -> None:
    found = endpoints({"/companies": listing(row={**ROW, "company_updated_at": MOMENT})})
    assert found["companies"]["incremental"] == cursor("company_updated_at")

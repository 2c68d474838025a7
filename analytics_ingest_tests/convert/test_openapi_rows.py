"""The rows of an OpenAPI document's listings: their keys, and the types of their fields."""

import pytest

from analytics_ingest_tests.convert.openapi_documents import (
    MOMENT,
    NUMBER,
    TEXT,
    Json,
    answering,
    converted,
    document,
    get,
    listing,
    merged,
    query,
    rows,
    thing,
)

KEYS = {
    "id": ({"id": TEXT, "name": TEXT}, "id"),
    "its own id": ({"widget_id": TEXT, "owner_id": TEXT}, "widget_id"),
    "camel case": ({"widgetId": NUMBER, "ownerId": TEXT}, "widgetId"),
    "uuid": ({"name": TEXT, "uuid": TEXT}, "uuid"),
    "a hint": ({"code": {**TEXT, "x-primary-key": True}, "id": TEXT}, "code"),
    "nothing like a key": ({"name": TEXT, "owner_id": TEXT}, None),
    "an id that is an object": ({"id": thing({"x": TEXT})}, None),
}


@pytest.mark.parametrize(("row", "key"), KEYS.values(), ids=list(KEYS))
def test_the_key_of_a_row_is_known_by_its_name(row: Json, key: str | None) -> None:
    (found,) = merged(converted(document({"/widgets": listing(row=row)}))).values()
    assert found.get("primary_key") == key


def test_the_rows_are_named_by_their_list_and_an_id_of_the_path_is_not_theirs() -> None:
    row = {"send_job_id": TEXT, "letter_id": TEXT, "state": TEXT}
    page = query("page", {**NUMBER, "default": 1})
    paths = {"/send_job/{send_job_id}": get(thing({"letters": rows(row)}), page)}
    assert merged(converted(document(paths)))["send_job"]["primary_key"] == "letter_id"
    del row["letter_id"]
    assert "primary_key" not in merged(converted(document(paths)))["send_job"]
    held = {"/teams/sub_teams/{team_id}": get(thing({"sub_teams": rows({"team_id": TEXT})}), page)}
    assert merged(converted(document(held)))["sub_teams"]["primary_key"] == "team_id"


def test_the_path_of_one_row_shows_the_key() -> None:
    paths = {"/plans": listing(row={"slug": TEXT}), "/plans/{slug}": get(thing({"slug": TEXT}))}
    assert merged(converted(document(paths)))["plans"]["primary_key"] == "slug"
    example = {"data": [{"slug": "a", "n": 1}, {"slug": "a", "n": 2}]}
    answer = answering(thing({"data": rows({"slug": TEXT})}), example=example)
    paths["/plans"] = {"get": {"responses": answer}}
    declaration = converted(document(paths))
    assert "primary_key" not in merged(declaration)["plans"]
    assert ("plans", "the document shows no key: it is loaded whole each time") in (
        declaration.log.assumptions
    )


def test_types_formats_and_values_are_in_the_schema() -> None:
    row = {
        "id": {"type": "string", "format": "uuid"},
        "at": MOMENT,
        "day": {"type": "string", "format": "date"},
        "amount": {"type": "string", "format": "decimal"},
        "count": {"type": "integer", "format": "int64", "nullable": True},
        "share": {"type": ["number", "null"]},
        "state": {"type": "string", "enum": ["open", "closed"], "description": "How it is"},
        "owner": {"$ref": "#/components/schemas/Owner"},
        "lines": rows(),
        "either": {"oneOf": [TEXT, NUMBER]},
        "anything": {},
        "secret": {**TEXT, "writeOnly": True},
        "Count": NUMBER,
    }
    item = thing(row, required=["id", "state", "count"])
    answer = thing({"data": {"type": "array", "items": item}})
    owner = {"Owner": thing({"parent": {"$ref": "#/components/schemas/Owner"}})}
    schema = converted(document({"/orders": get(answer)}, components={"schemas": owner})).schema
    assert schema["orders"] == {
        "required": ["id", "state"],
        "fields": {
            "id": "string",
            "at": "timestamp?",
            "day": "date?",
            "amount": "decimal?",
            "count": "integer?",
            "share": "number?",
            "state": {"type": "string", "description": "How it is. One of open, closed."},
            "owner": "object?",
            "lines": "array?",
            "either": "string?",
        },
    }

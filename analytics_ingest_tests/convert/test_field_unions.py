"""Types that are several: a column of texts holds each value as JSON writes it."""

import pytest

from analytics_ingest.convert.prose.words.field_types import find_type, find_union
from analytics_ingest_tests.convert.writing import Desk, fenced, orders

TEXTS = [
    "string or object",
    "number or string, nullable",
    "integer or text",
    "`string` | `number`",
    "string | number | null",
    "number/string",
    "string, number or boolean",
    "string, number, or boolean",
    "either a string or an object",
    "nullable string or integer",
    "null or string or int",
    "array or string",
    "string or array of numbers",
    "array of strings, or a string",
    "string or number: the code of the order",
]
OTHERS = {
    "integer or number": "number?",
    "object or array": "array?",
    "array of strings or numbers": "array?",
    "integer, number of days or weeks": "integer?",
    "string, date-time or null": "timestamp?",
    "string or null": "string?",
    "email or url": "string?",
    "integer or timestamp, epoch": "integer?",
}
UNDECLARED = ["boolean or integer", "object or number", "integer or string, epoch seconds"]
NO_UNIONS = [
    "string (number of items or text)",
    "the string or object it is on",
    "ID of the object or the string",
    "number, string",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_union_with_texts_is_one_of_texts(text: str) -> None:
    assert find_type(text) == "string?"
    assert "string" in find_union(text)


def test_a_union_without_texts_is_of_a_type_that_holds_all_or_of_none() -> None:
    assert {text: find_type(text) for text in OTHERS} == OTHERS
    assert [find_type(text) for text in UNDECLARED] == [None] * len(UNDECLARED)
    assert all(map(find_union, UNDECLARED))


def test_other_texts_with_several_types_are_not_unions() -> None:
    assert [find_union(text) for text in NO_UNIONS] == [set()] * len(NO_UNIONS)
    assert [find_type(text) for text in NO_UNIONS] == [None] * len(NO_UNIONS)


DESCRIBED = {
    "integer, start of the bar as a timestamp in milliseconds (primary key)": "integer",
    "integer (timestamp)": "integer?",
    "timestamp, integer": None,
    "boolean, whether the list is open": "boolean?",
    "integer or null, date of the change as text": "integer?",
    "string, nullable, list of names": "string?",
    "string, UUID of the object": "string?",
    "string, date of the birth": "date?",
    "string, number": None,
    "string, sometimes an array of strings": None,
    "integer, string in old rows": None,
}


def test_a_type_before_a_phrase_that_names_another_is_the_fields() -> None:
    assert {text: find_type(text) for text in DESCRIBED} == DESCRIBED


def test_unions_are_reported(desk: Desk) -> None:
    fields = "- `id`: number or string\n- `note`: string or object\n- `size`: number or boolean\n"
    written = desk.new(orders(prose=f"# Schema\n\n{fields}"))
    assert written.schema["orders"]["fields"] == {"id": "string", "note": "string?"}
    assert "orders: id, note may be of several types: their columns are texts" in written.assumed
    undeclared = "orders: size may be of several types: not declared in schema.yaml"
    assert undeclared in written.assumed


@pytest.mark.parametrize(
    "code",
    [
        '{"properties": {"a": {"type": ["string", "object", "null"]}, "b": {"type": "integer"}}}',
        '{"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "number"}]},'
        ' "b": {"type": ["null", "integer"]}}}',
        '{"orders": {"a": ["string", "number", "null"], "b": ["integer", "null"]}}',
        "orders:\n  a: string or object\n  b: integer",
    ],
)
def test_unions_in_code_are_read(desk: Desk, code: str) -> None:
    block = fenced(code, "json" if code.startswith("{") else "yaml").partition("```")
    written = desk.new(orders(prose=f"# Schema\n\n{''.join(block[1:])}"))
    assert written.schema["orders"]["fields"] == {"a": "string?", "b": "integer?"}
    assert "orders: a may be of several types: its column is a text" in written.assumed

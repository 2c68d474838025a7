"""Fields, durations and the schema file: what their words mean, and which declaration wins."""

from datetime import timedelta

import pytest

from analytics_ingest.declaration.fields import Field
from analytics_ingest.declaration.models.scalars import format_duration, parse_duration
from analytics_ingest_tests.declaration.declaring import mistake, resource

SCHEMA = "a: {fields: {id: string, n: 'number?'}, required: [id]}"


@pytest.mark.parametrize(
    ("written", "data_type", "nullable"),
    [
        ("string", "text", False),
        ("string?", "text", True),
        ("number", "double", False),
        ("integer?", "bigint", True),
        ("boolean", "bool", False),
        ("timestamp?", "timestamp", True),
        ("date", "date", False),
        ("time", "time", False),
        ("decimal?", "decimal", True),
        ("object?", "json", True),
        ("array", "json", False),
        ("array<string>?", "json", True),
        ("array<number>", "json", False),
        ("array<object>?", "json", True),
        (" string? ", "text", True),
    ],
)
def test_a_field_type_is_a_column_type_and_whether_it_may_be_null(
    written: str, data_type: str, nullable: bool
) -> None:
    assert Field.parse("n", written) == Field("n", data_type, nullable)


@pytest.mark.parametrize(
    "written",
    ["text", "String", "string??", "?", "", "string?string", "string<integer>", "array<text>"],
)
def test_any_other_field_type_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="field 'n' has the type") as refused:
        Field.parse("n", written)
    assert f"'{written}'" in str(refused.value)
    assert "allowed are string, number, integer" in str(refused.value)


@pytest.mark.parametrize(("written", "is_nullable"), [("any", False), ("any?", True)])
def test_the_values_of_a_field_may_decide_its_type(written: str, *, is_nullable: bool) -> None:
    field = Field.parse("n", written)
    assert (field.data_type, field.nullable, field.is_list) == ("", is_nullable, False)


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("90m", timedelta(minutes=90)),
        ("26h", timedelta(hours=26)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(days=7)),
        (" 36 h ", timedelta(hours=36)),
        ("0d", timedelta(0)),
    ],
)
def test_a_duration_is_a_whole_number_and_a_unit(written: str, length: timedelta) -> None:
    assert parse_duration(written) == length
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize("written", ["26", "h", "1.5h", "-1d", "1h30m", "26 hours", "", "1D"])
def test_any_other_duration_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="write a number and s, m, h, d or w: 26h") as refused:
        parse_duration(written)
    assert f"'{written}' is not a duration" in str(refused.value)


@pytest.mark.parametrize(
    ("own", "schema", "fields", "required"),
    [
        pytest.param("", "{}", {}, (), id="no fields at all"),
        pytest.param("", SCHEMA, {"id": "text", "n": "double"}, ("id",), id="the schema file's"),
        pytest.param(
            "fields: {id: integer}, required: [id]",
            "{}",
            {"id": "bigint"},
            ("id",),
            id="the declaration's",
        ),
        pytest.param(
            "fields: {id: integer, x: date}, required: [x]",
            SCHEMA,
            {"id": "bigint", "x": "date"},
            ("x",),
            id="the declaration's replace the schema file's as a whole",
        ),
        pytest.param(
            "required: [n]",
            SCHEMA,
            {"id": "text", "n": "double"},
            ("n",),
            id="required fields of the declaration, types of the schema file",
        ),
        pytest.param(
            "fields: {id: integer}",
            SCHEMA,
            {"id": "bigint"},
            ("id",),
            id="types of the declaration, required fields of the schema file",
        ),
        pytest.param("", "a: {fields: {id: date}}", {"id": "date"}, (), id="nothing required"),
        pytest.param("", "b: {fields: {id: date}}", {}, (), id="fields of another resource"),
    ],
)
def test_fields_of_the_declaration_win_over_the_schema_file(
    own: str, schema: str, fields: dict[str, str], required: tuple[str, ...]
) -> None:
    resolved = resource(f"resources: [b, {{name: a, {own}}}]", schema=schema)
    assert {name: field.data_type for name, field in resolved.fields.items()} == fields
    assert resolved.required == required


def test_the_schema_file_describes_fields() -> None:
    schema = (
        "a: {fields: {id: string, n: {type: 'number?', description: In euros.}, m: {type: date}}}"
    )
    hints = "{n: {description: In dollars.}, x: {description: Of no type.}}"
    assert resource("resources: [a]", schema=schema).descriptions == {"n": "In euros."}
    resolved = resource(f"resources: [{{name: a, columns: {hints}}}]", schema=schema)
    assert resolved.fields["n"] == Field("n", "double", nullable=True, description="In euros.")
    assert resolved.descriptions == {"n": "In dollars.", "x": "Of no type."}


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("{type: string, unit: euros}", "field 'n': 'unit' is unknown; allowed are type, desc"),
        (
            "{type: string, description: 7}",
            "field 'n': description is not a string; put it in quotes",
        ),
        ("{description: In euros.}", "field 'n' has the type ''; allowed are string, number"),
    ],
)
def test_any_other_field_of_the_schema_file_is_refused(field: str, problem: str) -> None:
    assert problem in mistake("resources: [a]", schema=f"a: {{fields: {{n: {field}}}}}")

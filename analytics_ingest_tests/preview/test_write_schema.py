"""`try --write-schema` adds the fields of the rows to what is declared."""

from typing import Any

import pytest

from analytics_ingest.declaration.folder import read_folder
from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import FOLDER, SCHEMA, run_try, write_declaration
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.yaml_text import read_yaml

PAGE = {"data": [row(1, name="a", size=1.5, tags=["x"]), row(2, name=None, size=2, tags=[])]}


def write_and_read(before: str | None, *resources: Any) -> str:
    """The schema file after the command, whose declaration still loads."""
    write_declaration(*(resources or [resource()]))
    if before is not None:
        SCHEMA.write_text(before)
    run_try("--write-schema")
    after = SCHEMA.read_text()
    read_folder(FOLDER)
    return after


def test_a_file_is_written_as_documented(api: ScriptedApi) -> None:
    api.always("/items", PAGE)
    after = write_and_read(None)
    assert after.startswith("# Fields by resource")
    assert read_yaml(after) == {
        "items": {
            "fields": {
                "id": "integer",
                "updated_at": "timestamp",
                "name": "string?",
                "size": "number?",
                "tags": "array<string>?",
            }
        }
    }


def test_what_is_declared_stays_and_so_do_comments(api: ScriptedApi) -> None:
    api.always("/items", PAGE)
    before = """# The head.

others:
  fields:
    id: string  # an id

items:
  required: [id]
  fields:
    size: decimal   # money
    id: string

    # the last one
    updated_at: timestamp?  # sometimes
# The end.
"""
    others = {**resource("others"), "endpoint": {"path": "/others", "data_selector": "data"}}
    api.always("/others", {"data": [{"id": 1, "kind": "a", "updated_at": "2026-01-05"}]})
    after = write_and_read(before, resource(), others)
    added = "    name: string?\n    tags: array<string>?\n"
    expected = before.replace("# sometimes\n", f"# sometimes\n{added}")
    expected = expected.replace(
        "# an id\n", "# an id\n    kind: string?\n    updated_at: timestamp\n"
    )
    assert after == expected


@pytest.mark.parametrize(
    ("before", "required"),
    [
        pytest.param("", None, id="an empty file"),
        pytest.param("# nothing yet\n", None, id="a comment alone"),
        pytest.param("items: {}\n", None, id="an empty object"),
        pytest.param("items: {fields: {size: number}, required: [size]}", ["size"], id="in a line"),
        pytest.param("items:\n  fields: {size: number}\n", None, id="fields in a line"),
        pytest.param("items:\n  required: [size]\n  fields: {size: number}", ["size"], id="both"),
        pytest.param("items:\n    fields:\n        size: number", None, id="no end of line"),
    ],
)
def test_a_file_of_any_form_is_completed(
    api: ScriptedApi, before: str, required: list[str] | None
) -> None:
    api.always("/items", PAGE)
    entry = read_yaml(write_and_read(before))["items"]
    assert sorted(entry["fields"]) == ["id", "name", "size", "tags", "updated_at"]
    assert entry.get("required") == required
    assert entry["fields"]["size"] == ("number" if "size" in before else "number?")


def test_a_second_time_nothing_changes(api: ScriptedApi) -> None:
    api.always("/items", PAGE)
    first = write_and_read(None)
    assert run_try("--write-schema").words.endswith("schema.yaml has all fields")
    assert SCHEMA.read_text() == first


def test_fields_in_defs_yaml_are_left_to_their_author(api: ScriptedApi) -> None:
    api.always("/items", PAGE)
    write_declaration(resource(own={"fields": {"id": "integer"}}))
    run = run_try("--write-schema")
    assert "items: defs.yaml declares its fields; add updated_at: timestamp, name: string?" in (
        run.words
    )
    assert not SCHEMA.exists()


@pytest.mark.parametrize("name", ["a: b", "a\nb", "1", "true", "é", "# x", "-", "a'b", "[x]"])
def test_names_of_any_form_are_read_again_as_written(api: ScriptedApi, name: str) -> None:
    api.always("/items", {"data": [row(1, **{name: 1})]})
    assert read_yaml(write_and_read(None))["items"]["fields"][name] == "integer?"


def test_fields_without_a_type_are_omitted(api: ScriptedApi) -> None:
    fields = {"": 1, "ID": 1, "none": None, "mixed": True}
    api.always("/items", {"data": [row(1, **fields), row(2, mixed={})]})
    assert list(read_yaml(write_and_read(None))["items"]["fields"]) == ["id", "updated_at"]


def test_without_the_option_nothing_is_written(api: ScriptedApi) -> None:
    api.always("/items", PAGE)
    write_declaration(resource())
    run_try()
    assert not SCHEMA.exists()

"""`try --fix` corrects the one key that is wrong, and keeps all else in the files.

Of two listings one has another cursor than it is declared with.
"""

import difflib
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import UPDATED, row, rows
from analytics_ingest_tests.support.previews import FOLDER, SCHEMA, run_try, write_declaration
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

FILE = FOLDER / "defs.yaml"
HEAD = """\
type: analytics_ingest.components.RestApi

attributes:
  client: {base_url: "https://api.example.com"}
"""

CASES = {
    "an alias": (
        """\
  resource_defaults: {primary_key: id}
  resources:
    - name: orders
      endpoint:
        incremental: &changed {cursor_path: updated_at}
        path: /orders
    - name: items
      endpoint:
        incremental: *changed
        path: /items
""",
        [
            "-        incremental: &changed {cursor_path: updated_at}",
            "+        incremental: {cursor_path: updated_at}",
            "-        incremental: *changed",
            "+        incremental: {cursor_path: modified_at}",
        ],
    ),
    "a merged block": (
        """\
  resources:
    - name: orders
      primary_key: id
      endpoint: &listing
        path: /orders
        incremental: {cursor_path: updated_at}
    - name: items
      primary_key: id
      endpoint:
        <<: *listing
        path: /items
""",
        ["+        incremental: {cursor_path: modified_at}"],
    ),
    "lines of another indentation, and a comment on a short form": (
        """\
  resource_defaults:
    primary_key: id
  resources:
  # what is bought
  - items  # a short form
  # by whom
  - orders
""",
        [
            "-  - items  # a short form",
            "+  - name: items # a short form",
            "+    endpoint:",
            "+      path: items",
            "+      incremental:",
            "+        cursor_path: modified_at",
        ],
    ),
    "quoted keys, a tab, and letters of all kinds": (
        """\
  'resource_defaults': {"primary_key": id}
  "resources":
    - "name": 'orders'
      'endpoint': "/orders"
    - 'name': "items"   # a tab\there, Größe ✓ 🎉
      'endpoint':
        'path': "/items"
        'incremental': {'cursor_path': 'updated_at'}
""",
        [
            "-        'incremental': {'cursor_path': 'updated_at'}",
            "+        'incremental': {'cursor_path': 'modified_at'}",
        ],
    ),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", CASES)
def test_one_key_is_corrected(api: ScriptedApi, name: str, line_end: str) -> None:
    text, expected = CASES[name]
    before = f"{HEAD}{text}".replace("\n", line_end)
    _serve(api)
    FOLDER.mkdir(parents=True)
    FILE.write_bytes(before.encode())
    run = run_try("--fix")
    assert run.status == 3, run.text
    after = FILE.read_bytes().decode()
    assert after.count("\n") == after.count(line_end)
    changed = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    assert [line for line in changed if line[:2] not in ("--", "++", "@@")] == expected


def test_a_key_that_is_there_twice_is_refused_before_anything_is_requested(
    api: ScriptedApi,
) -> None:
    FOLDER.mkdir(parents=True)
    FILE.write_text(f"{HEAD}  resources: [items]\n  resources: [items]\n")
    run = run_try("--fix")
    assert run.status == 1
    assert "demo: defs.yaml: cannot be edited" in run.words
    assert "duplicate key" in run.words
    assert api.asked == []


def test_only_a_corrected_file_is_written_and_no_draft_stays(api: ScriptedApi) -> None:
    _serve(api)
    write_declaration(resource("items"))
    FILE.chmod(0o640)
    schema = "items:\n    fields: {id: integer,   modified_at: timestamp}\n"
    SCHEMA.write_text(schema)
    link = Path("elsewhere.yaml")
    FILE.rename(link)
    FILE.symlink_to(link.resolve())
    assert run_try("--fix").status == 3
    assert SCHEMA.read_text() == schema
    assert FILE.is_symlink()
    assert "modified_at" in link.read_text()
    assert link.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in FOLDER.iterdir()) == ["defs.yaml", "schema.yaml"]


@pytest.mark.parametrize("edited", [FILE, SCHEMA])
def test_a_file_that_is_edited_meanwhile_is_not_overwritten(api: ScriptedApi, edited: Path) -> None:
    write_declaration(resource("items"))
    before = FILE.read_text()

    def script(_: Asked) -> Any:
        edited.write_text(f"# mine\n{before if edited == FILE else ''}")
        return {"data": [{"id": number, "modified_at": UPDATED} for number in range(3)]}

    api.on("/items", script)
    run = run_try("--fix")
    assert run.status == 1
    assert f"demo: {edited.name}: was changed meanwhile" in run.words
    assert FILE.read_text() == ("# mine\n" if edited == FILE else "") + before
    assert edited.read_text().startswith("# mine")


def test_required_fields_of_the_declaration_are_corrected_there(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, name=None), row(2, name="x")]})
    write_declaration(resource(own={"required": ["id", "name"]}))
    SCHEMA.write_text("items:\n  fields: {id: integer, name: string?, updated_at: timestamp}\n")
    assert run_try("--fix").status == 3
    assert "required:\n" in FILE.read_text()
    assert "- name" not in FILE.read_text().partition("required:")[2]


def _serve(api: ScriptedApi) -> None:
    api.always("/orders", {"data": rows(7)})
    api.always("/items", {"data": [{"id": n, "modified_at": UPDATED} for n in range(7)]})

"""Loading the same window again repairs a load that was killed at any moment.

The moments are taken from what an undisturbed load does, counted once: parts of its phases, and the
statements of SQL that leave something half done in the warehouse.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.kills import KILLED, Event, Moment, find_moment, load_apart
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    load,
    project_in,
    resource,
    table,
    utc,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi

FIFTH, SIXTH = "2026-01-05T10:00:00Z", "2026-01-06T10:00:00Z"
WINDOW = day(5)
MERGE = 'INSERT INTO "demo"."items"('
OF_ITEMS = {"type": "resolve", "resource": "items", "field": "id"}

PARTS = {"open": 1, "extract": 2, "normalize": 2, "load": 4, "close": 2}
"""At how many moments of each phase a load is killed, at equal distances.

Until it loads, it only leaves files of its own.
"""

STATEMENTS = {
    "a column is added": 'ALTER TABLE "demo"."items"',
    "the schema is committed": "commit_transaction",
    "the schema is stored": 'INSERT INTO "demo"."_dlt_version"',
    "the snapshot is filled": 'INSERT INTO "demo"."pages"',
    "the staging table is filled": 'INSERT INTO "demo_staging"."items"',
    "rejected rows are inserted": 'INSERT INTO "demo"."items__rejected"(',
    "the load is recorded": 'INSERT INTO "demo"."_dlt_loads"',
}
"""What a load is about to do when it is killed."""

PARTS_OF_THE_FIRST = {"load": 4}
STATEMENTS_OF_THE_FIRST = {
    "a table is created": 'CREATE TABLE "demo"."items"',
    "the schema is stored": 'INSERT INTO "demo"."_dlt_version"',
    "the staging schema is stored": 'INSERT INTO "demo_staging"."_dlt_version"',
    "the pipeline's state is stored": 'INSERT INTO "demo"."_dlt_pipeline_state"',
}

_OF_ANY = ("the schema is stored", "the schema is committed", "the load is recorded")
STATEMENTS_OF_A_FAILED_ONE = {
    "new rows are inserted": MERGE,
    **{what: STATEMENTS[what] for what in _OF_ANY},
}

ITEMS_AND_PAGES: Mapping[str, Any] = {"items": {1: FIFTH, 3: SIXTH, 4: FIFTH}, "pages": [2, 3]}
ITEM_FIELDS = {"id": "integer", "updated_at": "timestamp", "name": "string?"}


@dataclass(frozen=True)
class Undisturbed:
    """What there is before a load that is killed, and what that load does if it is not."""

    api: ScriptedApi
    project: Path
    events: Sequence[Event]


@pytest.fixture(scope="module")
def later(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A load into tables that hold older versions of its rows."""
    with _project(hub, tmp_path_factory.mktemp("later")) as (api, project):
        _serve(api, "old", items={1: FIFTH, 2: FIFTH, 3: SIXTH}, notes=[11, 12, 31], pages=[1, 2])
        load(_declaration())
        return _undisturbed(api, project)


@pytest.fixture(scope="module")
def first(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A load into a warehouse that does not exist."""
    with _project(hub, tmp_path_factory.mktemp("first")) as (api, project):
        return _undisturbed(api, project)


@pytest.fixture(scope="module")
def items_alone(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose warehouse has only the items."""
    with _project(hub, tmp_path_factory.mktemp("items")) as (api, project):
        _serve(api, "old", notes=[], **ITEMS_AND_PAGES)
        load(declare(resource()))
        return project


def _moments(parts: Mapping[str, int], statements: Mapping[str, str]) -> list[Any]:
    return [
        pytest.param(phase, number / count, "", id=f"{phase} {number} of {count}")
        for phase, count in parts.items()
        for number in range(count)
    ] + [
        pytest.param("load", 0.0, statement, id=f"before {what}")
        for what, statement in statements.items()
    ]


@pytest.mark.parametrize(("phase", "part", "text"), _moments(PARTS, STATEMENTS))
def test_a_killed_load_is_repeated_to_the_right_rows(
    phase: str, part: float, text: str, later: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(later.project / "data", "data")
    _kill(later, find_moment(later.events, phase, part, text), monkeypatch)
    _repeat_later()


def test_a_load_killed_in_the_middle_of_a_merge_leaves_the_table_as_it_was(
    later: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(later.project / "data", "data")
    _kill(later, find_moment(later.events, "load", 0.0, MERGE), monkeypatch)
    assert table("items", "id", "name") == [(1, "old"), (2, "old"), (3, "old")]
    _repeat_later()


@pytest.mark.parametrize(
    ("phase", "part", "text"), _moments(PARTS_OF_THE_FIRST, STATEMENTS_OF_THE_FIRST)
)
def test_a_first_load_that_is_killed_is_repeated_to_the_right_rows(
    phase: str, part: float, text: str, first: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kill(first, find_moment(first.events, phase, part, text), monkeypatch)
    _repeat()
    assert table("items", "id", "name", "colour") == [(1, "new", "red"), (4, "new", "red")]
    assert table("notes", "id", "name") == [(11, "new"), (31, "new"), (41, "new")]
    assert table("pages", "id", "name") == [(2, "new"), (3, "new")]
    assert [json.loads(kept)["name"] for kept in table("items__rejected", "row")] == ["new"]


@pytest.mark.parametrize("what", STATEMENTS_OF_A_FAILED_ONE)
@pytest.mark.parametrize("is_first", [True, False], ids=["first load", "added resources"])
def test_a_load_that_fails_for_a_resource_and_is_killed_is_repeated_to_the_right_rows(
    is_first: bool, what: str, api: ScriptedApi, items_alone: Path
) -> None:
    if not is_first:
        shutil.copytree(items_alone / "data", "data")
    _serve(api, "new", notes=[11, 31, 41], colour="red", **ITEMS_AND_PAGES)
    refused = "/items/4/notes"
    api.always(refused, Reply(status=403))
    moment = Moment("load", 1, STATEMENTS_OF_A_FAILED_ONE[what])
    exit_code, events = load_apart(_declaration(), WINDOW, moment)
    assert exit_code == KILLED, events[-1]
    api.always(refused, {"data": [row(41, FIFTH, name="new")]})
    load(_declaration(), window=WINDOW)
    found = table("items", "id", "name", "colour")
    assert [item for item in found if item[0] != 3] == [(1, "new", "red"), (4, "new", "red")]
    assert table("notes", "id", "name") == [(11, "new"), (31, "new"), (41, "new")]
    assert table("pages", "id", "name") == [(2, "new"), (3, "new")]


def _kill(undisturbed: Undisturbed, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", undisturbed.api.url)
    exit_code, events = load_apart(_declaration(), WINDOW, moment)
    assert exit_code == KILLED, events[-1]


def _repeat_later() -> None:
    """Load into older versions of the rows."""
    _repeat()
    assert table("items", "id", "name", "colour") == [
        (1, "new", "red"),
        (2, "old", None),
        (3, "old", None),
        (4, "new", "red"),
    ]
    assert table("notes", "id", "name") == [(11, "new"), (12, "old"), (31, "new"), (41, "new")]
    assert table("pages", "id", "name") == [(2, "new"), (3, "new")]
    assert [json.loads(kept)["name"] for kept in table("items__rejected", "row")] == ["new", "old"]


def _repeat() -> None:
    """Load the window again."""
    lines: list[str] = []
    names = frozenset(["items", "notes", "pages"])
    now = utc(2027, 1, 1)
    with open_load(
        LoadScope(_declaration(), names, WINDOW), check_at=now, run_id="2", log=lines.append
    ) as again:
        again.pipeline.run(again.source, **again.run_options)  # pyright: ignore[reportArgumentType]
    assert [line for line in lines if "wait" in line] == []
    # The checks count the staged rows: nothing of the killed load may be among them.
    assert {name: again.profiles[name].rows for name in ("items", "notes")} == {
        "items": 2,
        "notes": 3,
    }
    assert table("items", dataset="demo_staging") == table("notes", dataset="demo_staging") == []


def _declaration() -> ApiDeclaration:
    return declare(
        resource(own={"fields": ITEM_FIELDS}),
        resource("notes", path="/items/{item_id}/notes", params={"item_id": OF_ITEMS}),
        resource("pages", own={"primary_key": None}, incremental=None),
    )


def _serve(
    api: ScriptedApi,
    name: str,
    items: Mapping[int, str],
    notes: Sequence[int],
    pages: Sequence[int],
    **new: str,
) -> None:
    """Let every row have a name; notes have the number of their item before their own."""
    listed = [row(item, updated_at, name=name, **new) for item, updated_at in items.items()]
    api.always("/items", {"data": [*listed, row(None, FIFTH, name=name)]})
    for item in items:
        own = [row(note, FIFTH, name=name) for note in notes if note // 10 == item]
        api.always(f"/items/{item}/notes", {"data": own})
    api.always("/pages", {"data": [{"id": page, "name": name} for page in pages]})


def _undisturbed(api: ScriptedApi, project: Path) -> Undisturbed:
    """Serve newer rows, and load them in a copy of the project."""
    _serve(api, "new", notes=[11, 31, 41], colour="red", **ITEMS_AND_PAGES)
    copy = project / "copy"
    shutil.copytree(project, copy)
    with project_in(copy):
        exit_code, events = load_apart(_declaration(), WINDOW)
    assert exit_code == 0
    return Undisturbed(api, project, events)


@contextmanager
def _project(hub: Hub, folder: Path) -> Iterator[tuple[ScriptedApi, Path]]:
    api = hub.new_api()
    with project_in(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        yield api, folder

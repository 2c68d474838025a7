"""Rows that the API has deleted are marked or removed, and no other row ever is."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime, timezone
from random import Random
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.declaration.validation.deletes import read_in_full
from analytics_ingest_tests.support.deletes import (
    ALL,
    FILTERED,
    FIRST,
    PAGES,
    WINDOW,
    check_cases,
    data,
    filtered,
    in_pages,
    load_cases,
    marks,
    paged,
    rows,
    without,
)
from analytics_ingest_tests.support.histories import SCD2, versions
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart
from analytics_ingest_tests.support.loads import day, declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask, execute

BY_ID = {"id": {"type": "resolve", "resource": "parents", "field": "id"}}


def test_rows_are_marked_only_if_a_whole_reading_lacks_them(api: ScriptedApi) -> None:
    check_cases(load_cases(api))


def test_a_row_that_comes_back_has_no_mark_and_a_removed_one_is_loaded_again(
    api: ScriptedApi,
) -> None:
    snapshot = resource("marked", own={"deletes": {}}, incremental=None)
    removed = resource("removed", own={"deletes": {"remove": True, "every": "7d"}}, **FILTERED)
    whole = resource("whole", own={"deletes": {"remove": True}}, incremental=None)
    declaration = read_in_full(declare(snapshot, removed, whole), {"removed"})
    names = ("marked", "removed", "whole")
    for served, left, gone in (
        (without(), [*ALL], []),
        (without(7), [n for n in ALL if n != 7], [7]),
        (without(8), [n for n in ALL if n != 8], [8]),
    ):
        for name in names:
            api.on(f"/{name}", filtered(served))
        stats = load(declaration, window=WINDOW)
        assert marks("marked") == gone
        assert table("removed") == table("whole") == left
        assert [stats[name].rows_deleted for name in names] == [len(gone)] * 3
        assert stats["removed"].rows_loaded == 1


def test_a_row_that_moves_to_a_page_that_was_read_is_not_marked(api: ScriptedApi) -> None:
    """A row of the second page is deleted while the third is asked for: the next one moves up.

    Of `same_total` one is added then too, so that the total does not show it.
    """
    by_page = {"type": "page_number", "base_page": 0, "total_path": None}
    by_total = {**PAGES, "total_path": "total"}
    declaration = declare(
        resource(own={"deletes": {}}, incremental=None, paginator=PAGES),
        resource("pages", own={"deletes": {"remove": True}}, incremental=None, paginator=by_page),
        resource("same_total", own={"deletes": {}}, incremental=None, paginator=by_total),
        concurrency=1,
    )
    for name in ("items", "pages"):
        api.on(f"/{name}", in_pages(without()))
    api.on("/same_total", in_pages(without(), total=20))
    load(declaration)
    for name in ("items", "pages"):
        api.on(f"/{name}", in_pages(without(3), at_third=without(3, 9)))
    moved = [*without(9), *rows(21)]
    api.on("/same_total", in_pages(without(), at_third=moved, total=20))
    stats = load(declaration)
    # Row 9 came in the first reading; row 16 did not, and is there.
    assert marks("items") == [3]
    assert table("pages") == [n for n in ALL if n != 3]
    assert marks("same_total") == []
    assert [stats[name].rows_deleted for name in ("items", "pages")] == [1, 1]
    load(declaration)
    assert marks("items") == [3, 9]
    assert table("pages") == [n for n in ALL if n not in (3, 9)]
    assert marks("same_total") == [9]


def test_a_second_reading_of_other_parents_marks_nothing(api: ScriptedApi) -> None:
    """Parent 1 is missing in the first one, parent 2 in the second, where a row of 1 moves."""
    ignoring = {"response_actions": [{"status_code": 404, "action": "ignore"}]}
    own = {"deletes": {"max_share": 1}, "include_from_parent": ["id"]}
    keys = {"path": "/parents/{id}/kids", "params": BY_ID, "incremental": None, "paginator": PAGES}
    kids = resource("kids", own=own, **keys, **ignoring)
    declaration = declare(resource("parents", incremental=None), kids, concurrency=1)
    api.always("/parents", {"data": rows(1, 2)})
    api.on("/parents/1/kids", in_pages(without()))
    api.on("/parents/2/kids", in_pages(rows(*range(21, 31))))
    load(declaration)
    begun = {1: 0, 2: 0}

    def missing_once(parent: int, reading: int, script: Script) -> Script:
        def reply(asked: Asked) -> Any:
            begun[parent] += asked.query.get("offset", "0") == "0"
            return Reply(status=404) if begun[parent] == reading else script(asked)

        return reply

    moving = in_pages(without(), at_third=without(9))
    api.on("/parents/1/kids", missing_once(1, 1, moving))
    api.on("/parents/2/kids", missing_once(2, 2, in_pages(rows(*range(21, 30)))))
    stats = load(declaration, "kids")
    assert begun == {1: 2, 2: 2}
    assert marks("kids") == []
    assert "two readings differ in their parents" in stats["kids"].deletes_skipped


def test_a_second_reading_that_fails_marks_nothing_and_says_so(api: ScriptedApi) -> None:
    """One resource is refused then; another's rows cannot be stored."""
    names = ("refused", "unstored")
    keys = {"own": {"deletes": {}}, "incremental": None, "paginator": PAGES}
    declaration = declare(*(resource(name, **keys) for name in names), concurrency=1)
    for name in names:
        api.on(f"/{name}", in_pages(without()))
    load(declaration)
    begun: dict[str, int] = dict.fromkeys(names, 0)

    def script(asked: Asked) -> Any:
        name, is_first = asked.path.strip("/"), asked.query.get("offset", "0") == "0"
        begun[name] += is_first
        if begun[name] == 2 and name == "refused":
            return Reply(status=403)
        if begun[name] == 2 and is_first:
            execute("ALTER TABLE demo.unstored ALTER COLUMN updated_at TYPE INTEGER USING 1")
        return in_pages(without(3))(asked)

    for name in names:
        api.on(f"/{name}", script)
    stats = load(declaration)
    assert begun == dict.fromkeys(names, 2)
    assert [marks(name) for name in names] == [[], []]
    for name in names:
        assert "the second reading, which shows what is gone, failed" in stats[name].deletes_skipped


def test_a_resource_that_fails_keeps_its_rows(api: ScriptedApi) -> None:
    paginator = {"paginator": PAGES, "incremental": None}
    declaration = declare(resource(own={"deletes": {"max_share": 1}}, **paginator))
    api.on("/items", by_offset(without()))
    load(declaration)
    api.on("/items", paged(data(*FIRST, 21), Reply(status=403)))
    with pytest.raises(LoadError):
        load(declaration)
    assert marks("items") == []
    api.on("/items", by_offset(without(3)))
    load(declaration)
    assert marks("items") == [3]


def test_children_are_gone_where_the_listing_of_their_parent_was_read_whole(
    api: ScriptedApi,
) -> None:
    """Each child is a resource of the same parents, whose reading lacks something else."""

    def child(name: str, *include: str, **endpoint: Any) -> dict[str, Any]:
        own = {"deletes": {"max_share": 0.9}, "include_from_parent": list(include)}
        keys = {"path": f"/parents/{{id}}/{name}", "params": BY_ID, "incremental": None}
        return resource(name, own=own, **{**keys, **endpoint})

    ignoring = {"response_actions": [{"status_code": 410, "action": "ignore"}]}
    children = (
        child("plain"),
        child("ignored", "id", **ignoring),
        child("ignored_unnamed", **ignoring),
        child("missing", "id"),
    )
    doubtful = child("of_doubtful", "id", path="/doubtful/{id}/of_doubtful")
    doubtful["endpoint"]["params"] = {"id": {**BY_ID["id"], "resource": "doubtful"}}
    declaration = declare(
        resource("parents", incremental=None),
        resource("doubtful", incremental=None),
        *children,
        doubtful,
    )
    names = [r["name"] for r in (*children, doubtful)]

    def serve(parents: Sequence[int], *without: int) -> None:
        api.always("/parents", {"data": rows(*parents)})
        api.always("/doubtful", {"data": rows(*parents), "total": 9 if without else len(parents)})
        for path, number in ((p, n) for p in ("parents", "doubtful") for n in (1, 2, 3, 4)):
            for name in names:
                found = [10 * number + k for k in (1, 2) if 10 * number + k not in without]
                body = {"data": [row(key) for key in found]}
                api.always(f"/{path}/{number}/{name}", body)

    serve([1, 2, 3, 4])
    load(declaration)
    # Of parent 1 one row is gone, of 2 all; 3 is gone itself, and the listing of 4 is not there.
    serve([1, 2, 4], 11, 21, 22)
    for name in names:
        if "ignored" in name:
            api.always(f"/parents/4/{name}", Reply(status=410))
    api.always("/parents/4/missing", Reply(status=404))
    stats = load(declaration)
    assert {name: marks(name) for name in names} == {
        "plain": [11, 21, 22, 31, 32],
        "ignored": [11],
        "ignored_unnamed": [],
        "missing": [11],
        "of_doubtful": [11],
    }
    assert "some parents" in stats["ignored_unnamed"].deletes_skipped


def test_rows_of_a_value_that_is_not_listed_any_more_are_not_gone(api: ScriptedApi) -> None:
    def declared(*values: str) -> ApiDeclaration:
        params = {"kind": {"type": "each", "values": list(values), "column": "kind"}}
        own = {"deletes": {"max_share": 0.5}}
        of_item = {"id": {**BY_ID["id"], "resource": "items"}}
        keys = {"path": "/items/{id}/lines", "params": of_item, "incremental": None}
        items = resource(own=own, params=params, incremental=None)
        return declare(items, resource("lines", own=own, **keys))

    served = {"a": rows(1, 2), "b": rows(3, 4), "c": rows(5)}
    api.on("/items", lambda asked: {"data": served[asked.query["kind"]]})
    for number in range(1, 6):
        api.always(f"/items/{number}/lines", {"data": rows(number)})
    load(declared("a", "b", "c"))
    served |= {"a": rows(1), "c": []}
    stats = load(declared("a", "c"))
    assert (marks("items"), marks("lines")) == ([2], [])
    assert "items is read for the values" in stats["lines"].deletes_skipped


def test_deletions_that_the_api_lists_are_marked_with_their_moment(api: ScriptedApi) -> None:
    def declared(**deletes: Any) -> ApiDeclaration:
        listed = {"from": "deleted", "key": "item", **deletes}
        deleted = resource("deleted", incremental={"cursor_path": "at", "start_param": "since"})
        items = resource(own={"deletes": listed} if deletes else {}, **FILTERED)
        return declare(items, deleted)

    def deletion(key: int, item: int, number: int) -> dict[str, Any]:
        return {"id": key, "item": item, "at": f"2026-01-{number:02}T12:00:00Z"}

    api.on("/items", filtered(without()))
    api.always("/deleted", {"data": [deletion(1, 2, 19)]})
    load(declared())
    # Row 4 was deleted, and has come back since; row 3 is deleted in a window of its own.
    api.always("/deleted", {"data": [deletion(2, 3, 20), deletion(3, 4, 3), deletion(4, 99, 20)]})
    stats = load(declared(mark="gone_at"), "deleted", window=WINDOW)
    assert not stats["deleted"].deletes_skipped
    stats = load(declared(mark="gone_at"), "items", window=WINDOW)
    found = ask("SELECT id, gone_at FROM demo.items WHERE gone_at IS NOT NULL ORDER BY id").rows
    assert [(key, at.day) for key, at in found] == [(2, 19), (3, 20)]
    assert stats["items"].rows_deleted == 2
    api.on("/items", lambda _: {"data": [row(3, "2026-01-20T13:00:00Z")]})
    assert load(declared(mark="gone_at"), window=WINDOW)["items"].rows_deleted == 0
    assert marks("items", "gone_at") == [2]


def test_a_deletion_that_is_declared_as_a_date_counts_until_the_end_of_its_day(
    api: ScriptedApi,
) -> None:
    """Days begin in the zone of the API. What may be a date and is not declared so is named."""
    listings = {
        "dates": ["2026-01-05", "2026-01-06"],
        "undeclared": ["2026-01-05", "2026-01-06"],
        "moments": ["2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"],
    }
    items, sources = [], []
    for name, moments in listings.items():
        cursor = {"cursor_path": "at", **({"cursor_format": "%Y-%m-%d"} if name == "dates" else {})}
        sources.append(resource(name, incremental=cursor))
        deletes = {"from": name, "key": "item"}
        items.append(resource(f"of_{name}", own={"deletes": deletes}, incremental={}))
        deletions = [{"id": n, "item": n, "at": at} for n, at in enumerate(moments)]
        api.always(f"/{name}", {"data": deletions})
        updated = ("2026-01-05T10:00:00Z", "2026-01-07T10:00:00Z")
        api.always(f"/of_{name}", {"data": [row(n, at) for n, at in enumerate(updated)]})
    stats = load(declare(*items, *sources, partitions={"timezone": "Asia/Kathmandu"}))
    assert {name: marks(f"of_{name}") for name in listings} == {
        "dates": [0],
        "undeclared": [],
        "moments": [],
    }
    assert {name for name in listings if stats[f"of_{name}"].deletes_skipped} == {"undeclared"}
    assert "declare cursor_format: '%Y-%m-%d'" in stats["of_undeclared"].deletes_skipped


def test_a_load_that_is_killed_marks_no_row_that_is_there_and_is_repeated_to_the_right_marks(
    api: ScriptedApi,
) -> None:
    declaration = declare(resource(own={"deletes": {}}, incremental=None))
    for served in (without(), without(5)):
        api.always("/items", {"data": served})
        load(declaration)
    api.always("/items", {"data": without(6)})
    for statement, marked in (('INSERT INTO "demo"."items"(', [5]), ('update "demo"."items"', [])):
        exit_code, events = load_apart(declaration, WINDOW, Moment("load", 1, statement))
        assert exit_code == KILLED, events[-1]
        assert marks("items") == marked
    load(declaration)
    assert marks("items") == [6]


def test_a_row_that_another_run_stores_meanwhile_is_not_marked(api: ScriptedApi) -> None:
    declaration = declare(resource(own={"deletes": {}}, incremental=None, paginator=PAGES))
    api.on("/items", by_offset(without()))
    load(declaration)

    def script(asked: Asked) -> Any:
        if asked.query["offset"] == "14" and 99 not in table("items"):
            now = datetime.now(timezone.utc)
            columns = "(load_id, inserted_at, status)"
            execute(f"INSERT INTO demo._dlt_loads {columns} VALUES ('x', '{now}', 0)")
            execute("INSERT INTO demo.items (id, _dlt_load_id, _dlt_id) VALUES (99, 'x', 'x')")
        return by_offset(without(3))(asked)

    api.on("/items", script)
    load(declaration)
    assert marks("items") == [3]
    api.on("/items", by_offset(without(3)))
    load(declaration)
    assert marks("items") == [3, 99]


def test_an_older_copy_never_replaces_what_another_run_has_stored_meanwhile(
    api: ScriptedApi,
) -> None:
    """Of full readings and of windows: what another run stores is newer, as new, or older."""
    declaration = declare(
        resource(own={"deletes": {}}, incremental={}),
        resource("windows", incremental={}),
    )
    stored = {1: "2026-01-19", 2: "2026-01-02", 3: "2026-01-01"}

    def script(asked: Asked) -> Any:
        name = asked.path.strip("/")
        if "stored" not in {value for (value,) in ask("SELECT load_id FROM demo._dlt_loads").rows}:
            now = datetime.now(timezone.utc)
            columns = "(load_id, inserted_at, status)"
            execute(f"INSERT INTO demo._dlt_loads {columns} VALUES ('stored', '{now}', 0)")
        for key, date in stored.items():
            changes = f"updated_at = '{date} 10:00:00Z', _dlt_load_id = 'stored', value = 'stored'"
            execute(f"UPDATE demo.{name} SET {changes} WHERE id = {key}")
        return {"data": rows(*ALL[:5], value="read")}

    for name in ("items", "windows"):
        api.always(f"/{name}", {"data": rows(*ALL[:5], value="first")})
    load(declaration)
    for name in ("items", "windows"):
        api.on(f"/{name}", script)
    load(declaration)
    for name in ("items", "windows"):
        values = dict(ask(f"SELECT id, value FROM demo.{name}").rows)
        assert values == {1: "stored", **dict.fromkeys(range(2, 6), "read")}, name
    assert marks("items") == []


@pytest.mark.parametrize("seed", [1])
def test_any_history_ends_with_the_marks_of_what_is_gone(seed: int, api: ScriptedApi) -> None:
    """Rows come, change, go and come back; loads are of a day or full, fail or are doubtful."""
    random, share = Random(seed), {"max_share": 1, "every": "7d"}
    names = {"marked": share, "removed": {**share, "remove": True}}
    declaration = declare(
        *(resource(name, own={"deletes": keys}, **FILTERED) for name, keys in names.items())
    )
    served: dict[int, int] = {n: n for n in range(1, 15)}
    stored: dict[int, int] = {}
    removed: dict[int, int] = {}
    gone: set[int] = set()
    for kind in ("full", *random.choices(["day", "full", "lies", "fails"], [2, 3, 1, 1], k=8)):
        number = change(random, served)
        serve_history(api, names, kind, served)
        is_full = kind != "day"
        with nullcontext() if kind != "fails" else pytest.raises(LoadError):
            load(read_in_full(declaration, names if is_full else ()), window=day(number))
        new = {key: at for key, at in served.items() if is_full or at == number}
        if kind != "fails":
            stored |= new
            removed = dict(new) if kind == "full" else removed | new
            gone = stored.keys() - served.keys() if kind == "full" else gone - new.keys()
        assert (table("marked"), marks("marked")) == (sorted(stored), sorted(gone))
        assert table("removed") == sorted(removed)


def change(random: Random, served: dict[int, int]) -> int:
    """Add, change and delete rows; the day of a window."""
    for key in random.sample(ALL, 4):
        served[key] = random.choice([served.get(key, key), random.randint(1, 28)])
    for key in random.sample(sorted(served), 3):
        del served[key]
    return random.choice([*served.values()])


def serve_history(
    api: ScriptedApi, names: Iterable[str], kind: str, served: dict[int, int]
) -> None:
    """Serve the rows of some days, truly or not."""
    found = [row(key, f"2026-01-{number:02}T10:00:00Z") for key, number in served.items()]
    beside = {"total": len(found) + 5} if kind == "lies" else {}
    for name in names:
        if kind == "fails":
            api.always(f"/{name}", Reply(status=403))
        else:
            api.on(f"/{name}", lambda asked: {**filtered(found)(asked), **beside})


def test_rows_below_a_parent_that_was_not_there_are_neither_marked_nor_retired(
    api: ScriptedApi,
) -> None:
    ignoring: dict[str, Any] = {"response_actions": [{"status_code": 410, "action": "ignore"}]}
    parent = {"params": BY_ID, "incremental": None}
    of_project = {"id": {**BY_ID["id"], "resource": "projects"}}
    below = {"path": "/projects/{id}/tasks", "params": of_project, "incremental": None}
    declaration = declare(
        resource("parents", incremental=None),
        resource("projects", path="/parents/{id}/projects", **parent, **ignoring),
        resource("tasks", own={"deletes": {"max_share": 0.9}}, **below),
        resource("kept", own={"write_disposition": SCD2}, **below),
    )
    api.always("/parents", {"data": rows(1, 2)})
    for number in (1, 2):
        api.always(f"/parents/{number}/projects", {"data": rows(number)})
        api.always(f"/projects/{number}/tasks", {"data": [row(number, value=1)]})
    load(declaration)
    for answer in (Reply(status=404), Reply(status=410), {"data": [{"id": None}]}):
        api.always("/parents/2/projects", answer)
        stats = load(declaration)
        assert (marks("tasks"), versions("kept")) == ([], [(1, 1, False), (2, 1, False)])
        assert stats["tasks"].deletes_skipped
        assert "absent keep their versions" in stats["kept"].warnings[0]
    api.always("/parents/2/projects", {"data": []})
    load(declaration)
    assert (marks("tasks"), versions("kept")) == ([2], [(1, 1, False), (2, 1, True)])

"""Rows that the API has deleted are marked or removed, and no other row ever is.

All cases are resources of one API, so that they share its loads. Each begins with the rows 1 to 20
and goes on without some of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.deletes import read_in_full
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import day, declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

ALL = range(1, 21)
SNAPSHOT: Mapping[str, Any] = {"incremental": None}
BY_CURSOR: Mapping[str, Any] = {"incremental": {}}
FILTERED: Mapping[str, Any] = {"incremental": {"start_param": "since", "end_param": "until"}}
PAGES = {"type": "offset", "limit": 7, "total_path": None}
WINDOW = day(20)
BY_ID = {"id": {"type": "resolve", "resource": "parents", "field": "id"}}


def rows(*numbers: int, **fields: Any) -> list[dict[str, Any]]:
    """Rows whose cursors are days of January 2026 by their numbers."""
    return [row(n, f"2026-01-{n:02}T10:00:00Z", **fields) for n in numbers]


def without(*numbers: int) -> list[dict[str, Any]]:
    """The rows 1 to 20 without some."""
    return rows(*(n for n in ALL if n not in numbers))


def filtered(served: Sequence[Mapping[str, Any]]) -> Script:
    """An API that filters by `since` and `until`."""

    def script(asked: Asked) -> Any:
        since, until = asked.query.get("since", ""), asked.query.get("until", "9")
        return {"data": [r for r in served if since <= r["updated_at"] < until]}

    return script


@dataclass(frozen=True)
class Case:
    """A resource whose second reading lacks rows."""

    endpoint: Mapping[str, Any]
    then: Any
    """What the second reading is answered with: rows, or a script."""
    deletes: Mapping[str, Any] = field(default_factory=dict)
    gone: Sequence[int] = ()
    """The rows that are marked."""
    says: str = ""
    """Why none is."""
    held_back: int = 0
    own: Mapping[str, Any] = field(default_factory=dict)
    at_first: Any = None

    def declared(self, name: str) -> dict[str, Any]:
        own = {"deletes": dict(self.deletes), **self.own}
        return resource(name, own=own, **self.endpoint)


def paged(*pages: Any) -> Script:
    """Answer by offset with the pages of 7 rows as they are given."""
    return lambda asked: pages[int(asked.query.get("offset", 0)) // 7]


def data(*numbers: int, **beside: Any) -> dict[str, Any]:
    return {"data": rows(*numbers), **beside}


FIRST, SECOND = [n for n in range(1, 8) if n != 3], range(8, 15)
CASES = {
    "snapshot": Case(SNAPSHOT, without(3), gone=[3]),
    "in_pages": Case({**SNAPSHOT, "paginator": PAGES}, by_offset(without(3)), gone=[3]),
    "by_total": Case(
        {**SNAPSHOT, "paginator": {**PAGES, "total_path": "total"}},
        by_offset(without(3), total=19),
        gone=[3],
    ),
    "sequence": Case(
        {"incremental": {"cursor_path": "id", "cursor_format": "sequence"}}, without(4), gone=[4]
    ),
    "of_the_window": Case(BY_CURSOR, without(20), gone=[20]),
    "outside_the_window": Case(BY_CURSOR, without(2), gone=[2]),
    "filtered": Case(FILTERED, filtered(without(20)), {"every": "7d"}),
    "read_in_full": Case(FILTERED, filtered(without(2)), {"every": "7d"}, gone=[2]),
    "late_start": Case(
        {"incremental": {"start_param": "since", "initial_value": "2026-01-10"}},
        filtered(without(3, 15)),
        {"every": "7d"},
        gone=[15],
        at_first={"incremental": {"start_param": "since"}},
    ),
    "in_the_path": Case(
        {**FILTERED, "path": "/in_the_path?from={incremental.start_value}", "incremental": {}},
        [*without(2), row(21, None)],
        {"every": "7d"},
        gone=[2],
    ),
    "too_many": Case(SNAPSHOT, without(1, 2, 3), held_back=3),
    "not_too_many": Case(SNAPSHOT, without(1, 2, 3), {"max_share": 0.15}, gone=[1, 2, 3]),
    "confirmed": Case(SNAPSHOT, without(*range(1, 20)), gone=range(1, 20)),
    "named": Case(SNAPSHOT, without(3), {"mark": "gone_at"}, gone=[3]),
    "nested": Case(SNAPSHOT, without(3), own={"max_table_nesting": 1}, gone=[3]),
    "empty": Case(BY_CURSOR, [], says="no row came"),
    "rejected": Case(SNAPSHOT, [*without(3), {"name": "x"}], says="without a usable key"),
    "same_twice": Case(SNAPSHOT, [*without(3), *rows(4)], says="twice"),
    "contradicted": Case(SNAPSHOT, {"data": without(3), "total": 25}, says="warnings of the vol"),
    "total_changes": Case(
        {**SNAPSHOT, "paginator": {**PAGES, "total_path": "total"}},
        paged(data(*FIRST, 21, total=20), data(*SECOND, total=19), data(*range(15, 20), total=19)),
        says="the total of its pages changed",
    ),
    "ignored": Case(
        {
            **SNAPSHOT,
            "paginator": PAGES,
            "response_actions": [{"status_code": 409, "action": "ignore"}],
        },
        paged(data(*FIRST, 21), data(*SECOND), Reply(status=409)),
        says="may have ended before",
    ),
    "refused": Case(
        {**SNAPSHOT, "paginator": PAGES},
        paged(data(*FIRST, 21), data(*SECOND), Reply(status=404)),
        says="may have ended before",
    ),
    "up_to_a_maximum": Case(
        {**SNAPSHOT, "paginator": {**PAGES, "maximum_offset": 14}},
        by_offset(without(3)),
        says="may have ended before",
        at_first={**SNAPSHOT, "paginator": PAGES},
    ),
    "with_the_name": Case(SNAPSHOT, [{**r, "_deletedAt": "x"} for r in without(3)], gone=[3]),
    "another_key": Case(
        {**SNAPSHOT},
        [{**r, "code": f"c{r['id']}"} for r in without(3)],
        own={"primary_key": "code"},
        says="primary key",
        at_first=SNAPSHOT,
    ),
}
FULL = {"read_in_full", "late_start", "in_the_path"}


def script_of(case: Case, answer: Any) -> Script:
    return (
        answer
        if callable(answer)
        else lambda _: answer if isinstance(answer, dict) else {"data": answer}
    )


def marks(name: str, column: str = "_deleted_at") -> list[int]:
    """The rows of a table that are marked."""
    found = ask(f'SELECT id FROM demo.{name} WHERE "{column}" IS NOT NULL ORDER BY id').rows
    return [key for (key,) in found]


def test_rows_are_marked_only_if_a_whole_reading_lacks_them(api: ScriptedApi) -> None:
    before = {}
    for name, case in CASES.items():
        whole = filtered(without()) if "filtered" in name else by_offset(without(), total=20)
        api.on(f"/{name}", whole)
        endpoint = case.at_first or case.endpoint
        own = {"primary_key": "id"}
        before[name] = resource(name, own={**case.own, **own}, **endpoint)
    load(declare(*before.values()))
    for name, case in CASES.items():
        api.on(f"/{name}", script_of(case, case.then))
    declaration = declare(*(case.declared(name) for name, case in CASES.items()))
    declaration = read_in_full(declaration, FULL)
    declaration = read_in_full(declaration, {"confirmed"}, is_confirmed=True)
    stats = load(declaration, window=WINDOW)
    found = {
        name: (marks(name, case.deletes.get("mark", "_deleted_at")), stats[name].deletes_held_back)
        for name, case in CASES.items()
    }
    assert found == {name: (list(case.gone), case.held_back) for name, case in CASES.items()}
    for name, case in CASES.items():
        assert case.says in stats[name].deletes_skipped, name
        assert bool(case.says) == bool(stats[name].deletes_skipped), (name, stats[name])
        assert stats[name].rows_deleted == len(case.gone)


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
        return declare(resource(own=own, params=params, incremental=None))

    served = {"a": rows(1, 2), "b": rows(3, 4), "c": rows(5)}
    api.on("/items", lambda asked: {"data": served[asked.query["kind"]]})
    load(declared("a", "b", "c"))
    served |= {"a": rows(1), "c": []}
    load(declared("a", "c"))
    assert marks("items") == [2]


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

"""Resources whose second reading lacks rows, and what may be made of it; for any warehouse.

All are resources of one API, so that they share its loads. Each begins with the rows 1 to 20 and
goes on without some of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.declaration.validation.deletes import read_in_full
from analytics_ingest.extract.stats import Stats
from analytics_ingest_tests.support.loads import day, declare, load, resource
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

ALL = range(1, 21)
SNAPSHOT: Mapping[str, Any] = {"incremental": None}
BY_CURSOR: Mapping[str, Any] = {"incremental": {}}
FILTERED: Mapping[str, Any] = {"incremental": {"start_param": "since", "end_param": "until"}}
GROUPED = {**SNAPSHOT, "data_selector": "data.*.items"}
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
    """How many are gone and not marked."""
    own: Mapping[str, Any] = field(default_factory=dict)
    at_first: Any = None
    """The endpoint of the first load, if it is another one."""

    @property
    def own_at_first(self) -> dict[str, Any]:
        """Its keys in the first load, which does not see deletes."""
        return {**self.own, "primary_key": "id"}

    def declared(self, name: str) -> dict[str, Any]:
        """The resource in the second load."""
        own = {"deletes": dict(self.deletes), **self.own}
        return resource(name, own=own, **self.endpoint)


def paged(*pages: Any, size: int = 7) -> Script:
    """Answer by offset with the pages of so many rows as they are given."""
    return lambda asked: pages[int(asked.query.get("offset", 0)) // size]


def in_pages(served: Sequence[Any], at_third: Sequence[Any] | None = None, **beside: Any) -> Script:
    """Serve pages of seven by `offset` or `page`; other rows once the third is asked for."""
    current = [served]

    def script(asked: Asked) -> Any:
        start = int(asked.query.get("offset", 0)) or 7 * int(asked.query.get("page", 0))
        if start == 14 and at_third is not None:
            current[:] = [at_third]
        return {"data": current[0][start : start + 7], **beside}

    return script


def data(*numbers: int, **beside: Any) -> dict[str, Any]:
    """A page of rows."""
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
    "a_single_row": Case(SNAPSHOT, without(3), {"max_share": 0.01}, gone=[3]),
    "newest_first": Case(
        {
            "incremental": {"initial_value": "2026-01-05", "row_order": "desc"},
            "paginator": PAGES,
        },
        in_pages([*reversed(without(2, 15))]),
        {"every": "7d"},
        gone=[15],
        at_first={"incremental": {"start_param": "since"}},
    ),
    "named": Case(SNAPSHOT, without(3), {"mark": "gone_at"}, gone=[3]),
    "nested": Case(SNAPSHOT, without(3), own={"max_table_nesting": 1}, gone=[3]),
    "empty": Case(BY_CURSOR, [], says="the API returned no rows"),
    "rejected": Case(SNAPSHOT, [*without(3), {"name": "x"}], says="without a usable key"),
    "same_twice": Case(SNAPSHOT, [*without(3), *rows(4)], says="twice"),
    "contradicted": Case(
        SNAPSHOT, {"data": without(3), "total": 25}, says="the volume check has warnings"
    ),
    "total_changes": Case(
        {**SNAPSHOT, "paginator": {**PAGES, "total_path": "total"}},
        paged(data(*FIRST, 21, total=20), data(*SECOND, total=19), data(*range(15, 20), total=19)),
        says="the total changed between pages",
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
    "null_element": Case(
        GROUPED, {"data": [{"items": without(3)}, None]}, says="had no place for rows"
    ),
    "element_without_rows": Case(
        GROUPED, {"data": [{"items": without(3)}, {"name": "B"}]}, says="had no place for rows"
    ),
    "empty_elements": Case(
        GROUPED, {"data": [{"items": without(3)}, {}, {"id": 7, "name": "B"}]}, gone=[3]
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
WHOLE = by_offset(without(), total=20)
FULL = {"read_in_full", "late_start", "in_the_path", "newest_first"}


def script_of(answer: Any) -> Script:
    """A script that gives an answer, or rows."""
    if callable(answer):
        return answer
    return lambda _: answer if isinstance(answer, dict) else {"data": answer}


def marks(name: str, column: str = "_deleted_at") -> list[int]:
    """The rows of a table that are marked."""
    marked = ask(f'SELECT id FROM demo.{name} WHERE "{column}" IS NOT NULL ORDER BY id').rows
    return [key for (key,) in marked]


def load_cases(api: ScriptedApi) -> Mapping[str, Stats]:
    """Load all cases twice, the second time in full where they do not say otherwise."""
    before = []
    for name, case in CASES.items():
        api.on(f"/{name}", filtered(without()) if "filtered" in name else WHOLE)
        if case.endpoint is GROUPED:
            api.always(f"/{name}", {"data": [{"items": without()}]})
        before.append(resource(name, own=case.own_at_first, **(case.at_first or case.endpoint)))
    load(declare(*before))
    for name, case in CASES.items():
        api.on(f"/{name}", script_of(case.then))
    declaration = declare(*(case.declared(name) for name, case in CASES.items()))
    declaration = read_in_full(declaration, FULL)
    declaration = read_in_full(declaration, {"confirmed"}, {"confirmed": 19})
    return load(declaration, window=WINDOW)


def check_cases(stats: Mapping[str, Stats]) -> None:
    """Compare the marks of the second load with the cases."""
    marked = {
        name: (marks(name, case.deletes.get("mark", "_deleted_at")), stats[name].deletes_held_back)
        for name, case in CASES.items()
    }
    assert marked == {name: (list(case.gone), case.held_back) for name, case in CASES.items()}
    for name, case in CASES.items():
        assert case.says in stats[name].deletes_skipped, name
        assert bool(case.says) == bool(stats[name].deletes_skipped), (name, stats[name])
        assert stats[name].rows_deleted == len(case.gone)

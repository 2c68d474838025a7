"""A value is stored as it is whatever type its column has got from another load."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest

from analytics_ingest.common.errors import PartialLoadError, WarehouseError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart
from analytics_ingest_tests.support.loads import day, declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask, execute

WINDOW = {"start_param": "since", "end_param": "until"}
CHANGES: dict[str, tuple[Any, Any]] = {
    "whole_numbers_then_fractions": (1, 1.5),
    "flags_then_numbers": (True, 7),
    "whole_numbers_then_texts": (7, "007"),
    "fractions_then_large_whole_numbers": (1.5, 2**53 + 1),
    "moments_then_texts": ("2026-01-05T10:00:00Z", "hello"),
    "texts_then_numbers": ("007", 7.5),
    "numbers_then_lists": (1, [1, 2]),
}
"""Field → its value on the 5th, and the one on the 6th."""
KEPT_AS_TEXTS = {"texts_then_numbers"}
"""Those whose second value a column of the first one holds."""
MEANWHILE = r"demo\.items: the column \w+ is .* as another run has created it meanwhile; load again"
KILLED_AT = {
    "the first table is created": (False, 'INSERT INTO "demo"."_dlt_version"'),
    "the first rows are stored": (False, 'INSERT INTO "demo"."items"'),
    "a column is added": (True, 'INSERT INTO "demo"."_dlt_version"'),
}
"""Moment of a load → whether another one was before it, and the statement that did not come."""


def serve(api: ScriptedApi, fields: Mapping[str, tuple[Any, Any]]) -> ApiDeclaration:
    """Serve one row for the 5th and another one for the 6th, whose fields have no declared type."""
    api.on("/items", partial(_answer, fields))
    return declare(resource(incremental=WINDOW))


def _answer(fields: Mapping[str, tuple[Any, Any]], asked: Asked) -> Any:
    number = 5 if asked.query["since"].startswith("2026-01-05") else 6
    values = {name: pair[number - 5] for name, pair in fields.items()}
    return {"data": [row(number, f"2026-01-0{number}T10:00:00Z", **values)]}


def load_without_fields(api: ScriptedApi) -> None:
    """Load a row that has none of the fields."""
    api.always("/items", {"data": [row(4, "2026-01-04T10:00:00Z")]})
    load(declare(resource(incremental=WINDOW)), window=day(4))


def list_changed(number: int, fields: Iterable[str] = CHANGES) -> list[str]:
    """List the fields of a row that are not stored as they were sent, once."""
    answer = ask(f"SELECT * FROM demo.items WHERE id = {number}")
    columns, (stored,) = list(answer.types), answer.rows
    changed: list[str] = []
    for name in fields:
        sent = CHANGES[name][number - 5]
        values = [
            str(value)
            for column, value in zip(columns, stored, strict=True)
            if value is not None and (column == name or column.startswith(f"{name}__v_"))
        ]
        texts = {str(sent), f'"{sent}"', str(sent).replace(" ", "")}
        is_kept = len(values) == 1 and (values[0] in texts or str(sent)[:10] in values[0])
        changed += [] if is_kept else [f"{name}: {values}"]
    return changed


@pytest.mark.parametrize("killed_at", KILLED_AT)
def test_a_load_after_one_that_was_killed_stores_other_values_as_they_are(
    api: ScriptedApi, killed_at: str
) -> None:
    has_table, statement = KILLED_AT[killed_at]
    if has_table:
        load_without_fields(api)
    declaration = serve(api, CHANGES)
    exit_code, _ = load_apart(declaration, day(5), Moment("load", 1, statement))
    assert exit_code == KILLED
    load(declaration, window=day(6))
    assert list_changed(6) == []
    load(declaration, window=day(5))
    assert list_changed(5) == []


@pytest.mark.parametrize("is_lossy", [True, False])
def test_a_column_that_another_run_creates_meanwhile_keeps_the_values_of_both(
    api: ScriptedApi, is_lossy: bool
) -> None:
    fields = {n: pair for n, pair in CHANGES.items() if (n not in KEPT_AS_TEXTS) is is_lossy}
    load_without_fields(api)
    declaration = serve(api, fields)
    scope = LoadScope(declaration, frozenset(["items"]), day(6))
    with open_load(scope, run_id="slow", log=lambda _: None) as slow:
        slow.pipeline.sync_destination()
        slow.pipeline.extract(slow.source, **slow.run_options)  # pyright: ignore[reportArgumentType]
        assert load_apart(declaration, day(5))[0] == 0
        slow.pipeline.normalize()
        with pytest.raises(WarehouseError, match=MEANWHILE) if is_lossy else nullcontext():
            slow.pipeline.load()
    load(declaration, window=day(6))
    assert list_changed(5, fields) == []
    assert list_changed(6, fields) == []


DECLARED: dict[str, tuple[str, Any, str, bool]] = {
    "whole_to_fractions": ("integer", 1, "number", True),
    "whole_to_texts": ("integer", 1, "string", True),
    "fractions_to_whole": ("number", 1.5, "integer", True),
    "moments_to_dates": ("timestamp", "2026-01-05T10:00:00Z", "date", False),
    "flags_to_whole": ("boolean", True, "integer", True),
    "texts_to_fractions": ("string", "a", "number", False),
    "dates_to_moments": ("date", "2026-01-05", "timestamp", True),
    "whole_to_decimals": ("integer", 1, "decimal", True),
}
"""Table → the type of `v`, a value, the type that is declared later, and whether it is refused."""


def test_another_declared_type_is_refused_unless_the_column_holds_its_values(
    api: ScriptedApi,
) -> None:
    for name, (_, value, _, _) in DECLARED.items():
        api.on(f"/{name}", partial(_answer, {"v": (value, value)}))
    first = _declare_fields({name: kind for name, (kind, *_) in DECLARED.items()})
    changed = _declare_fields({name: kind for name, (_, _, kind, _) in DECLARED.items()})
    load(first, window=day(5))
    with pytest.raises(PartialLoadError) as caught:
        load(changed, window=day(6))
    refused = {name for name, (*_, is_refused) in DECLARED.items() if is_refused}
    assert caught.value.failures.keys() == refused
    for name in refused:
        assert f"over: DROP TABLE demo.{name}, then" in str(caught.value.failures[name])
    stored = {name: table(name) for name in DECLARED}
    assert stored == {name: [5] if name in refused else [5, 6] for name in DECLARED}
    execute("; ".join(f"DROP TABLE demo.{name}" for name in refused))
    load(changed, window=day(6))
    stored = {name: table(name) for name in DECLARED}
    assert stored == {name: [6] if name in refused else [5, 6] for name in DECLARED}


def test_a_column_of_another_type_that_a_failed_load_left_in_staging_is_replaced(
    api: ScriptedApi,
) -> None:
    declaration = serve(api, {"v": (None, 1.5)})
    load(declaration, window=day(5))
    execute("ALTER TABLE demo_staging.items ADD COLUMN v BIGINT")
    load(declaration, window=day(6))
    assert table("items", "id", "v") == [(5, None), (6, 1.5)]


def test_columns_that_somebody_added_by_hand_keep_their_defaults(api: ScriptedApi) -> None:
    declaration = serve(api, {"v": (1, 2)})
    load(declaration, window=day(5))
    execute("ALTER TABLE demo.items ADD COLUMN seen TIMESTAMP DEFAULT now()")
    execute('ALTER TABLE demo.items ADD COLUMN "Region" VARCHAR')
    execute("CREATE VIEW demo.items__seen AS SELECT id FROM demo.items")
    load(declaration, window=day(6))
    assert [seen is not None for seen in table("items", "seen")] == [True, True]


def test_a_column_of_a_type_that_dlt_does_not_know_rounds_no_value(api: ScriptedApi) -> None:
    declaration = serve(api, {"v": (1, 1.25)})
    load(declaration, window=day(5))
    execute("ALTER TABLE demo.items ALTER COLUMN v TYPE UINTEGER")
    load(declaration, window=day(6))
    assert table("items", "id", "v__v_double") == [(5, None), (6, 1.25)]


def _declare_fields(kinds: Mapping[str, str]) -> ApiDeclaration:
    return declare(
        *(
            resource(name, incremental=WINDOW, own={"fields": {"v": f"{kind}?"}})
            for name, kind in kinds.items()
        )
    )

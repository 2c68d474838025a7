"""A value is stored as it is whatever type its column has got from another load."""

from contextlib import nullcontext
from typing import Any

import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.kills import KILLED, Moment, load_apart
from analytics_ingest_tests.support.loads import day, declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask, execute

WINDOW = {"start_param": "since", "end_param": "until"}
CHANGES: dict[str, tuple[Any, Any]] = {
    "whole numbers, then fractions": (1, 1.5),
    "flags, then numbers": (True, 7),
    "whole numbers, then texts": (7, "007"),
    "fractions, then large whole numbers": (1.5, 2**53 + 1),
    "moments, then texts": ("2026-01-05T10:00:00Z", "hello"),
    "texts, then numbers": ("007", 7.5),
    "numbers, then lists": (1, [1, 2]),
}


def serve(api: ScriptedApi, first: Any, second: Any) -> ApiDeclaration:
    """Serve one value for the 5th and the other one for the 6th, in a field without a type."""

    def script(asked: Asked) -> Any:
        number = 5 if asked.query["since"].startswith("2026-01-05") else 6
        value = first if number == 5 else second
        return {"data": [row(number, f"2026-01-0{number}T10:00:00Z", v=value)]}

    api.on("/items", script)
    return declare(resource(incremental=WINDOW))


def read_values() -> dict[int, list[str]]:
    """Read the values of each row, in whatever columns they are."""
    stored = ask("SELECT * FROM demo.items ORDER BY id")
    columns = [name for name in stored.types if name == "v" or name.startswith("v__")]
    values = table("items", "id", *columns)
    return {number: [str(v) for v in rest if v is not None] for number, *rest in values}


def is_kept(value: Any, stored: list[str]) -> bool:
    """Whether a value is there as it was sent: as a number, a text, or JSON."""
    texts = {str(value), f'"{value}"', str(value).replace(" ", "")}
    return len(stored) == 1 and (stored[0] in texts or str(value)[:10] in stored[0])


LOSSY = {
    "whole numbers, then fractions",
    "flags, then numbers",
    "whole numbers, then texts",
    "fractions, then large whole numbers",
    "moments, then texts",
    "numbers, then lists",
}
"""Changes whose second value a column of the first one would not hold."""
MEANWHILE = r"demo\.items: the column v is .* as another run has created it meanwhile; load again"
KILLED_AT = {
    "the first table is created": (False, 'INSERT INTO "demo"."_dlt_version"'),
    "the first rows are stored": (False, 'INSERT INTO "demo"."items"'),
    "a column is added": (True, 'INSERT INTO "demo"."_dlt_version"'),
}
"""Moment of a load → whether another one was before it, and the statement that did not come."""


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("killed_at", KILLED_AT)
def test_a_load_after_one_that_was_killed_stores_other_values_as_they_are(
    api: ScriptedApi, change: str, killed_at: str
) -> None:
    has_table, statement = KILLED_AT[killed_at]
    if has_table:
        load(_declare_without(api), window=day(4))
    first, second = CHANGES[change]
    declaration = serve(api, first, second)
    exit_code, _ = load_apart(declaration, day(5), Moment("load", 1, statement))
    assert exit_code == KILLED
    load(declaration, window=day(6))
    assert is_kept(second, read_values()[6]), read_values()
    load(declaration, window=day(5))
    assert is_kept(first, read_values()[5]), read_values()


@pytest.mark.parametrize("change", CHANGES)
def test_a_column_that_another_run_creates_meanwhile_keeps_the_values_of_both(
    api: ScriptedApi, change: str
) -> None:
    first, second = CHANGES[change]
    declaration = serve(api, first, second)
    load(_declare_without(api), window=day(4))
    declaration = serve(api, first, second)
    scope = LoadScope(declaration, frozenset(["items"]), day(6))
    with open_load(scope, run_id="slow", log=lambda _: None) as slow:
        slow.pipeline.sync_destination()
        slow.pipeline.extract(slow.source, **slow.run_options)  # pyright: ignore[reportArgumentType]
        assert load_apart(declaration, day(5))[0] == 0
        slow.pipeline.normalize()
        with pytest.raises(WarehouseError, match=MEANWHILE) if change in LOSSY else nullcontext():
            slow.pipeline.load()
    load(declaration, window=day(6))
    stored = read_values()
    assert is_kept(first, stored[5]), stored
    assert is_kept(second, stored[6]), stored


@pytest.mark.parametrize(
    ("declared", "first", "changed", "is_refused"),
    [
        ("integer", 1, "number", True),
        ("integer", 1, "string", True),
        ("number", 1.5, "integer", True),
        ("timestamp", "2026-01-05T10:00:00Z", "date", False),
        ("boolean", True, "integer", True),
        ("string", "a", "number", False),
        ("date", "2026-01-05", "timestamp", True),
        ("integer", 1, "decimal", True),
    ],
)
def test_another_declared_type_is_refused_unless_the_column_holds_its_values(
    api: ScriptedApi, declared: str, first: Any, changed: str, is_refused: bool
) -> None:
    serve(api, first, first)
    load(_declare_field(declared), window=day(5))
    if not is_refused:
        load(_declare_field(changed), window=day(6))
        return
    with pytest.raises(WarehouseError, match=r"over: DROP TABLE demo\.items, then"):
        load(_declare_field(changed), window=day(6))
    assert table("items") == [5]
    execute("DROP TABLE demo.items")
    load(_declare_field(changed), window=day(6))
    assert table("items") == [6]


def test_a_column_of_another_type_that_a_failed_load_left_in_staging_is_replaced(
    api: ScriptedApi,
) -> None:
    declaration = serve(api, None, 1.5)
    load(declaration, window=day(5))
    execute("ALTER TABLE demo_staging.items ADD COLUMN v BIGINT")
    load(declaration, window=day(6))
    assert read_values()[6] == ["1.5"]


def _declare_without(api: ScriptedApi) -> ApiDeclaration:
    """Serve a row without the field."""
    api.always("/items", {"data": [row(4, "2026-01-04T10:00:00Z")]})
    return declare(resource(incremental=WINDOW))


def _declare_field(kind: str) -> ApiDeclaration:
    return declare(resource(incremental=WINDOW, own={"fields": {"v": f"{kind}?"}}))

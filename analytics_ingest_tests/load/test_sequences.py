"""A cursor that is not a moment is declared as a sequence or refused, and never made a moment."""

from typing import Any

import pytest

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import (
    column_types,
    day,
    declare,
    failure,
    load,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def with_cursor(path: str, own: dict[str, Any] | None = None, **keys: Any) -> Any:
    return declare(resource(own=own, incremental={"cursor_path": path, **keys}))


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        pytest.param("seq", 3, "numbers", id="a whole number"),
        pytest.param("seq", 3.5, "numbers", id="a number"),
        pytest.param("seq", "a-17", "texts", id="a text"),
        pytest.param("seq", "17", "texts", id="a number as text"),
        pytest.param("id", 3, "numbers", id="the key"),
        pytest.param("meta.seq", {"seq": 3}, "numbers", id="within an object"),
    ],
)
def test_a_cursor_that_is_not_a_moment_is_refused(
    api: ScriptedApi, path: str, value: Any, kind: str
) -> None:
    field = path.partition(".")[0]
    api.always("/items", {"data": [{"id": 1, field: value}]})
    assert str(failure(with_cursor(path))) == (
        f"demo.items: endpoint.incremental.cursor_path: {path} holds {kind} that are not moments "
        "in iso8601; declare cursor_format (epoch_s, epoch_ms, a pattern such as %d.%m.%Y, or "
        "sequence for values that only grow), or another cursor_path"
    )


@pytest.mark.parametrize("value", [1767607200, "17"])
def test_a_default_cursor_that_is_a_number_is_refused_too(api: ScriptedApi, value: Any) -> None:
    api.always("/items", {"data": [row(1, value)]})
    if isinstance(value, int):
        assert "updated_at holds numbers" in str(failure(declare(resource())))
        return
    load(declare(resource()))
    assert table("items", "updated_at", "updated_at__v_text") == [(None, '"17"')]


def test_a_number_among_moments_is_kept_beside_them(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1), row(2, 5), row(3, 1.5), row(4, "7")]})
    stats = load(declare(resource()), window=day(5))["items"]
    assert stats.cursors_unreadable == 3
    assert table("items", "id", "updated_at__v_text") == [
        (1, None),
        (2, "5"),
        (3, "1.5"),
        (4, '"7"'),
    ]
    api.always("/items", {"data": [row(5, 9)]})
    load(declare(resource()), window=day(5))
    assert table("items", "updated_at__v_text", order_by="id")[-1] == "9"


@pytest.mark.parametrize(
    "own", [{"fields": {"seq": "integer"}}, {"columns": {"seq": {"data_type": "bigint"}}}]
)
def test_a_declared_type_holds_whatever_the_cursor(api: ScriptedApi, own: dict[str, Any]) -> None:
    api.always("/items", {"data": [{"id": 1, "seq": 1767607200}]})
    load(with_cursor("seq", own, cursor_format="epoch_s"))
    assert column_types("items")["seq"] == "BIGINT"
    assert table("items", "seq") == [1767607200]


@pytest.mark.parametrize(("older", "newer", "kind"), [(3, 12, "BIGINT"), ("a", "b", "VARCHAR")])
def test_a_sequence_is_loaded_whole_and_its_newest_versions_stay(
    api: ScriptedApi, older: Any, newer: Any, kind: str
) -> None:
    versions = [{"id": 1, "seq": newer, "n": "new"}, {"id": 1, "seq": older, "n": "old"}]
    api.always("/items", {"data": [*versions, {"id": 2, "seq": older, "n": "only"}]})
    for _ in range(2):
        load(with_cursor("seq", cursor_format="sequence"), window=day(5))
        assert table("items", "id", "seq", "n") == [(1, newer, "new"), (2, older, "only")]
    assert column_types("items")["seq"] == kind


def test_a_sequence_has_no_window(api: ScriptedApi) -> None:
    with pytest.raises(DeclarationError) as caught:
        with_cursor("seq", cursor_format="sequence", start_param="since")
    assert str(caught.value) == (
        "demo.items: endpoint.incremental.start_param: needs moments, and a sequence has none; "
        "remove it, the resource is loaded whole"
    )

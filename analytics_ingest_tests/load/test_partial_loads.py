"""When some resources fail, the others are loaded, and no part of a failed listing is stored."""

from typing import Any

import pytest

from analytics_ingest.common.errors import ApiDownError, ApiError, LoadError, PartialLoadError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.loads import declare, failure, load, resource, table
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import NoSuchTable

CURSOR = {"type": "cursor", "cursor_path": "next"}
FIELDS = {"fields": {"id": "integer", "updated_at": "timestamp"}}
ONCE = {"retry_on_status_codes": [], "max_retries": 0, "backoff_factor": 0}
TWO_PAGES: list[Any] = [{"data": rows(2), "next": "b"}, Reply(status=404)]


def ids(name: str) -> list[Any]:
    """The ids that are stored, none where there is no table."""
    try:
        return table(name)
    except NoSuchTable:
        return []


def family(**child: Any) -> Any:
    return declare(
        resource("parents", own=FIELDS),
        resource("items", path="/parents/{resources.parents.id}/items", own=FIELDS, **child),
        resource("others", own=FIELDS),
    )


def test_a_failing_resource_leaves_the_others_loaded(api: ScriptedApi) -> None:
    api.in_turn("/bad", TWO_PAGES)
    api.always("/good", {"data": rows(3)})
    with pytest.raises(ApiError, match=r"demo\.bad: GET /bad: .*404"):
        load(declare(resource("bad", paginator=CURSOR), resource("good")))
    assert table("good") == [1, 2, 3]
    assert ids("bad") == []


def test_a_failing_resource_keeps_what_was_loaded_before(api: ScriptedApi) -> None:
    """The next listing is merged, replaces the table, or empties it."""
    replaced = {"write_disposition": "replace"}
    kinds: dict[str, tuple[dict[str, Any], list[int], list[int]]] = {
        "merged": ({}, [8], [7, 8]),
        "replaced": (replaced, [8], [8]),
        "emptied": ({**replaced, "allow_empty": True}, [], []),
    }
    api.always("/good", {"data": rows(1)})
    for name, (_, last, _) in kinds.items():
        listings = [{"data": [row(7)]}, *TWO_PAGES, {"data": list(map(row, last))}]
        api.in_turn(f"/{name}", listings)
    declaration = declare(
        *(
            resource(name, paginator=CURSOR, incremental=None, own={**FIELDS, **own})
            for name, (own, *_) in kinds.items()
        ),
        resource("good"),
    )
    load(declaration)
    with pytest.raises(PartialLoadError) as caught:
        load(declaration)
    assert caught.value.failures.keys() == kinds.keys()
    assert {name: table(name) for name in kinds} == {name: [7] for name in kinds}
    load(declaration)
    assert {name: table(name) for name in kinds} == {n: left for n, (*_, left) in kinds.items()}


def test_rejected_rows_of_a_failing_resource_are_not_stored(api: ScriptedApi) -> None:
    api.in_turn("/bad", [{"data": [row(None)], "next": "b"}, Reply(status=404)])
    with pytest.raises(ApiError):
        load(declare(resource("bad", paginator=CURSOR)))
    assert ids("bad__rejected") == []


def test_several_failures_are_reported_together(api: ScriptedApi) -> None:
    api.always("/a", Reply(status=404))
    api.always("/b", Reply(status=403))
    api.always("/c", {"data": rows(1)})
    with pytest.raises(PartialLoadError) as caught:
        load(declare(*(resource(name) for name in "abc")))
    assert set(caught.value.failures) == {"a", "b"}
    assert "2 of 3" in str(caught.value)
    assert "demo.a: GET /a: the API answered 404" in str(caught.value)
    assert "demo.b: GET /b: the API answered 403" in str(caught.value)
    assert table("c") == [1]


def test_a_failing_parent_fails_its_children_and_no_one_else(api: ScriptedApi) -> None:
    api.in_turn("/parents", [Reply(status=404)])
    api.always("/others", {"data": rows(1)})
    with pytest.raises(PartialLoadError) as caught:
        load(family())
    assert set(caught.value.failures) == {"parents", "items"}
    assert "demo.items: not read, because parents failed" in str(caught.value)
    assert table("others") == [1]


def test_a_failing_parent_that_was_not_selected_is_reported_with_its_child(
    api: ScriptedApi,
) -> None:
    api.always("/parents", Reply(status=404))
    error = failure(family(), "items")
    assert "demo.items" in str(error)
    assert "parents" in str(error)
    assert "404" in str(error)


def test_a_failing_child_leaves_its_parent_loaded_and_nothing_of_its_own(
    api: ScriptedApi,
) -> None:
    api.always("/parents", {"data": rows(2)})
    api.always("/parents/1/items", {"data": rows(3)})
    api.always("/parents/2/items", Reply(status=403))
    api.always("/others", {"data": rows(1)})
    with pytest.raises(ApiError, match=r"demo\.items: GET /parents"):
        load(family())
    assert table("parents") == [1, 2]
    assert table("others") == [1]
    assert ids("items") == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_api_that_is_down_is_asked_nothing_more(api: ScriptedApi, status: int) -> None:
    api.always("/parents", {"data": rows(50)})
    for number in range(1, 51):
        api.always(f"/parents/{number}/items", Reply(status=status))
    api.always("/others", {"data": rows(1)})
    with pytest.raises(LoadError, match=str(status)):
        load(family(error_handler=ONCE))
    assert len(api.asked) < 12
    assert table("parents") == list(range(1, 51))
    assert ids("items") == []


def test_what_was_not_read_of_an_api_that_is_down_fails(api: ScriptedApi) -> None:
    api.always("/a", Reply(status=503))
    for name in "bcd":
        api.always(f"/{name}", {"data": rows(1)})
    listed = [resource("a", error_handler=ONCE), *(resource(name) for name in "bcd")]
    error = failure(declare(*listed, concurrency=1))
    assert isinstance(error, PartialLoadError)
    assert all(isinstance(cause, ApiDownError) for cause in error.failures.values())
    assert set(error.failures) == {"a", "b", "c", "d"}
    assert api.paths == ["/a"]


def test_one_path_that_fails_is_not_an_api_that_is_down(api: ScriptedApi) -> None:
    api.always("/a", Reply(status=500))
    for name in "bcd":
        api.always(f"/{name}", {"data": rows(1)})
    listed = [resource("a", error_handler=ONCE), *(resource(name) for name in "bcd")]
    with pytest.raises(ApiDownError, match=r"demo\.a: GET /a: .*500"):
        load(declare(*listed, concurrency=1))
    assert [ids(name) for name in "bcd"] == [[1], [1], [1]]


def test_failures_are_logged_when_they_happen_without_key_or_row(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", "canary-key")
    api.always("/bad", Reply({"data": "canary-row"}, 404))
    api.always("/good", {"data": [row("canary-row")]})
    declaration = declare(
        resource("bad", params={"q": "canary-query"}), resource("good"), client={"auth": "bearer"}
    )
    lines: list[str] = []
    names = frozenset(["bad", "good"])
    with (
        pytest.raises(ApiError),
        open_load(
            LoadScope(declaration, names, EVERYTHING), run_id="run", log=lines.append
        ) as opened,
    ):
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    assert any("demo.bad" in line and "404" in line for line in lines)
    assert "canary" not in "\n".join(lines)

"""Parents and children: what is asked for, how often, and for which rows."""

from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest_tests.support.loads import (
    API,
    day,
    declare,
    extract,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

TO_STORIES = "/epics/{epic_id}/stories"
TO_COMMENTS = "/stories/{story_id}/comments"


def by_id(placeholder: str, parent: str) -> dict[str, Any]:
    return {placeholder: {"type": "resolve", "resource": parent, "field": "id"}}


def three_levels(**epics: Any) -> Any:
    return declare(
        # Children are declared first: their order in the file is of no account.
        resource("comments", path=TO_COMMENTS, params=by_id("story_id", "stories")),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics")),
        resource("epics", **epics),
    )


@pytest.fixture
def tracker(api: ScriptedApi) -> ScriptedApi:
    """Two epics, of two stories and of one, each with a comment or two; one story twice."""
    api.always("/epics", {"data": [row(1), row(2)]})
    api.always("/epics/1/stories", {"data": [row(11), row(12)]})
    api.always("/epics/2/stories", {"data": [row(21), row(12)]})
    api.always("/stories/11/comments", {"data": [row(111), row(112)]})
    api.always("/stories/12/comments", {"data": [row(121)]})
    api.always("/stories/21/comments", {"data": []})
    return api


ALL_PATHS = [
    "/epics",
    "/epics/1/stories",
    "/epics/2/stories",
    "/stories/11/comments",
    "/stories/12/comments",
    "/stories/21/comments",
]


def test_three_levels_are_loaded_each_listing_read_once(tracker: ScriptedApi) -> None:
    load(three_levels())
    assert sorted(tracker.paths) == ALL_PATHS
    assert table("epics") == [1, 2]
    assert table("stories") == [11, 12, 21]
    assert table("comments") == [111, 112, 121]


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        pytest.param(["comments"], ALL_PATHS, id="the grandchildren"),
        pytest.param(["stories"], ALL_PATHS[:3], id="the children"),
        pytest.param(["epics"], ALL_PATHS[:1], id="the parents"),
        pytest.param(["comments", "epics"], ALL_PATHS, id="all but the middle"),
    ],
)
def test_only_the_selected_and_their_parents_are_asked_for(
    tracker: ScriptedApi, names: list[str], paths: list[str]
) -> None:
    stats = extract(three_levels(), *names)
    assert sorted(tracker.paths) == paths
    assert {name for name, found in stats.items() if found.rows_loaded} == set(names)


def test_parents_that_were_not_selected_get_no_table(tracker: ScriptedApi) -> None:
    load(three_levels(), "stories")
    with pytest.raises(Exception, match="epics"):
        table("epics")


def test_a_parent_that_is_never_selected_serves_its_children(api: ScriptedApi) -> None:
    api.always("/epics", {"data": [row(1)]})
    api.always("/epics/1/stories", {"data": [row(11)]})
    declaration = declare(
        resource("epics", own={"selected": False}),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics")),
    )
    assert [r.name for r in declaration.tables] == ["stories"]
    assert read_ids(declaration) == [11]


def test_a_parent_that_occurs_twice_opens_its_children_once(api: ScriptedApi) -> None:
    api.on("/epics", by_offset([row(1), row(2), row(1), row(3)]))
    for number in (1, 2, 3):
        api.always(f"/epics/{number}/stories", {"data": [row(number * 10)]})
    declaration = declare(
        resource("epics", paginator={"type": "offset", "limit": 2}),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics")),
    )
    assert sorted(read_ids(declaration, "stories")) == [10, 20, 30]
    assert sorted(p for p in api.paths if p != "/epics") == [
        f"/epics/{n}/stories" for n in (1, 2, 3)
    ]


def test_each_page_of_parents_opens_its_children(api: ScriptedApi) -> None:
    api.on("/epics", by_offset([row(n) for n in range(1, 6)]))
    for number in range(1, 6):
        api.on(f"/epics/{number}/stories", by_offset([row(number * 10 + n) for n in range(3)]))
    two = {"type": "offset", "limit": 2}
    declaration = declare(
        resource("epics", paginator=two),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics"), paginator=two),
        concurrency=3,
    )
    assert sorted(read_ids(declaration, "stories")) == [
        n * 10 + m for n in range(1, 6) for m in range(3)
    ]


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param([row(1), {"updated_at": None}, row(2)], id="absent"),
        pytest.param([row(1), row(None), row(2)], id="null"),
        pytest.param([row(1), "no object", row(2)], id="a row that is text"),
        pytest.param([row(1), 7, row(2)], id="a row that is a number"),
        pytest.param([row(1), None, row(2)], id="a row that is null"),
        pytest.param([row(1), ["x"], row(2)], id="a row that is a list"),
    ],
)
def test_a_parent_row_without_the_field_is_skipped_and_counted(
    api: ScriptedApi, listed: list[Any]
) -> None:
    api.always("/epics", {"data": listed})
    api.always("/epics/1/stories", {"data": [row(11)]})
    api.always("/epics/2/stories", {"data": [row(21)]})
    declaration = declare(
        resource("epics"),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics")),
    )
    stats = extract(declaration, "stories")["stories"]
    assert (stats.parents_skipped, stats.rows_loaded) == (1, 2)


UNUSABLE = "no usable 'id' (missing, empty, '.' or '..')"


@pytest.mark.parametrize(
    ("listed", "line"),
    [
        pytest.param(
            [row(1), row(""), row(".."), row(None), {"updated_at": None}],
            f"{API}.stories: 4 rows of epics have {UNUSABLE}, so their stories were not requested",
            id="several",
        ),
        pytest.param(
            [row(1), row(".")],
            f"{API}.stories: 1 row of epics has {UNUSABLE}, so its stories were not requested",
            id="one",
        ),
        pytest.param([row(1), row("...")], None, id="none"),
    ],
)
def test_skipped_parent_rows_are_logged_once(
    api: ScriptedApi, listed: list[Any], line: str | None
) -> None:
    api.on("/epics", by_offset(listed))
    api.always("/epics/1/stories", {"data": [row(11)]})
    api.always("/epics/.../stories", {"data": [row(21)]})
    lines: list[str] = []
    declaration = declare(
        resource("epics", paginator={"type": "offset", "limit": 2}),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics")),
    )
    extract(declaration, "stories", log=lines.append)
    assert [found for found in lines if "usable" in found] == ([line] if line else [])


def test_a_field_that_fills_a_request_twice_is_named_once(api: ScriptedApi) -> None:
    api.always("/epics", {"data": [row(1), row("")]})
    api.always("/epics/1/stories", {"data": [row(11)]})
    lines: list[str] = []
    path, params = "/epics/{resources.epics.id}/stories", by_id("epic_id", "epics")
    steps = [{"add": {"epic": "{{ stream_partition.epic_id }}"}}]
    stories = resource("stories", path=path, params=params, own={"processing_steps": steps})
    extract(declare(resource("epics"), stories), "stories", log=lines.append)
    assert [line for line in lines if UNUSABLE in line]


def test_skipped_rows_of_a_parent_that_is_read_again_are_counted_once(api: ScriptedApi) -> None:
    listing = [row(0), *(row(number, epic=1) for number in range(1, 201))]

    def script(asked: Asked) -> Reply:
        if asked.query["offset"] == "0" and len(api.asked) > 1 and len(listing) == 201:
            listing.insert(1, row(201, epic=1))
        return Reply(by_offset(list(listing))(asked), delay=0.02)

    api.on("/epics", script)
    api.always("/epics/1/stories", {"data": [row(11)]})
    binding = {"epic_id": {"type": "resolve", "resource": "epics", "field": "epic"}}
    declaration = declare(
        resource("epics", paginator={"type": "offset", "limit": 10}),
        resource("stories", path=TO_STORIES, params=binding),
    )
    stats = extract(declaration, "stories")
    assert api.sent("/epics", "offset").count("0") == 3
    assert (stats["stories"].parents_skipped, stats["stories"].rows_loaded) == (1, 1)


def test_children_of_unchanged_parents_are_loaded(api: ScriptedApi) -> None:
    api.always("/epics", {"data": [row(1, "2025-06-01T00:00:00Z"), row(2, "2026-01-09T00:00:00Z")]})
    api.always(
        "/epics/1/stories", {"data": [row(11, "2026-01-09T10:00:00Z"), row(12, "2026-01-01")]}
    )
    api.always("/epics/2/stories", {"data": [row(21, "2026-01-09T11:00:00Z")]})
    declaration = declare(
        resource("epics"), resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics"))
    )
    load(declaration, window=day(9))
    assert table("epics") == [2]
    assert table("stories") == [11, 21]


def test_fields_of_the_parent_are_copied_into_each_row(api: ScriptedApi) -> None:
    api.always("/epics", {"data": [row(1, name="One", owner={"id": 5}), row(2)]})
    api.always("/epics/1/stories", {"data": [row(11)]})
    api.always("/epics/2/stories", {"data": [row(21)]})
    own = {"include_from_parent": ["id", "name", "owner"]}
    declaration = declare(
        resource("epics"),
        resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics"), own=own),
    )
    load(declaration, "stories")
    found = table("stories", "id", "_epics_id", "_epics_name", "_epics_owner")
    assert found == [(11, 1, "One", '{"id":5}'), (21, 2, None, None)]


def test_an_error_in_a_child_names_the_child(api: ScriptedApi) -> None:
    api.always("/epics", {"data": [row(1)]})
    declaration = declare(
        resource("epics"), resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics"))
    )
    with pytest.raises(Exception, match=rf"{API}\.stories: GET {TO_STORIES}"):
        extract(declaration)


@pytest.mark.parametrize("field", ["nmae", "owner.id"])
def test_a_field_that_no_row_of_the_parent_has_fails_the_child(
    tracker: ScriptedApi, field: str
) -> None:
    own = {"include_from_parent": [field]}
    stories = resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics"), own=own)
    with pytest.raises(LoadError, match=f"demo.stories: include_from_parent: no row .* '{field}'"):
        load(declare(resource("epics"), stories))
    assert table("epics") == [1, 2]


def test_a_field_that_some_rows_of_the_parent_lack_is_null_there(tracker: ScriptedApi) -> None:
    tracker.always("/epics", {"data": [row(1, name="one"), row(2)]})
    own = {"include_from_parent": ["name"]}
    stories = resource("stories", path=TO_STORIES, params=by_id("epic_id", "epics"), own=own)
    load(declare(resource("epics"), stories))
    assert set(table("stories", "_epics_name")) == {"one", None}

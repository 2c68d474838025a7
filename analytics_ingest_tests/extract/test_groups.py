"""Several rows of a parent, or several values, that one request asks for together."""

from contextlib import closing
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiDownError, LoadError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest_tests.support.jobs import Reports, declare_report
from analytics_ingest_tests.support.loads import declare, extract, load, read_ids, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


def declare_details(
    group: Any = 2,
    *others: dict[str, Any],
    of: dict[str, Any] | None = None,
    **endpoint: Any,
) -> Any:
    ids = {"type": "resolve", "resource": "items", "field": "id", "group": group}
    keys = {"path": "/details", "params": {"ids": ids}, **endpoint}
    own = {"include_from_parent": endpoint.pop("include")} if "include" in endpoint else {}
    keys.pop("include", None)
    details = resource("details", own=own, **keys)
    return declare(details, resource("items", **(of or {})), *others)


@pytest.fixture
def shop(api: ScriptedApi) -> ScriptedApi:
    """Five items, and the details of those that are asked for."""
    api.always("/items", {"data": [row(n) for n in range(1, 6)]})
    api.on("/details", lambda asked: {"data": [row(int(n)) for n in asked.query["ids"].split(",")]})
    return api


def test_rows_of_a_parent_share_requests_and_the_last_group_may_be_smaller(
    shop: ScriptedApi,
) -> None:
    stats = load(declare_details())
    assert sorted(shop.sent("/details", "ids")) == ["1,2", "3,4", "5"]  # type: ignore[type-var]
    assert table("details", "id") == [1, 2, 3, 4, 5]
    assert stats["details"].listings == 3


def test_groups_are_filled_over_pages_of_the_parent(api: ScriptedApi) -> None:
    api.on("/items", by_offset([row(n) for n in range(1, 8)]))
    api.on("/details", lambda asked: {"data": [row(int(n)) for n in asked.query["ids"].split(",")]})
    paged = {"paginator": {"type": "offset", "limit": 2}}
    assert sorted(read_ids(declare_details(3, of=paged), "details")) == list(range(1, 8))
    assert sorted(api.sent("/details", "ids")) == ["1,2,3", "4,5,6", "7"]  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        ({"path": "/of/{ids}"}, ["/of/1%2C2", "/of/3"]),
        ({"json": {"ids": "{ids}"}, "method": "POST"}, [{"ids": [1, 2]}, {"ids": [3]}]),
        ({"json": {"q": "in ({ids})"}, "method": "POST"}, [{"q": "in (1,2)"}, {"q": "in (3)"}]),
        (
            {"path": "/of/{{ stream_partition['ids'] | join('-') }}"},
            ["/of/1-2", "/of/3"],
        ),
    ],
    ids=str,
)
def test_a_group_fills_its_placeholder_anywhere_in_a_request(
    api: ScriptedApi, place: dict[str, Any], sent: list[Any]
) -> None:
    api.always("/items", {"data": [row(n) for n in (1, 2, 3)]})
    api.otherwise(lambda _: {"data": []})
    extract(declare_details(**place))
    asked = [a for a in api.asked if a.path != "/items"][:2]
    assert [a.json if a.body else a.path for a in asked] == sent


def test_a_group_that_the_api_refuses_fails_because_some_of_its_rows_may_have_children(
    shop: ScriptedApi,
) -> None:
    shop.always("/details", Reply({"error": "unknown id 2"}, 404))
    with pytest.raises(LoadError, match=r"demo\.details: GET /details: .*404"):
        extract(declare_details())


def test_children_of_grouped_rows_are_read_too(shop: ScriptedApi) -> None:
    shop.on("/parts/5", lambda _: {"data": [row(55)]})
    shop.otherwise(lambda _: {"data": []})
    parts = resource("parts", path="/parts/{resources.details.id}")
    assert read_ids(declare_details(2, parts), "parts") == [55]


def test_values_share_requests(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Any:
        return {"data": [{"id": name} for name in asked.query["repo"].split(",")]}

    api.on("/items", answer)
    monkeypatch.setenv("SOURCES__DEMO__REPOS", "c,d,e")
    for values, sent in ((["a", "b", "c"], ["a,b", "c"]), ("{settings.repos}", ["c,d", "e"])):
        api.asked.clear()
        each = {"repo": {"type": "each", "values": values, "group": 2}}
        extract(declare(resource(params=each)))
        assert sorted(api.sent("/items", "repo")) == sent  # type: ignore[type-var]


def test_a_value_with_a_comma_cannot_be_sent_in_a_group(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"id": "a"}, {"id": "b,c"}]})
    api.always("/details", {"data": [{"id": "a"}]})
    lines: list[str] = []
    stats = extract(declare_details(), log=lines.append)["details"]
    assert api.sent("/details", "ids") == ["a"]
    assert stats.parents_skipped == 1
    assert any("with a comma" in line for line in lines)


BAD = [
    ({"group": 1}, "endpoint.params.ids.group: '1' is not a number of values; write 2 or more"),
    ({"group": "5"}, "endpoint.params.ids.group: '5' is not a number"),
    ({"include": ["name"]}, "include_from_parent: several rows of the parent share a listing"),
    (
        {"headers": {"X": "{resources.items.name}"}},
        "endpoint.params: all fields of items need the same group",
    ),
]


@pytest.mark.parametrize(("keys", "problem"), BAD, ids=[problem for _, problem in BAD])
def test_a_group_that_cannot_work_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError, match=problem.replace(".", r"\.")):
        declare_details(**keys)


def test_a_column_cannot_hold_the_values_of_a_group() -> None:
    each = {"repo": {"type": "each", "values": ["a"], "group": 2, "column": "repo"}}
    with pytest.raises(DeclarationError, match="remove column or group"):
        declare(resource(params=each))


def test_an_abort_fails_the_resource_whose_last_group_is_not_read(shop: ScriptedApi) -> None:
    """Otherwise its table would lack the rows of that group, in a load that succeeds."""
    context = connect(declare_details(), frozenset(["details", "items"]), EVERYTHING)
    with closing(context.client):
        wanted = frozenset(["details", "items"])
        extractor = Extractor(context.templates, wanted, context.client, print, ListingParts())
        (child,) = extractor._children["items"]
        list(child.open_listings([row(1)]))
        assert child.has_rest
        extractor._abort("items", ApiDownError("the API is down"))
        assert set(extractor.failures) == {"items", "details"}


def test_a_resource_with_a_group_that_is_not_full_is_not_read_to_its_end(
    shop: ScriptedApi,
) -> None:
    wanted = frozenset(["details", "items"])
    context = connect(declare_details(), wanted, EVERYTHING)
    with closing(context.client):
        extractor = Extractor(context.templates, wanted, context.client, print, ListingParts())
        (child,) = extractor._children["items"]
        list(child.open_listings([row(1)]))
        extractor._waiting.clear()
        pages = [page for page in extractor.read_pages("details") if isinstance(page, list)]
        extractor.close()
    assert [r["id"] for page in pages for r in page] == [1]


def test_a_group_fills_the_requests_of_a_job(api: ScriptedApi) -> None:
    Reports(api, ["DONE"], ["DONE"])
    api.always("/shops", {"data": [{"id": n} for n in (7, 8, 9)]})
    shops = {"type": "resolve", "resource": "shops", "field": "id", "group": 2}
    create = {"path": "/reports", "params": {"in": "{shop}"}, "method": "POST"}
    declared = declare_report(
        resource("shops", incremental=None), job={"create": create}, params={"shop": shops}
    )
    extract(declared)
    assert sorted(api.sent("/reports", "in")) == ["7,8", "9"]  # type: ignore[type-var]

"""Histories that end with a healthy API: failed loads, and tables that somebody dropped.

Each of them must end with the right rows, whatever the warehouse is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import load, resource
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.played_histories import History, Load, Place
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script

PAGED = {"type": "offset", "limit": 2}
FIELDS: Mapping[str, Any] = {"fields": {"id": "integer", "updated_at": "timestamp"}}
ALL = list(range(1, 13))


def fail(declaration: ApiDeclaration, names: str) -> None:
    """Load what must fail with an error that names some resources."""
    with pytest.raises(LoadError, match=names):
        load(declaration)


def listing(name: str, **own: Any) -> dict[str, Any]:
    """A resource whose rows come two a page."""
    return resource(name, own=own, paginator=PAGED, error_handler={"max_retries": 0})


def snapshot(name: str, **own: Any) -> dict[str, Any]:
    """A resource that is replaced as a whole."""
    replaced = {"primary_key": None, "write_disposition": "replace", **own}
    return resource(
        name, own=replaced, paginator=PAGED, error_handler={"max_retries": 0}, incremental=None
    )


def until_the_fourth_page(served: list[Any]) -> Script:
    """Serve three pages, and refuse the next."""
    pages = by_offset(served, total=len(served))

    def script(asked: Asked) -> Any:
        return Reply(status=403) if int(asked.query.get("offset", 0)) >= 6 else pages(asked)

    return script


def failing(place: Place, resources: Sequence[dict[str, Any]], *names: str, says: str = "") -> Load:
    """A load in which some resources fail."""
    return Load(resources, {place.name(name): says for name in names})


def loads_to(
    place: Place, resources: Sequence[dict[str, Any]], expected: Mapping[str, list[Any]]
) -> Iterator[Load]:
    """Load twice, to the same rows."""
    for _ in range(2):
        yield Load(resources)
        assert {name: place.table(name) for name in expected} == expected


KINDS = (
    "items",
    "items_with_fields",
    "snapshot",
    "snapshot_with_fields",
    "snapshot_with_a_key",
)
"""Resources that fail, each of another kind."""


def each_kind(place: Place) -> list[dict[str, Any]]:
    """A resource of each kind, and one that never fails."""
    items, with_fields, whole, whole_with_fields, whole_with_a_key = map(place.name, KINDS)
    return [
        listing(items),
        listing(with_fields, **FIELDS),
        snapshot(whole),
        snapshot(whole_with_fields, **FIELDS),
        snapshot(whole_with_a_key, primary_key="id"),
        resource(place.name("others")),
    ]


def serve_each(place: Place, script: Script) -> None:
    """Serve the same rows under the paths of all kinds."""
    for name in KINDS:
        place.on(name, script)


def first_load(place: Place) -> Iterator[Load]:
    """The first load fails in the middle; the API is healthy from the second on."""
    resources = each_kind(place)
    place.always("others", {"data": rows(2)})
    serve_each(place, until_the_fourth_page(rows(12)))
    yield failing(place, resources, *KINDS)
    assert place.table("others") == [1, 2]
    yield failing(place, resources, *KINDS)
    serve_each(place, by_offset(rows(12), total=12))
    yield from loads_to(place, resources, {**dict.fromkeys(KINDS, ALL), "others": [1, 2]})


def dropped_table(place: Place) -> Iterator[Load]:
    """The stored schema knows tables that the warehouse lacks, and the API fails once more."""
    resources = each_kind(place)
    place.always("others", {"data": rows(2)})
    serve_each(place, by_offset(rows(12), total=12))
    yield Load(resources)
    for name in KINDS:
        place.drop(name)
    serve_each(place, until_the_fourth_page(rows(12)))
    yield failing(place, resources, *KINDS)
    serve_each(place, by_offset(rows(12), total=12))
    yield from loads_to(place, resources, {**dict.fromkeys(KINDS, ALL), "others": [1, 2]})


def refused_child(place: Place) -> Iterator[Load]:
    """A child is refused for its third parent in the first load."""
    parents, items = place.name("parents"), place.name("items")
    of_parents = {"parent": {"type": "resolve", "resource": parents, "field": "id"}}
    path = f"/{parents}/{{parent}}/items"
    resources = [
        resource(parents),
        resource(items, path=path, params=of_parents, own=dict(FIELDS)),
    ]
    place.always("parents", {"data": rows(3)})
    for parent in (1, 2, 3):
        place.always(f"parents/{parent}/items", {"data": [row(10 * parent)]})
    place.always("parents/3/items", Reply(status=403))
    yield failing(place, resources, "items")
    place.always("parents/3/items", {"data": [row(30)]})
    yield from loads_to(place, resources, {"parents": [1, 2, 3], "items": [10, 20, 30]})


def added_resource(place: Place) -> Iterator[Load]:
    """A resource is added to an API that loads already, and its first listing fails."""
    others = resource(place.name("others"))
    place.always("others", {"data": rows(2)})
    yield Load([others])
    resources = [listing(place.name("items")), others]
    place.on("items", until_the_fourth_page(rows(12)))
    place.always("others", {"data": rows(3)})
    yield failing(place, resources, "items")
    assert place.table("others") == [1, 2, 3]
    place.on("items", by_offset(rows(12), total=12))
    yield from loads_to(place, resources, {"items": ALL, "others": [1, 2, 3]})


def added_column(place: Place) -> Iterator[Load]:
    """A field is declared and served for the first time in a listing that fails."""
    items, others = place.name("items"), resource(place.name("others"))
    place.on("items", by_offset(rows(12), total=12))
    place.always("others", {"data": rows(2)})
    yield Load([listing(items, **FIELDS), others])
    coloured = [row(key, colour="red", size=key) for key in ALL]
    resources = [listing(items, fields={**FIELDS["fields"], "colour": "string"}), others]
    place.on("items", until_the_fourth_page(coloured))
    yield failing(place, resources, "items")
    place.on("items", by_offset(coloured, total=12))
    yield from loads_to(place, resources, {"items": ALL, "others": [1, 2]})
    assert place.table("items", "id", "colour", "size") == [(key, "red", key) for key in ALL]


def changed_type(place: Place) -> Iterator[Load]:
    """What a failed first listing was like says nothing of the columns of a whole one."""
    resources = [listing(place.name("items"))]
    place.on("items", until_the_fourth_page([row(key, size=key) for key in ALL]))
    yield failing(place, resources, "items")
    place.on("items", by_offset([row(key, size=f"{key} cm") for key in ALL], total=12))
    yield from loads_to(place, resources, {"items": ALL})
    assert place.table("items", "id", "size") == [(key, f"{key} cm") for key in ALL]


def rejected_rows(place: Place) -> Iterator[Load]:
    """The listing that fails has rows without a key."""
    served = [row(None), *rows(12)]
    resources = [listing(place.name("items"))]
    place.on("items", until_the_fourth_page(served))
    yield failing(place, resources, "items")
    place.on("items", by_offset(served, total=13))
    yield from loads_to(place, resources, {"items": ALL})
    assert len(place.table("items__rejected", "row_key")) == 1
    place.drop("items__rejected")
    yield Load(resources)
    assert len(place.table("items__rejected", "row_key")) == 1


def empty_listing(place: Place) -> Iterator[Load]:
    """A table of declared fields is there also where the healthy API has no rows."""
    resources = [listing(place.name("items"), **FIELDS), resource(place.name("others"))]
    place.always("others", {"data": rows(2)})
    place.on("items", until_the_fourth_page(rows(12)))
    yield failing(place, resources, "items")
    place.always("items", {"data": []})
    yield from loads_to(place, resources, {"items": [], "others": [1, 2]})
    place.on("items", by_offset(rows(12), total=12))
    yield Load(resources)
    place.drop("items")
    place.always("items", {"data": []})
    yield from loads_to(place, resources, {"items": [], "others": [1, 2]})


def emptied_snapshot(place: Place) -> Iterator[Load]:
    """A snapshot comes back empty: its table is kept until it has rows again, or may be empty."""
    items = place.name("items")
    place.on("items", by_offset(rows(5)))
    yield Load([snapshot(items)])
    place.on("items", by_offset([]))
    yield failing(place, [snapshot(items)], "items", says="allow_empty")
    assert place.table("items") == [1, 2, 3, 4, 5]
    place.on("items", by_offset(rows(3)))
    yield from loads_to(place, [snapshot(items)], {"items": [1, 2, 3]})
    place.on("items", by_offset([]))
    yield from loads_to(place, [snapshot(items, allow_empty=True)], {"items": []})


HISTORIES: Mapping[str, History] = {
    "first load": first_load,
    "dropped table": dropped_table,
    "refused child": refused_child,
    "added resource": added_resource,
    "added column": added_column,
    "changed type": changed_type,
    "rejected rows": rejected_rows,
    "empty listing": empty_listing,
    "emptied snapshot": emptied_snapshot,
}
"""What happened → how it is played."""

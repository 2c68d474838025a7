"""Histories that end with a healthy API: failed loads, and tables that somebody dropped.

Each of them must end with the right rows, whatever the warehouse is.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import drop_table

PAGED = {"type": "offset", "limit": 2}
FIELDS: Mapping[str, Any] = {"fields": {"id": "integer", "updated_at": "timestamp"}}
OF_PARENTS = {"type": "resolve", "resource": "parents", "field": "id"}
ALL = list(range(1, 13))


def fail(declaration: ApiDeclaration, names: str) -> None:
    """Load what must fail with an error that names some resources."""
    with pytest.raises(LoadError, match=names):
        load(declaration)


def listing(name: str = "items", **own: Any) -> dict[str, Any]:
    """A resource whose rows come two a page."""
    return resource(name, own=own, paginator=PAGED, error_handler={"max_retries": 0})


def snapshot(name: str = "items", **own: Any) -> dict[str, Any]:
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


def loads_to(declaration: ApiDeclaration, expected: Mapping[str, list[Any]]) -> None:
    """Load twice, to the same rows."""
    for _ in range(2):
        load(declaration)
        assert {name: table(name) for name in expected} == expected


KINDS = {
    "items": listing(),
    "items_with_fields": listing("items_with_fields", **FIELDS),
    "snapshot": snapshot("snapshot"),
    "snapshot_with_fields": snapshot("snapshot_with_fields", **FIELDS),
    "snapshot_with_a_key": snapshot("snapshot_with_a_key", primary_key="id"),
}
"""Resources that fail, each of another kind."""
EACH = "".join(rf"(?=.*demo\.{name}\b)" for name in KINDS)
"""Matches an error that names all of them."""


def serve_each(api: ScriptedApi, script: Script) -> None:
    """Serve the same rows under the paths of all kinds."""
    for name in KINDS:
        api.on(f"/{name}", script)


def first_load(api: ScriptedApi) -> None:
    """The first load fails in the middle; the API is healthy from the second on."""
    declaration = declare(*KINDS.values(), resource("others"))
    api.always("/others", {"data": rows(2)})
    serve_each(api, until_the_fourth_page(rows(12)))
    fail(declaration, f"(?s){EACH}")
    assert table("others") == [1, 2]
    fail(declaration, f"(?s){EACH}")
    serve_each(api, by_offset(rows(12), total=12))
    loads_to(declaration, {**dict.fromkeys(KINDS, ALL), "others": [1, 2]})


def dropped_table(api: ScriptedApi) -> None:
    """The stored schema knows tables that the warehouse lacks, and the API fails once more."""
    declaration = declare(*KINDS.values(), resource("others"))
    api.always("/others", {"data": rows(2)})
    serve_each(api, by_offset(rows(12), total=12))
    load(declaration)
    for name in KINDS:
        drop_table("demo", name)
    serve_each(api, until_the_fourth_page(rows(12)))
    fail(declaration, f"(?s){EACH}")
    serve_each(api, by_offset(rows(12), total=12))
    loads_to(declaration, {**dict.fromkeys(KINDS, ALL), "others": [1, 2]})


def refused_child(api: ScriptedApi) -> None:
    """A child is refused for its third parent in the first load."""
    children = "/parents/{parent}/items"
    declaration = declare(
        resource("parents"),
        resource("items", path=children, params={"parent": OF_PARENTS}, own=dict(FIELDS)),
    )
    api.always("/parents", {"data": rows(3)})
    for parent in (1, 2, 3):
        api.always(f"/parents/{parent}/items", {"data": [row(10 * parent)]})
    api.always("/parents/3/items", Reply(status=403))
    fail(declaration, r"demo\.items")
    api.always("/parents/3/items", {"data": [row(30)]})
    loads_to(declaration, {"parents": [1, 2, 3], "items": [10, 20, 30]})


def added_resource(api: ScriptedApi) -> None:
    """A resource is added to an API that loads already, and its first listing fails."""
    api.always("/others", {"data": rows(2)})
    load(declare(resource("others")))
    declaration = declare(listing(), resource("others"))
    api.on("/items", until_the_fourth_page(rows(12)))
    api.always("/others", {"data": rows(3)})
    fail(declaration, r"demo\.items")
    assert table("others") == [1, 2, 3]
    api.on("/items", by_offset(rows(12), total=12))
    loads_to(declaration, {"items": ALL, "others": [1, 2, 3]})


def added_column(api: ScriptedApi) -> None:
    """A field is declared and served for the first time in a listing that fails."""
    api.on("/items", by_offset(rows(12), total=12))
    api.always("/others", {"data": rows(2)})
    load(declare(listing(**FIELDS), resource("others")))
    coloured = [row(key, colour="red", size=key) for key in ALL]
    fields = {**FIELDS["fields"], "colour": "string"}
    declaration = declare(listing(fields=fields), resource("others"))
    api.on("/items", until_the_fourth_page(coloured))
    fail(declaration, r"demo\.items")
    api.on("/items", by_offset(coloured, total=12))
    loads_to(declaration, {"items": ALL, "others": [1, 2]})
    assert table("items", "id", "colour", "size") == [(key, "red", key) for key in ALL]


def changed_type(api: ScriptedApi) -> None:
    """What a failed first listing was like says nothing of the columns of a whole one."""
    declaration = declare(listing())
    api.on("/items", until_the_fourth_page([row(key, size=key) for key in ALL]))
    fail(declaration, r"demo\.items")
    api.on("/items", by_offset([row(key, size=f"{key} cm") for key in ALL], total=12))
    loads_to(declaration, {"items": ALL})
    assert table("items", "id", "size") == [(key, f"{key} cm") for key in ALL]


def rejected_rows(api: ScriptedApi) -> None:
    """The listing that fails has rows without a key."""
    served = [row(None), *rows(12)]
    declaration = declare(listing())
    api.on("/items", until_the_fourth_page(served))
    fail(declaration, r"demo\.items")
    api.on("/items", by_offset(served, total=13))
    loads_to(declaration, {"items": ALL})
    assert len(table("items__rejected", "row_key")) == 1
    drop_table("demo", "items__rejected")
    load(declaration)
    assert len(table("items__rejected", "row_key")) == 1


def empty_listing(api: ScriptedApi) -> None:
    """A table of declared fields is there also where the healthy API has no rows."""
    declaration = declare(listing(**FIELDS), resource("others"))
    api.always("/others", {"data": rows(2)})
    api.on("/items", until_the_fourth_page(rows(12)))
    fail(declaration, r"demo\.items")
    api.always("/items", {"data": []})
    loads_to(declaration, {"items": [], "others": [1, 2]})
    api.on("/items", by_offset(rows(12), total=12))
    load(declaration)
    drop_table("demo", "items")
    api.always("/items", {"data": []})
    loads_to(declaration, {"items": [], "others": [1, 2]})


def emptied_snapshot(api: ScriptedApi) -> None:
    """A snapshot comes back empty: its table is kept until it has rows again, or may be empty."""
    api.on("/items", by_offset(rows(5)))
    load(declare(snapshot()))
    api.on("/items", by_offset([]))
    fail(declare(snapshot()), r"demo\.items: .* allow_empty")
    assert table("items") == [1, 2, 3, 4, 5]
    api.on("/items", by_offset(rows(3)))
    loads_to(declare(snapshot()), {"items": [1, 2, 3]})
    api.on("/items", by_offset([]))
    loads_to(declare(snapshot(allow_empty=True)), {"items": []})


HISTORIES: Mapping[str, Callable[[ScriptedApi], None]] = {
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

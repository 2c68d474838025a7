"""Parents: a placeholder, however it is bound, makes a child, and parents stand before children."""

import pytest

from analytics_ingest.declaration.parents import Parent
from analytics_ingest_tests.declaration.declaring import declare, endpoint, parsing_error

BOUND = [
    pytest.param(
        "path: '/a/{a_id}/b', params: {a_id: {type: resolve, resource: a, field: id}}",
        Parent("a", (("a_id", "id"),)),
        id="by a param of type resolve",
    ),
    pytest.param(
        "path: '/a/{a_id}/b', params: {a_id: {type: resolve, resource: a, field: meta.uid}}",
        Parent("a", (("a_id", "meta.uid"),)),
        id="by a field within an object",
    ),
    pytest.param(
        "path: '/{x}/{y}', params: {x: {type: resolve, resource: a, field: id}, "
        "y: {type: resolve, resource: a, field: slug}}",
        Parent("a", (("x", "id"), ("y", "slug"))),
        id="by two fields of one parent",
    ),
    pytest.param(
        "path: '/a/{resources.a.id}/b'",
        Parent("a", (("resources.a.id", "id"),)),
        id="by an expression in the path",
    ),
    pytest.param(
        "path: /b, params: {of: '{resources.a.id}'}",
        Parent("a", (("resources.a.id", "id"),)),
        id="by an expression in the query",
    ),
    pytest.param(
        "path: /b, json: {filter: {of: ['{resources.a.meta.uid}']}}, method: POST",
        Parent("a", (("resources.a.meta.uid", "meta.uid"),)),
        id="by an expression deep in the body",
    ),
    pytest.param(
        "path: /b, headers: {X-Of: '{resources.a.id}'}",
        Parent("a", (("resources.a.id", "id"),)),
        id="by an expression in a header",
    ),
    pytest.param(
        "path: /b, data: 'of={resources.a.id}', method: POST",
        Parent("a", (("resources.a.id", "id"),)),
        id="by an expression in a form",
    ),
]

UNBOUND = [
    pytest.param("path: /b", id="no placeholder"),
    pytest.param("path: '/{org}/b', params: {org: mine}", id="a plain param fills the path"),
    pytest.param("path: '/b/{{literal}}'", id="a literal brace in the path"),
    pytest.param("path: /b, json: {q: '{{id}}'}", id="a literal brace in the body"),
    pytest.param(
        "path: /b, params: {since: '{incremental.start_value}', to: '{incremental.end_value}'}",
        id="the window in the query",
    ),
    pytest.param("path: '/b/{incremental.start_value}'", id="the window in the path"),
    pytest.param(
        "path: '/b/{settings.org}', params: {x: '{settings.x}'}, headers: {Y: '{settings.y}'}",
        id="settings",
    ),
    pytest.param("path: '/b/{x}', params: {x: {type: each, values: [1, 2]}}", id="values"),
    pytest.param("path: /b, json: {q: '{{ settings {{ id }} }}'}", id="a query language"),
]


@pytest.mark.parametrize(("written", "parent"), BOUND)
def test_a_placeholder_filled_from_another_resource_makes_it_the_parent(
    written: str, parent: Parent
) -> None:
    assert endpoint(written).parent == parent


@pytest.mark.parametrize("written", UNBOUND)
def test_what_is_filled_otherwise_makes_no_parent(written: str) -> None:
    assert endpoint(written).parent is None


def test_a_child_may_copy_fields_of_its_parent() -> None:
    child = declare(
        "resources: [a, {name: b, endpoint: '/{resources.a.id}', include_from_parent: [id]}]"
    ).resources["b"]
    assert child.parent == Parent("a", (("resources.a.id", "id"),))
    assert child.declared.include_from_parent == ["id"]


def test_parents_come_before_their_children_to_any_depth() -> None:
    order = list(
        declare(
            """
            resources:
              - {name: d, endpoint: '/d/{resources.c.id}'}
              - {name: c, endpoint: '/c/{resources.b.id}'}
              - {name: b, endpoint: '/b/{resources.a.id}'}
              - a
            """
        ).resources
    )
    assert order == ["a", "b", "c", "d"]


def test_a_resource_that_is_not_selected_is_read_but_is_not_a_table() -> None:
    declaration = declare(
        "resources: [{name: a, selected: false}, {name: b, endpoint: '/{resources.a.id}'}]"
    )
    assert list(declaration.resources) == ["a", "b"]
    assert [table.name for table in declaration.tables] == ["b"]


@pytest.mark.parametrize(
    ("parents", "problem"),
    [
        ("new", "'new' is unknown; allowed are all, changed"),
        ("{full_every: 1d}", "full_every needs changed: true; otherwise every load is a full pass"),
    ],
)
def test_other_parents_than_all_or_changed_are_refused(parents: str, problem: str) -> None:
    text = f"resources: [a, {{name: b, endpoint: '/{{resources.a.id}}', parents: {parents}}}]"
    assert problem in str(parsing_error(text))

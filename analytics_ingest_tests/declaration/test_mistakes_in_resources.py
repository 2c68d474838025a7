"""Mistakes in names, keys, fields and the schema file: what each message says."""

import pytest

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.declaration.declaring import mistake
from analytics_ingest_tests.support.loads import declare

TYPES = (
    "string, number, integer, boolean, timestamp, date, time, decimal, object, array, array<…> "
    "and any, each with a ? where it may be null"
)
NAME = "is not a name; use a-z, 0-9 and single _"
PATH = "and endpoint.path for the path"
KEYLESS = "name: a, primary_key: null, endpoint: {incremental: {}}"

MISTAKES = [
    ("resources: [a, a]", "shop.a: name: 'a' is declared twice; rename one"),
    ("resources: []", "shop: resources: is empty; declare at least one"),
    (
        "resources: [{name: a, table_name: My-Table}]",
        f"shop.a: table_name: 'My-Table' {NAME}",
    ),
    (
        "resources: [a, {name: b, table_name: a}]",
        "shop.b: table_name: 'a' is the table of a; rename it",
    ),
    (
        "resources: [{name: a, table_name: c}, {name: b, table_name: c}]",
        "shop.b: table_name: 'c' is the table of a; rename it",
    ),
    (
        "resources: [{name: a, processing_steps: [{add: {x: '{{ stream_partition.of }}'}}]}]",
        "shop.a: processing_steps: an expression reads stream_partition.of, which nothing fills; "
        "bind it in params: of: {type: resolve, resource: <parent>, field: id}, or to a list of "
        "values",
    ),
    (
        "resources: [{name: a, endpoint: {paginator: {type: offset, total_path: ''}}}]",
        "shop.a: endpoint.paginator.total_path: is empty and has no effect; remove it",
    ),
    (
        "client: {base_url: x, auth: {type: api_key, name: ''}}",
        "shop: client.auth.name: is empty and has no effect; remove it",
    ),
    (
        "resources: [{name: a, parents: changed}]",
        "shop.a: parents: has no effect, because it has no parent; remove it",
    ),
    (
        "resources: [{name: a, endpoint: {incremental: null}}, "
        "{name: b, parents: changed, endpoint: '/{resources.a.id}'}]",
        "shop.b: parents: changed needs a cursor of the parent, and a is a snapshot; declare its "
        "primary_key and incremental, or remove this",
    ),
    (
        "resources: [a, {name: b, parents: {changed: true}, write_disposition: replace, "
        "endpoint: {path: '/{resources.a.id}', incremental: null}}]",
        "shop.b: parents: changed needs a cursor of the resource: a snapshot is loaded whole and "
        "would drop the rows of the other parents; declare incremental, or take the parent's "
        "cursor: include_from_parent: [updated_at] and incremental: "
        "{cursor_path: _a_updated_at}",
    ),
    (
        "resources: [a, b, {name: c, parents: changed, "
        "endpoint: '/{resources.a.id}/{resources.b.id}'}]",
        "shop.c: parents: changed needs one parent, and there are several; remove it",
    ),
    (
        "resources: [{name: a, write_disposition: append}]",
        "shop.a: write_disposition: 'append' would load rows twice; use merge, or replace for a "
        "snapshot",
    ),
    (
        "resources: [{name: a, write_disposition: {disposition: append}}]",
        "shop.a: write_disposition: 'append' would load rows twice; use merge, or replace for a "
        "snapshot",
    ),
    (
        "resources: [{name: a, write_disposition: upsert}]",
        "shop.a: write_disposition: 'upsert' is unknown; use merge, or replace for a snapshot",
    ),
    (
        "resources: [{name: a, primary_key: null, write_disposition: merge}]",
        "shop.a: write_disposition: merge needs a primary_key, or incremental, whose windows it "
        "replaces; declare one",
    ),
    (
        f"resources: [{{{KEYLESS}, write_disposition: {{disposition: merge, strategy: upsert}}}}]",
        "shop.a: write_disposition: 'upsert' needs a primary_key; remove it, to replace the rows "
        "of a window",
    ),
    (
        f"resources: [{{{KEYLESS}, write_disposition: merge, "
        "columns: {updated_at: {precision: 3}}}]",
        "shop.a: write_disposition: merge without a primary_key replaces the rows of a window, and "
        "PostgreSQL could round a cursor into the next one; remove columns.updated_at.precision",
    ),
    (
        f"resources: [{{{KEYLESS}, write_disposition: merge, merge_key: day}}]",
        "shop.a: write_disposition: merge without a primary_key replaces the rows of a window; "
        "remove merge_key",
    ),
    (
        f"resources: [{{{KEYLESS}, write_disposition: merge, deletes: {{}}}}]",
        "shop.a: deletes: needs a primary_key; a load replaces all rows of its window anyway; "
        "remove it",
    ),
    (
        "resources: [b, {name: a, primary_key: null, write_disposition: merge, parents: changed, "
        "endpoint: {path: '/{resources.b.id}', incremental: {}}}]",
        "shop.a: parents: changed needs a primary_key of the resource: without it a load replaces "
        "all rows of its window, and would drop those of the other parents; declare it, or remove "
        "this",
    ),
    (
        "resources: [{name: a, write_disposition: replace}]",
        "shop.a: write_disposition: replace would wipe the other partitions; use merge "
        "and a primary_key, or incremental: null",
    ),
    (
        "resources: [{name: a, include_from_parent: [id]}]",
        "shop.a: include_from_parent: has no parent; remove it",
    ),
    (
        "resources: [{name: a, fields: {id: text}}]",
        f"shop.a: fields: field 'id' has the type 'text'; allowed are {TYPES}",
    ),
    (
        "resources: [{name: a, fields: {id: string}, required: [id, updated_at]}]",
        "shop.a: required: 'updated_at' is not among the fields; declare its type",
    ),
]


@pytest.mark.parametrize(("written", "message"), MISTAKES, ids=[written for written, _ in MISTAKES])
def test_a_mistake_is_explained(written: str, message: str) -> None:
    assert mistake(written) == message


NAMES = {
    "Posts": "posts",
    "My-Items": "my_items",
    "orderItems": "order_items",
    "order items": "order_items",
    "/v1/a": "v1_a",
    "users?active=1": "users_active_1",
    "2a": "a",
    "a_": "a",
    "_a": "a",
    "a__b": "a_b",
    "Größe": "grosse",
    "заказы": "zakazy",
    "価格": "si_ge",
    "١٢": "items",
    "---": "items",
}


@pytest.mark.parametrize(("name", "better"), NAMES.items())
def test_a_name_that_no_table_can_have_is_refused_with_one_that_can(name: str, better: str) -> None:
    assert mistake(f"resources: ['{name}']") == (
        f"shop.{name}: name: '{name}' {NAME}, {PATH}: "
        f'{{name: {better}, endpoint: {{path: "{name}"}}}}'
    )
    declare(better)


def test_the_path_of_a_name_that_is_refused_is_kept() -> None:
    text = mistake("resources: [{name: Posts, endpoint: /v2/posts}]")
    assert text.endswith(': {name: posts, endpoint: {path: "/v2/posts"}}')


def test_a_name_shows_no_control_characters() -> None:
    assert "name: 'a\\nb' is not a name" in mistake('resources: ["a\\nb"]')


@pytest.mark.parametrize("name", ["My-Api", "my__api", "1api", "_api", "api_", "my api", ""])
def test_a_folder_whose_name_cannot_be_a_dataset_is_refused(name: str) -> None:
    assert mistake("{}", name=name) == f"{name}: folder: '{name}' {NAME}"


SCHEMAS = [
    (
        "b: {fields: {}}",
        "shop.b: schema.yaml: is not a resource; allowed are a",
    ),
    (
        "a: {field: {}}",
        "shop.a: schema.yaml: 'field' is unknown; allowed are fields, required, checks",
    ),
    (
        "a: {fields: {id: text}}",
        f"shop.a: fields: field 'id' has the type 'text'; allowed are {TYPES}",
    ),
    (
        "a: {fields: {id: string}, required: [n]}",
        "shop.a: required: 'n' is not among the fields; declare its type",
    ),
]


@pytest.mark.parametrize(("schema", "message"), SCHEMAS, ids=[schema for schema, _ in SCHEMAS])
def test_a_mistake_in_the_schema_file_is_explained(schema: str, message: str) -> None:
    assert mistake("{}", schema=schema) == message


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        pytest.param("[a]", "shop: schema.yaml: ", id="a list of resources"),
        pytest.param("a: [id]", "shop.a: schema.yaml: ", id="a list of fields"),
        pytest.param("a: {fields: [id]}", "shop.a: schema.yaml: ", id="fields without types"),
        pytest.param(
            "a: {fields: {id: string}, required: id}",
            "shop.a: schema.yaml: ",
            id="required that is no list",
        ),
    ],
)
def test_a_schema_file_of_another_shape_is_refused(schema: str, place: str) -> None:
    assert mistake("{}", schema=schema).startswith(place)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param(
            "resources: [{name: a, primary_key: null, endpoint: {incremental: {cursor_path: t}}}]",
            r"shop.a: ",
            id="partitions of rows that nothing can merge: each load would wipe the others",
        ),
        pytest.param(
            "resources: [{name: a, write_disposition: {disposition: merge, strategy: scd2}}]",
            "shop.a: write_disposition: 'scd2' ",
            id="a strategy that retires the rows outside the window",
        ),
        *(
            pytest.param(
                "resources: [{name: a, write_disposition: {disposition: merge, strategy: scd2"
                f"{option}}}, {own} endpoint: {{incremental: null{endpoint}}}}}]",
                f"shop.a: write_disposition: {says}",
                id=f"a history with {option}{own}{endpoint}",
            )
            for option, own, endpoint, says in (
                ("", "primary_key: null,", "", "'scd2' needs a primary_key"),
                (", boundary_timestamp: '2026-01-01'", "", "", "'boundary_timestamp' does not fit"),
                ("", "merge_key: id,", "", "'scd2' does not fit merge_key"),
                ("", "max_table_nesting: 1,", "", "'scd2' does not fit max_table_nesting"),
                ("", "", ", partial: allow", "'scd2' does not fit partial: allow"),
                (
                    "",
                    "",
                    ", paginator: {type: offset, limit: 1, maximum_offset: 5}",
                    "'scd2' does not fit paginator.maximum_offset",
                ),
            )
        ),
        pytest.param(
            "resources: [{name: a, write_disposition: {disposition: merge, "
            "strategy: insert-only}}]",
            "shop.a: write_disposition: 'insert-only' ",
            id="a strategy that never updates a row",
        ),
    ],
)
def test_a_declaration_that_would_do_harm_is_refused(written: str, place: str) -> None:
    assert mistake(written).startswith(place)


@pytest.mark.parametrize("name", ["main", "information_schema", "public", "pg_shop"])
def test_a_schema_of_the_warehouse_is_not_an_api(name: str) -> None:
    with pytest.raises(DeclarationError, match="is a schema of the warehouse's own; rename it"):
        declare("a", api=name)

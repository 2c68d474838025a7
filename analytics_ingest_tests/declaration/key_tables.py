"""Keys that shape a table: each with and without, all of them in two loads of one warehouse."""

from contextlib import suppress
from typing import Any

import duckdb

from analytics_ingest.common.errors import ApiError, PartialLoadError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.loads import API, WAREHOUSE, declare, utc
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.yaml_text import read_yaml

_SNAPSHOT = "endpoint: {incremental: null}"
_KINDS = "fields: {kind: 'string?'}"
_REFERENCE = "{columns: [id], referenced_table: others, referenced_columns: [id]}"
TABLES = {
    "primary_key": ("primary_key: kind", "primary_key: id"),
    "write_disposition": (f"write_disposition: replace, {_SNAPSHOT}", _SNAPSHOT),
    "merge_key": ("merge_key: kind", ""),
    "deletes": ("deletes: {}", ""),
    "columns": ("columns: {n: {data_type: text}}", ""),
    "schema_contract": ("schema_contract: {columns: discard_value}", ""),
    "references": (f"references: [{_REFERENCE}]", ""),
    "nested_hints": (
        "max_table_nesting: 1, nested_hints: "
        "{tags: {columns: {value: {name: value, data_type: text}}}}",
        "max_table_nesting: 1",
    ),
    "max_table_nesting": ("max_table_nesting: 1", ""),
    "max_new_columns": ("max_new_columns: 1", ""),
    "mask": ("mask: {kind: redact}", ""),
    "selected": ("selected: false", ""),
    "allow_empty": (f"allow_empty: true, {_SNAPSHOT}", _SNAPSHOT),
    "fields": ("fields: {n: string}", ""),
    "required": (f"required: [kind], {_KINDS}", _KINDS),
}
"""Key of a resource → what it is declared with, and without the key."""

_ROWS = [
    {"id": n, "n": n, "kind": "k" if n < 3 else None, "tags": [n], "updated_at": "2026-01-05"}
    for n in (1, 2, 3)
]
_LATER = [{"id": 1, "n": 7, "kind": "k", "tags": [], "updated_at": "2026-01-05", "extra": 1}]


def load_tables(api: ScriptedApi) -> dict[str, tuple[Any, Any]]:
    """Load all cases twice, the second time other rows; what is in the warehouse after each."""
    unique = dict.fromkeys(text for pair in TABLES.values() for text in pair)
    names = {text: f"case{number}" for number, text in enumerate(unique)}
    declaration = declare(*(_resource(name, text) for text, name in names.items()))
    views = []
    for rows in (_ROWS, _LATER):
        for text, name in names.items():
            is_emptied = rows is _LATER and _SNAPSHOT in text and "write" not in text
            api.always(f"/{name}", {"data": [] if is_emptied else rows})
        views.append(_load(declaration))
    return {
        key: ([v.get(names[with_key]) for v in views], [v.get(names[without]) for v in views])
        for key, (with_key, without) in TABLES.items()
    }


def _resource(name: str, text: str) -> dict[str, Any]:
    keys = read_yaml(f"{{{text}}}")
    basic = {"path": f"/{name}", "data_selector": "data", "paginator": "single_page"}
    endpoint = {**basic, **keys.get("endpoint", {})}
    return {"name": name, "primary_key": "id", **keys, "endpoint": endpoint}


def _load(declaration: ApiDeclaration) -> dict[str, Any]:
    names = frozenset(resource.name for resource in declaration.tables)
    schema, profiles, failures = dict[str, Any](), dict[str, Any](), dict[str, Any]()
    with (
        suppress(ApiError, PartialLoadError),  # each failure is in what is seen
        open_load(
            LoadScope(declaration, names, EVERYTHING),
            check_at=utc(2026, 2, 1),
            run_id="run",
            log=lambda _: None,
        ) as opened,
    ):
        profiles, failures = opened.profiles, opened.failures
        options: Any = opened.run_options
        opened.pipeline.run(opened.source, **options)
        schema = opened.pipeline.default_schema.tables
    with duckdb.connect(str(WAREHOUSE), read_only=True) as warehouse:
        return {
            name: (
                _tables(warehouse, name),
                schema[name].get("references"),
                name in failures,
                profiles[name].nulls if name in profiles else None,
            )
            for name in names
        }


def _tables(warehouse: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The columns and rows of a resource's tables, its own name left out."""
    found = warehouse.execute(
        "SELECT table_name, list(column_name || ' ' || data_type ORDER BY column_name), "
        "list('\"' || column_name || '\"' ORDER BY column_name) FROM information_schema.columns "
        "WHERE table_schema = ? AND starts_with(table_name, ?) "
        "AND NOT starts_with(column_name, '_dlt') GROUP BY 1",
        [API, name],
    ).fetchall()
    return {
        table.removeprefix(name): (
            columns,
            warehouse.sql(f"SELECT {', '.join(names)} FROM {API}.{table} ORDER BY ALL").fetchall(),
        )
        for table, columns, names in found
        if table == name or table.startswith(f"{name}__")
    }

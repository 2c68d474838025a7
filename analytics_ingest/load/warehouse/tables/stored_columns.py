"""The columns that the warehouse really has, which dlt's stored schema may not know.

dlt stores its schema after it has changed the tables, and a run stores the schema that it has read,
though another may have stored a newer one. A database that is asked to insert 1.5 into a column of
integers stores 2. So a load begins with the types of the real columns, and compares them again,
with the write lock held, before it stores a row.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeGuard

from dlt.common.destination.client import JobClientBase, WithStagingDataset
from dlt.common.normalizers.json.relational import DataItemNormalizer
from dlt.common.schema import Schema
from dlt.common.schema.typing import (
    C_DLT_ID,
    C_DLT_LOAD_ID,
    TColumnSchema,
    TTableSchema,
    TTableSchemaColumns,
)
from dlt.common.schema.utils import new_table
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.column_names import PATH_SEPARATOR
from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.load.rows.column_types import find_digits
from analytics_ingest.load.warehouse.tables.missing_tables import with_nested

_LOSSLESS = {("bigint", "decimal"), ("bigint", "wei"), ("wei", "decimal"), ("date", "timestamp")}
"""Type of a value → type of a column that holds it unchanged, as a text holds everything."""
_DECIMALS = {"decimal", "wei"}
_COMPARED = ("duckdb", "motherduck", "postgres")
"""Destinations whose database keeps the names of tables and columns as dlt writes them."""
_COLUMNS = (
    "table_name, column_name, data_type, numeric_precision, numeric_scale, "
    "is_nullable, column_default, is_generated, is_identity"
)
_OWN_IDS = {C_DLT_LOAD_ID, DataItemNormalizer.C_DLT_PARENT_ID}
_HINTS = {
    C_DLT_ID: ("unique", "row_key"),
    DataItemNormalizer.C_DLT_PARENT_ID: ("parent_key",),
    DataItemNormalizer.C_DLT_ROOT_ID: ("root_key",),
}
"""Columns of dlt's own → the hints without which it merges no nested table."""


def holds_unchanged(value: TColumnSchema, column: TColumnSchema) -> bool:
    """Return whether a column holds the values of another type, or of other digits, as they are."""
    wanted, actual = value.get("data_type"), column.get("data_type")
    if wanted is None or actual in (None, "text"):
        return True
    if wanted == "decimal" and actual in ("decimal", "wei"):
        scale = find_digits(column)[1] if actual == "decimal" else 0
        return find_digits(value)[1] <= scale
    return wanted == actual or (wanted, actual) in _LOSSLESS


def _has_other_type(one: TColumnSchema, other: TColumnSchema) -> bool:
    types = {one.get("data_type"), other.get("data_type")}
    return len(types) > 1 and not types <= _DECIMALS


def adopt_stored_columns(pipeline: Pipeline, tables: Collection[str]) -> None:
    """Change dlt's schema to what the warehouse has of some tables and of those nested in them."""
    with pipeline.destination_client() as client:
        if not _can_compare(client):
            return
        stored = _read_stored(client, tables)
        if not pipeline.default_schema_name and stored:  # The first load has failed.
            pipeline._inject_schema(Schema(pipeline.pipeline_name))
        if pipeline.default_schema_name:
            _adopt_tables(pipeline.default_schema, tables, stored)


def check_stored_columns(client: JobClientBase, tables: Collection[str]) -> None:
    """Check that the columns of a load's tables hold its values; the caller holds the write lock.

    What the staging dataset has of other types is dropped: only a load that failed left it.

    Raises:
        WarehouseError: Another run has created a column of another type meanwhile.
    """
    if not _can_compare(client):
        return
    expected = with_nested(client.schema.tables, tables)
    for table, name, wanted, actual in _list_changed(client, expected):
        raise WarehouseError(
            f"{client.schema.name}.{table}: the column {name} is {actual} in the warehouse and "
            f"{wanted} in this load, as another run has created it meanwhile; load again"
        )
    if isinstance(client, WithStagingDataset):
        staged = [name for name in expected if client.should_load_data_to_staging_dataset(name)]
        with client.with_staging_dataset():
            own = {name: expected[name] for name in staged}
            changed = {table for table, *_ in _list_changed(client, own, is_any=True)}
            if changed:
                client.drop_tables(*sorted(changed), delete_schema=False)


def _can_compare(client: JobClientBase) -> TypeGuard[SqlJobClientBase]:
    """Return whether the names of the warehouse's columns are those of dlt's schema."""
    return isinstance(client, SqlJobClientBase) and client.config.destination_type in _COMPARED


def _read_stored(
    client: SqlJobClientBase, tables: Collection[str]
) -> Mapping[str, TTableSchemaColumns]:
    """Read the columns of some tables, and of those nested in them, that the warehouse has.

    Omitted are columns of types that dlt does not know, and those that somebody added in such a
    way that no load may write them.
    """
    sql = client.sql_client
    catalog, dataset, _ = sql._get_information_schema_components()
    place, arguments = "table_schema = %s", [dataset]
    if catalog:
        place, arguments = f"{place} AND table_catalog = %s", [dataset, catalog]
    source = sql._qualify_info_schema_table_name("COLUMNS")
    rows = sql.execute_sql(f"SELECT {_COLUMNS} FROM {source} WHERE {place}", *arguments) or ()
    prefixes = tuple(f"{table}{PATH_SEPARATOR}" for table in tables)
    known, normalize = _list_types(client), client.schema.naming.normalize_path
    stored: dict[str, TTableSchemaColumns] = {}
    for table, name, kind, precision, scale, *marks in rows:
        if table not in tables and not table.startswith(prefixes):
            continue
        columns = stored.setdefault(table, {})
        is_free = marks[0] == "YES" and set(marks[1:]) <= {None, "NEVER", "NO"}
        is_own = name.startswith("_dlt_") or (is_free and normalize(name) == name)
        if is_own and str(kind).split("(")[0].lower() in known:
            columns[name] = {"name": name, **client._from_db_type(kind, precision, scale)}
    return stored


def _list_types(client: SqlJobClientBase) -> set[str]:
    """List the types of the database that dlt knows; it takes all others for texts."""
    mapper: Any = client.capabilities.get_type_mapper()
    return {"text", "json", *map(str.lower, mapper.dbt_to_sct)}


def _adopt_tables(
    schema: Schema, tables: Collection[str], stored: Mapping[str, TTableSchemaColumns]
) -> None:
    for name in sorted(stored, key=len):
        if name not in schema.tables:
            if _OWN_IDS & stored[name].keys():  # Not a view, or a table that is not dlt's.
                schema.update_table(_build_table(name, stored[name], schema.tables))
        else:
            _adopt_columns(schema.tables[name].setdefault("columns", {}), stored[name])
    for table in tables:
        family = with_nested(schema.tables, [table])
        if stored.keys().isdisjoint(family):  # Created anew, perhaps with other types.
            for name in family.keys() - {table}:
                del schema.tables[name]
            if table in family:
                # Its own hints count what was removed: dlt stores no schema that it had before.
                schema.tables[table]["columns"] = {}


def _build_table(name: str, stored: TTableSchemaColumns, known: Collection[str]) -> TTableSchema:
    """Build what dlt's schema holds of a table; one in which another is nested is known by then."""
    columns = list(map(_copy_hints, stored.values()))
    if C_DLT_LOAD_ID in stored:
        return new_table(name, columns=columns)
    parents = [other for other in known if name.startswith(f"{other}{PATH_SEPARATOR}")]
    parent = max(parents, key=len, default="")
    table: Any = new_table(name, parent_table_name=parent, columns=columns)
    table["x-normalizer"] = {"seen-data": True}  # Otherwise no merge removes its rows.
    return table


def _adopt_columns(columns: TTableSchemaColumns, stored: TTableSchemaColumns) -> None:
    """Give dlt's columns of a table the types of the real ones, and add those that it lacks."""
    for name, actual in stored.items():
        known = columns.setdefault(name, {})
        if _has_other_type(known, actual) or not holds_unchanged(known, actual):
            known.update(_copy_hints(actual))


def _copy_hints(actual: TColumnSchema) -> Any:
    """Copy what is known of a real column; a width of integers is the database's own."""
    name, digits = str(actual.get("name")), ("precision", "scale")
    kept = ("name", "data_type", *(digits if actual.get("data_type") == "decimal" else ()))
    own = dict.fromkeys(_HINTS.get(name, ()), True)
    return {**{hint: actual.get(hint) for hint in kept}, "nullable": not own, **own}


def _list_changed(
    client: SqlJobClientBase, expected: Mapping[str, Any], *, is_any: bool = False
) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield table, column, type in the load and real type, where values would change.

    Args:
        is_any: Also where they would not.
    """
    for table, stored in client.get_storage_tables(list(expected)):
        for name, wanted in expected[table]["columns"].items():
            actual = stored.get(name, {})
            if not actual or "data_type" not in wanted:
                continue
            is_other = is_any and _has_other_type(wanted, actual)
            if is_other or not holds_unchanged(wanted, actual):
                yield table, name, wanted.get("data_type"), actual.get("data_type")

"""Profiles resources' tables in SQL, for the checks.

At the end of a load its rows are still in dlt's staging table, or in the files of a lake. Profiling
them costs no more than the load's window, however large the table is. A check that runs alone
profiles the whole table.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics_ingest.common.column_names import OTHER_FIELDS, VARIANT, is_variant
from analytics_ingest.common.cursor import build_reader, write
from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.shared_keys import describe_shared
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.faults import explain_sql
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.profiles.empty_columns import (
    find_emptied,
    list_nulled,
    note_empty,
)
from analytics_ingest.load.warehouse.profiles.key_counts import count_keys, count_partitions
from analytics_ingest.load.warehouse.profiles.nested_variants import count_nested_variants
from analytics_ingest.load.warehouse.profiles.own_checks import count_failing
from analytics_ingest.load.warehouse.profiles.row_source import RowSource
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile, count_where
from analytics_ingest.load.warehouse.sql_tables import Columns, StoredTables, open_tables
from analytics_ingest.load.warehouse.tables.dlt_hints import (
    build_column_hints,
    list_tables,
    name_rejected_table,
)

_NUMBERS = ("bigint", "double", "decimal")

Normalize = Callable[[str], str]
"""The function from the name of a field to that of its column."""


def profile_tables(
    pipeline: WarehousePipeline,
    resources: Sequence[ResourceDeclaration],
    now: datetime,
    stats: Mapping[str, Stats] | None = None,
) -> dict[str, TableProfile]:
    """Profile the tables of some resources; the caller holds the write lock.

    Args:
        now: The moment of the checks.
        stats: Resource → the counts of the load that has just ended, to profile its rows alone;
            a resource whose rows cannot be counted fails alone then.

    Raises:
        WarehouseError: A whole table cannot be read.
    """
    if pipeline.default_schema_name is None:
        return {resource.name: TableProfile(of_load=stats is not None) for resource in resources}
    with open_tables(pipeline, pipeline.staged) as tables:
        stored = tables.list_columns(list_tables(resources))
        profiles: dict[str, TableProfile] = {}
        for resource in resources:
            known = None if stats is None else stats[resource.name]
            problem = "the rows are stored, but uncounted" if known else "it cannot be counted"
            future = now + resource.declared.future_tolerance
            try:
                with explain_sql(f"{resource.api}.{resource.table}", problem, may_repeat=True):
                    profiles[resource.name] = _profile(
                        pipeline, resource, tables, stored, future_from=future, stats=known
                    )
            except WarehouseError as error:
                if stats is None:
                    raise
                pipeline.hooks.fail(resource.name, error)
        return profiles


def _profile(
    pipeline: WarehousePipeline,
    resource: ResourceDeclaration,
    tables: StoredTables,
    stored: Mapping[str, Columns],
    *,
    future_from: datetime,
    stats: Stats | None,
) -> TableProfile:
    normalize, earlier_key = pipeline.plan.column_name, pipeline.earlier_keys.get(resource.name, "")
    cursor = normalize(resource.cursor_column) if resource.cursor_column else None
    keys = list(map(normalize, resource.primary_key))
    is_staged = bool(stats and resource.is_merged)
    shared = describe_shared(resource, stats.keys_shared) if stats else ""
    profile = TableProfile(
        of_load=stats is not None,
        is_merged=is_staged and not resource.has_history,
        columns=stored[resource.table],
        missing_keys=[name for name in keys if name not in stored[resource.table]],
        rejected=stats.rows_rejected if stats else 0,
        key_warning=". ".join(filter(None, (shared, earlier_key))),
        cursor_type=stored[resource.table].get(cursor) if cursor else None,
    )
    _compare_columns(profile, resource, normalize)
    if not stats and stored[name_rejected_table(resource.table)]:
        rejected = RowSource(tables, name_rejected_table(resource.table), staged=False)
        (profile.rejected,) = rejected.select("count(*)")
    # The staging table of a resource without rows may hold those of a load that was killed.
    if not profile.columns or (stats and not stats.rows_stored):
        return profile
    table = RowSource(tables, resource.table, staged=is_staged, active=resource.has_history)
    _count_rows(profile, table, list(map(normalize, resource.not_null)))
    if resource.declared.max_table_nesting:
        schema = pipeline.default_schema.tables
        nested = count_nested_variants(tables, schema, resource.table, staged=is_staged)
        profile.variants = {**profile.variants, **nested}
    nulled = set(map(normalize, list_nulled(resource)))
    note_empty(tables, table.source, profile, excluded=nulled)
    if is_staged:
        profile.emptied = find_emptied(tables, resource.table, profile)
    if cursor:
        _count_cursors(profile, table, resource, cursor, future_from)
    if keys and not profile.missing_keys:
        count_keys(profile, table, keys)
        is_timestamp = profile.cursor_type == "timestamp"
        if stats and cursor and profile.duplicates and is_timestamp and not stats.rows_taken:
            count_partitions(stats.partitions, table, cursor, keys)
    profile.failing = count_failing(resource, tables, profile, normalize) if resource.checks else {}
    return profile


def _compare_columns(
    profile: TableProfile, resource: ResourceDeclaration, normalize: Normalize
) -> None:
    """List the declared columns; and if there are any, those that nobody declared."""
    profile.expected = {
        normalize(name): str(column.get("data_type"))
        for name, column in build_column_hints(resource).items()
        if "data_type" in column
    }
    if not resource.fields and not resource.declared.columns:
        return
    added = set(map(normalize, [*resource.fields, *resource.added_columns]))
    profile.undeclared = [
        name
        for name in profile.columns
        if name not in profile.expected
        and name not in added
        and name != OTHER_FIELDS
        and not name.startswith("_dlt_")
        and not is_variant(name, profile.columns)
    ]


def _count_rows(profile: TableProfile, table: RowSource, required: Sequence[str]) -> None:
    """Count the rows, those without a required value, and those with a value of another type."""
    required = [name for name in required if name in profile.columns]
    variants = [name for name in profile.columns if is_variant(name, profile.columns)]
    absent = [count_where(_build_absence(name, profile.columns, table)) for name in required]
    kept = [*variants, *({OTHER_FIELDS} & profile.columns.keys())]
    present = [f"count({table.quote(name)})" for name in kept]
    profile.rows, *counts = table.select("count(*)", *absent, *present)
    profile.nulls = dict(zip(required, counts, strict=False))
    profile.variants = dict(zip(kept, counts[len(required) :], strict=True))
    profile.others = profile.variants.pop(OTHER_FIELDS, 0)


def _build_absence(column: str, stored: Columns, table: RowSource) -> str:
    """Build the condition that a row has no value in a column, nor in a variant of it."""
    columns = [name for name in stored if name == column or name.startswith(f"{column}{VARIANT}")]
    return " and ".join(f"{table.quote(name)} is null" for name in columns)


def _count_cursors(
    profile: TableProfile,
    table: RowSource,
    resource: ResourceDeclaration,
    name: str,
    future_from: datetime,
) -> None:
    """Count the null cursors; of timestamps and epochs also those in the future."""
    cursor_format = resource.incremental.cursor_format if resource.incremental else ""
    column = table.quote(name)
    if profile.cursor_type is None:
        profile.unreadable = profile.rows
        return
    if profile.cursor_type == "timestamp":
        bound: Any = future_from
    elif profile.cursor_type in _NUMBERS and cursor_format.startswith("epoch_"):
        bound = write(future_from, cursor_format)
    else:
        (profile.unreadable,) = table.select(count_where(f"{column} is null"))
        return
    profile.unreadable, newest, profile.future = table.select(
        count_where(f"{column} is null"),
        f"max({column})",
        count_where(f"{column} > %s"),
        arguments=[bound],
    )
    profile.newest = newest if isinstance(newest, datetime) else build_reader(cursor_format)(newest)

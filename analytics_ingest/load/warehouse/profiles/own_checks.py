"""Counts the rows that fail the checks of `schema.yaml`, in SQL: those of a load or of a table.

All checks of a resource's fields are one query, which scans the rows once. Only a check that fails
costs another one, for the keys of up to ten rows. Identifiers and values are escaped as the
destination does it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
from dlt.common.destination.exceptions import DestinationException, DestinationUndefinedEntity

from analytics_ingest.common.column_names import VARIANT
from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.field_rules import OwnCheck
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.faults import is_out_of_memory
from analytics_ingest.load.warehouse.profiles.table_profile import (
    KEYS_SHOWN,
    FailingRows,
    TableProfile,
    count_where,
    format_key,
)
from analytics_ingest.load.warehouse.sql_tables import StoredTables
from analytics_ingest.load.warehouse.tables.histories import VALID_TO

_FAULTS = (DestinationException, WarehouseError, duckdb.Error)
_OF_STATEMENT = ("BinderException", "CatalogException", "ParserException", "SyntaxException")
"""DuckDB's errors that never quote a value of a row."""
_LONGEST = 200
_CASTS = {"timestamp": "timestamp with time zone", "date": "date", "time": "time"}


def count_failing(
    resource: ResourceDeclaration,
    tables: StoredTables,
    profile: TableProfile,
    normalize: Callable[[str], str],
) -> dict[str, FailingRows]:
    """Count the failing rows of each check, by its name; the caller holds the write lock."""
    rows = _Rows(resource, tables, profile, normalize)
    failing: dict[str, FailingRows] = {}
    conditions: dict[str, _Condition] = {}
    for check in resource.checks:
        if check.kind == "sql":
            failing[check.name] = _explain_faults(lambda check=check: rows.run(check))
        elif problem := rows.find_type_problem(check):
            failing[check.name] = FailingRows(problem=problem)
        else:
            try:
                conditions[check.name] = rows.build_condition(check)
            except _FAULTS as error:
                failing[check.name] = _describe_refusal(error)
    try:
        failing |= rows.count(conditions)
    except _FAULTS:
        # One of them cannot be evaluated, and must not keep the others from it.
        for name, condition in conditions.items():
            one = {name: condition}
            failing[name] = _explain_faults(lambda one=one, name=name: rows.count(one)[name])
    return failing


def _explain_faults(count: Callable[[], FailingRows]) -> FailingRows:
    try:
        return count()
    except _FAULTS as error:
        return _describe_refusal(error)


def _describe_refusal(error: BaseException) -> FailingRows:
    """Describe a check that the database refuses; for a lack of memory see `run_within_memory`."""
    if is_out_of_memory(error):
        raise error
    return FailingRows(problem=_describe(error))


def _describe(error: BaseException) -> str:
    """Describe what the database says of a statement; its other errors quote values of rows."""
    error = getattr(error, "dbapi_exception", error)
    if isinstance(error, WarehouseError):
        return str(error)
    if isinstance(error, DestinationUndefinedEntity):
        return f"the table {error} does not exist"
    kind, state = type(error).__name__, str(getattr(error, "pgcode", ""))
    # PostgreSQL says where a statement is wrong; what a function makes of a row has no such place.
    diag = getattr(error, "diag", None)
    is_of_statement = getattr(diag, "statement_position", None) and not getattr(diag, "context", "")
    if kind not in _OF_STATEMENT and not (state.startswith("42") and is_of_statement):
        return f"{kind}; its message is not shown, because it may hold a row"
    first, *_ = str(error).strip().splitlines() or [kind]
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"


@dataclass(frozen=True)
class _Condition:
    """Where a row fails a check."""

    where: str
    count: str
    """The expression that counts the failing rows."""


class _Rows:
    """The rows to check, as SQL: each version of a row that a merge keeps, once."""

    def __init__(
        self,
        resource: ResourceDeclaration,
        tables: StoredTables,
        profile: TableProfile,
        normalize: Callable[[str], str],
    ) -> None:
        self._api = resource.api
        self._tables = tables
        self._columns = profile.columns
        self._expected = profile.expected
        self._normalize = normalize
        self._keys = [n for n in map(normalize, resource.primary_key) if n in profile.columns]
        self._table = tables.name_source(resource.table, staged=profile.is_merged)
        newest = resource.cursor_column or resource.sequence
        order = normalize(newest) if newest else ""
        has_versions = profile.is_merged and profile.duplicates
        self._source = self._select_newest(order) if has_versions else self._table
        deletes = resource.declared.deletes
        self._mark = deletes.column if deletes and deletes.column in profile.columns else None
        if resource.has_history:
            self._source = f"(select * from {self._table} where {VALID_TO} is null)"

    def _select_newest(self, order: str) -> str:
        keys = ", ".join(map(self._tables.quote, self._keys))
        newest = f"{self._tables.quote(order)} desc" if order in self._columns else keys
        version = self._tables.quote("version in the load")
        number = f"row_number() over (partition by {keys} order by {newest}) as {version}"
        return f"(select * from (select *, {number} from {self._table}) as v where {version} = 1)"

    def find_type_problem(self, check: OwnCheck) -> str:
        """Return why a column cannot be compared with declared values: it has another type."""
        column = self._normalize(check.field)
        stored, expected = self._columns.get(column), self._expected.get(column)
        if check.kind == "not_null" or stored is None or stored == expected:
            return ""
        return f"the column {column} is {stored} instead of {expected}"

    def build_condition(self, check: OwnCheck) -> _Condition:
        """Build the condition for the rows that fail a check of a field."""
        name = self._normalize(check.field)
        variants = [f"t.{self._tables.quote(n)}" for n in self._list_variants(name)]
        column = f"t.{self._tables.quote(name)}" if name in self._columns else ""
        if check.kind == "not_null":
            where = " and ".join(f"{c} is null" for c in (column, *variants) if c) or "1 = 1"
            return _Condition(where, count_where(where))
        # A value of another type is beside the column.
        failing = [f"{variant} is not null" for variant in variants]
        if not column:
            where = " or ".join(failing) or "1 = 0"
        elif check.kind == "unique":
            repeated = f"select {column} from {self._source} as t where {column} is not null"
            where = f"{column} in ({repeated} group by {column} having count(*) > 1)"
            return _Condition(where, f"count({column}) - count(distinct {column})")
        elif check.kind == "references":
            where = (
                f"{column} is not null and not exists ({self._build_target_query(check, column)})"
            )
            if self._mark:
                where += f" and t.{self._tables.quote(self._mark)} is null"
            counted = f"select count(*) from {self._source} as t where {where}"
            return _Condition(where, f"({counted})")
        else:
            where = " or ".join([*self._build_outside(check, name, column), *failing])
        return _Condition(where, count_where(where))

    def _list_variants(self, column: str) -> Iterator[str]:
        return (name for name in self._columns if name.startswith(f"{column}{VARIANT}"))

    def _build_outside(self, check: OwnCheck, name: str, column: str) -> Iterator[str]:
        """Yield the conditions that a value is not one of those that a check allows."""
        data_type = self._columns[name]
        if check.kind == "accepted_values":
            values = ", ".join(self._format_literal(data_type, value) for value in check.argument)
            yield f"{column} not in ({values})"
            return
        for comparison, bound in zip(("<", ">"), check.argument, strict=True):
            if bound is not None:
                yield f"{column} {comparison} {self._format_literal(data_type, bound)}"

    def _format_literal(self, data_type: str, value: Any) -> str:
        literal = self._tables.format_literal(value)
        return f"cast({literal} as {_CASTS[data_type]})" if data_type in _CASTS else literal

    def _build_target_query(self, check: OwnCheck, column: str) -> str:
        api, table, field = check.argument
        dataset = None if api == self._api else api
        other = self._tables.name_source(table, staged=False, other_dataset=dataset)
        # Of another API's table it is not known here which rows are current.
        stored = {} if dataset else self._tables.list_columns([table])[table]
        ends = [name for name in (VALID_TO, check.target_mark) if name and name in stored]
        current = "".join(f" and other.{self._tables.quote(name)} is null" for name in ends)
        key = self._tables.quote(self._normalize(field))
        return f"select 1 from {other} as other where other.{key} = {column}{current}"

    def count(self, conditions: Mapping[str, _Condition]) -> dict[str, FailingRows]:
        """Count the rows that meet some conditions, all in one query."""
        if not conditions:
            return {}
        counts = ", ".join(["count(*)", *(c.count for c in conditions.values())])
        ((_, *numbers),) = self._tables.query(f"select {counts} from {self._source} as t")
        rows = zip(conditions.items(), numbers, strict=True)
        return {name: FailingRows(n, self._read_examples(c) if n else []) for (name, c), n in rows}

    def _read_examples(self, condition: _Condition) -> list[str]:
        """Read the keys of some rows that meet a condition."""
        if not self._keys:
            return []
        keys = ", ".join(f"t.{self._tables.quote(key)}" for key in self._keys)
        some = f"from {self._source} as t where {condition.where} limit {KEYS_SHOWN}"
        return [format_key(key) for key in self._tables.query(f"select {keys} {some}")]

    def run(self, check: OwnCheck) -> FailingRows:
        """Run a query that must return no row; its rows are counted, and keys among them shown."""
        query, number = check.argument.replace("{table}", self._table), "number of rows"
        counted = f"count(*) over () as {self._tables.quote(number)}"
        limited = f"select {counted}, f.* from (\n{query}\n) as f limit {KEYS_SHOWN}"
        seconds, started = check.timeout.total_seconds(), time.monotonic()
        try:
            names, rows = self._tables.query_with_names(limited, seconds)
        except _FAULTS:
            if time.monotonic() - started < seconds:
                raise
            longest = f"timeout: {format_duration(check.timeout)}"
            problem = f"the query took longer than {longest}; make it faster, or raise the timeout"
            raise WarehouseError(problem) from None
        places = [names.index(key) for key in self._keys if key in names]
        has_keys = places and len(places) == len(self._keys)
        keys = [format_key([row[place] for place in places]) for row in rows] if has_keys else []
        return FailingRows(rows[0][0] if rows else 0, keys)

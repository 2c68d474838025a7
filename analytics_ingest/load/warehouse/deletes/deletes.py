"""Marks or removes the rows that the API has deleted, once a load is stored.

A full reading leaves all keys that the API has in dlt's staging table, so the rows of the table
without one of these keys are gone. One statement marks them. If the load is killed before it,
nothing is marked, and the next full reading marks the rows. A row that comes back is merged, and
a merged row has no mark. Where rows may have moved while they were read, a second reading follows:
only what both lack is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.declaration.validation.deletes import is_read_in_full
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.full_readings import (
    count_parent_listings,
    find_incomplete_parent,
    find_incomplete_reason,
    find_oldest_read,
    may_have_missed_rows,
)
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.deletes.listed_deletes import delete_listed
from analytics_ingest.load.warehouse.deletes.marked_table import MarkedTable
from analytics_ingest.load.warehouse.faults import explain_sql
from analytics_ingest.load.warehouse.merge.known_loads import KnownLoads, build_stored_by
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import open_tables

_UNKNOWN_LOADS = "RESTORE_FROM_DESTINATION is off, so the stored loads are not known"
_UNMARKED = "the rows are stored, but those that the API has deleted are not {done}"


@dataclass(frozen=True)
class FirstReading:
    """What a second reading has to know of the first one."""

    known: KnownLoads
    """The loads that were stored before it."""
    listings: tuple[int, ...]
    """Which listings of parents it has read."""


Condition = tuple[str, list[Any]]
"""A condition in SQL, and its arguments."""


def apply_deletes(
    pipeline: WarehousePipeline,
    api: ApiDeclaration,
    loaded: Sequence[ResourceDeclaration],
    extractor: Extractor,
    log: LogLine,
    *,
    first: Mapping[str, FirstReading] = MappingProxyType({}),
) -> Mapping[str, FirstReading]:
    """Mark or remove what the API has deleted; the caller holds the write lock.

    It may be called twice: the second call marks the rows that the first one has left.

    Args:
        loaded: The resources that were loaded.
        log: Called with a line for each resource that has lost rows, or may have.
        first: Resource → its first reading, if this is the second one.

    Returns:
        Resource → this reading, where only a second one can show what is gone.
    """
    again: dict[str, FirstReading] = {}
    names = {resource.name for resource in loaded}
    declared = {n: d for n, r in api.resources.items() if (d := r.declared.deletes)}
    concerned = {n: d for n, d in declared.items() if n in names or d.source in names}
    if not concerned or pipeline.default_schema_name is None:
        return again
    resources = {n: api.resources[n] for d in concerned for n in (d, declared[d].source) if n}
    with open_tables(pipeline) as tables:
        stored = tables.list_columns([resource.table for resource in resources.values()])
        for name, deletes in concerned.items():
            resource, stats = resources[name], extractor.stats.get(name) or Stats()
            table = MarkedTable(resource, tables, stored[resource.table], pipeline.plan.column_name)
            done = "removed" if deletes.remove else "marked"
            place = f"{resource.api}.{name}"
            try:
                with explain_sql(place, _UNMARKED.format(done=done), may_repeat=True):
                    if deletes.source:
                        source = resources[deletes.source]
                        delete_listed(table, stats, source, stored[source.table])
                    elif is_read_in_full(resource):
                        reading = _FullReading(table, extractor, resource, first.get(name))
                        problem = pipeline.earlier_keys.get(name, "")
                        if needed := reading.apply(pipeline.known_loads, problem):
                            again[name] = needed
            except WarehouseError as error:
                pipeline.hooks.fail(name, error)
                continue
            for line in _describe(stats, done=done):
                log(f"{place}: {line}")
    return again


class _DoubtError(Exception):
    """Why a full reading shows nothing."""


class _FullReading:
    """What a full reading of a resource shows.

    Args:
        first: The first reading, if this is the second one.
    """

    def __init__(
        self,
        table: MarkedTable,
        extractor: Extractor,
        resource: ResourceDeclaration,
        first: FirstReading | None,
    ) -> None:
        self._first = first
        self._table = table
        self._read = extractor.templates, extractor.stats
        self._template = extractor.templates[resource.name]
        self._stats = extractor.stats[resource.name]

    def apply(self, known: KnownLoads | None, problem: str) -> FirstReading | None:
        """Mark or remove the rows that are gone, or set `deletes_skipped` if that is doubtful.

        Args:
            known: The loads that were stored before this reading.
            problem: Why the keys of the table cannot be compared; empty if they can.

        Returns:
            This reading, if only a second one can show what is gone.
        """
        try:
            self._check_whole(known, problem)
            return self._mark_gone(known) if known and self._stats.rows_stored else None
        except _DoubtError as doubt:
            self._stats.deletes_skipped = str(doubt)
            return None

    def _check_whole(self, known: KnownLoads | None, problem: str) -> None:
        """Check that the table has the whole reading."""
        table, stats = self._table, self._stats
        if known is None:
            raise _DoubtError(_UNKNOWN_LOADS)
        if reason := problem or find_incomplete_reason(self._template, stats) or table.problem:
            raise _DoubtError(reason)
        if not stats.rows_stored and table.columns and table.count():
            raise _DoubtError("the API returned no rows, and the table has some")
        if stats.rows_stored and table.count_staged() != stats.rows_stored:
            raise _DoubtError("not all rows that the API returned were stored")

    def _mark_gone(self, known: KnownLoads) -> FirstReading | None:
        table, stats = self._table, self._stats
        own = FirstReading(
            self._first.known if self._first else known, count_parent_listings(stats)
        )
        gone, arguments = self._build_gone(own)
        rows = table.count(gone, *arguments)
        if rows and table.count_staged(distinct=True) != stats.rows_stored:
            raise _DoubtError("keys were returned twice: rows moved between pages, or share a key")
        if rows > self._count_most():
            stats.deletes_held_back = rows
        elif rows and not self._first and may_have_missed_rows(self._template, *self._read):
            return own
        elif rows:
            moment = [] if table.mark is None else [datetime.now(timezone.utc)]
            table.delete(gone, "%s", *moment, *arguments)
            stats.rows_deleted += rows
        return None

    def _count_most(self) -> float:
        """Return how many rows may be marked; in a small table one row is a large share."""
        confirmed, share = self._template.resource.confirmed_deletes, self._table.deletes.max_share
        return max(1, confirmed, share * self._table.count())

    def _build_gone(self, own: FirstReading) -> Condition:
        """Build the condition that a row is gone."""
        table, resource = self._table, self._template.resource
        conditions = [f"not {table.matches(table.staged, table.keys)}"]
        if others := own.known.list_others(table.tables):
            conditions.append(f"not {build_stored_by(table.tables, table.name, others)}")
        arguments: list[Any] = []
        if oldest := find_oldest_read(self._template):
            if table.cursor is None or table.columns.get(table.cursor) != "timestamp":
                raise _DoubtError("the column of the cursor is not a timestamp")
            conditions.append(f"{table.name_column(table.cursor)} >= %s")
            arguments.append(oldest)
        columns = [str(resource.endpoint.params[name]["column"]) for name in resource.each]
        if reason := find_incomplete_parent(self._template, *self._read):
            of_parent = _list_parent_columns(resource)
            if not of_parent:
                raise _DoubtError(reason)
            if self._first and self._first.listings != own.listings:
                raise _DoubtError(f"two readings differ in their parents; {reason}")
            columns += of_parent
        if columns := [*map(table.normalize, columns)]:
            # Compare only rows of the parents and values whose listings were read whole.
            conditions.append(table.matches(table.staged, columns))
        return " and ".join(conditions), arguments


def _list_parent_columns(resource: ResourceDeclaration) -> list[str]:
    """List the columns that name the parent of a row; none where they do not tell parents apart."""
    bound = [field for parent in resource.parents for _, field in parent.bindings]
    of_field = {field: column for column, field in resource.inherited.items()}
    return [of_field[field] for field in bound] if set(bound) <= of_field.keys() else []


def _describe(stats: Stats, *, done: str) -> Iterator[str]:
    if stats.rows_deleted:
        yield f"{stats.rows_deleted} rows that the API has deleted are {done}"
    if stats.deletes_held_back:
        yield f"{stats.deletes_held_back} rows are gone, more than max_share: none is {done}"
    if stats.deletes_skipped:
        other = "no other row" if stats.rows_deleted else "no row"
        yield f"{other} is {done}, because {stats.deletes_skipped}"

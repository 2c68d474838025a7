"""The table `_parts` of a dataset: which listings of children the parts of a load have stored.

Only a load that is divided writes it, after each part and under the same lock. A run that resumes
the one that wrote it goes on after these listings, unless what they depend on has changed, or their
rows are not in the table any more. One that is killed in between asks for the part again.
"""

import base64
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from functools import partial
from operator import itemgetter
from typing import Any

from dlt.common.schema.typing import C_DLT_LOAD_ID

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.partition_rows import PartitionRows
from analytics_ingest.extract.parts.listing_parts import DIGEST_SIZE, ListingParts, StoredParts
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.ledger.own_tables import (
    SqlClient,
    insert_rows,
    write_own_table,
)
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import StoredTables, open_tables

TABLE = "_parts"

_COLUMNS: tuple[str, ...] = (
    "recorded_at",
    "run_id",
    "resource",
    "key",
    "load_rows",
    "stats",
    "listings",
)
"""Of text. Rows of loads and counts are those of all parts so far, the listings those of one."""

_KEPT = timedelta(days=30)
"""How long the record of a run's parts is kept if no other run continues after them."""

_COUNTERS = ("loaded", "inside", "outside", "rejected")


def resume_parts(
    pipeline: WarehousePipeline, resources: Sequence[ResourceDeclaration], extractor: Extractor
) -> None:
    """Go on after what the runs that this one resumes have stored; before the first request."""
    parts = extractor.parts
    if not pipeline.plan.changes_rows:
        parts.forbid()
    divisible = [resource for resource in resources if resource.name in parts.opened]
    is_resumed = len(parts.run_ids) > 1 and parts.number == 1
    if is_resumed and divisible and pipeline.default_schema_name:
        with pipeline.write_lock.hold(), open_tables(pipeline) as tables:
            if tables.list_columns([TABLE])[TABLE]:
                for resource in divisible:
                    _resume(pipeline, resource, parts, tables)
    for name, stored in parts.stored.items():
        if name in extractor.stats:
            extractor.stats[name].keys_shared = stored.stats.keys_shared


def _resume(
    pipeline: WarehousePipeline,
    resource: ResourceDeclaration,
    parts: ListingParts,
    tables: StoredTables,
) -> None:
    """Go on with a resource, or log why it begins again."""
    place, key = f"{resource.api}.{resource.name}", parts.build_key(resource.name)
    rows = _read(tables, resource.name, parts.run_ids)
    if not rows:
        return
    newest = rows[0]
    load_rows = json.loads(newest["load_rows"])
    if any(row["key"] != key for row in rows):
        why = "its declaration, a setting, the window or the partitions have changed"
    elif load_rows != _count_rows(pipeline, tables, resource, load_rows):
        why = "rows of an earlier attempt have been changed or deleted in its table"
    else:
        listings = {digest for row in rows for digest in _split_digests(row["listings"])}
        stats = _parse_stats(newest["stats"], parts.starts)
        parts.resume(resource.name, StoredParts(key, listings, load_rows, stats))
        pipeline.log(f"{place}: {len(listings)} listings are stored, and not requested again")
        return
    pipeline.log(f"{place}: begins again, because {why}")


def _read(tables: StoredTables, resource: str, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return what some runs have recorded of a resource, the newest first."""
    columns = ", ".join(map(tables.quote, _COLUMNS))
    query = (
        f"select {columns} from {tables.name_source(TABLE, staged=False)} "
        f"where {tables.quote('resource')} = %s"
    )
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in tables.query(query, resource)]
    rows = [row for row in rows if row["run_id"] in run_ids]
    rows.sort(key=itemgetter("recorded_at"), reverse=True)
    return sorted(rows, key=lambda row: run_ids.index(row["run_id"]))


def _count_rows(
    pipeline: WarehousePipeline,
    tables: StoredTables,
    resource: ResourceDeclaration,
    load_ids: Collection[str],
) -> dict[str, int]:
    """Count the rows of the table that each of some loads has stored."""
    column = pipeline.plan.column_name(C_DLT_LOAD_ID)
    if not load_ids or column not in tables.list_columns([resource.table])[resource.table]:
        return dict.fromkeys(load_ids, 0)
    load_id, source = tables.quote(column), tables.name_source(resource.table, staged=False)
    places = ", ".join(["%s"] * len(load_ids))
    query = (
        f"select {load_id}, count(*) from {source} where {load_id} in ({places}) group by {load_id}"
    )
    return {**dict.fromkeys(load_ids, 0), **dict(map(tuple, tables.query(query, *load_ids)))}


def count_parts(
    pipeline: WarehousePipeline, loaded: Sequence[ResourceDeclaration], extractor: Extractor
) -> None:
    """Count the rows of a part that is stored, and of those before it; the lock is held.

    Rows that this part has replaced have keys that several listings share.
    """
    parts = extractor.parts
    divided = [r for r in loaded if r.name in parts.cut or r.name in parts.stored]
    divided = [resource for resource in divided if resource.name not in parts.rows]
    if not divided:
        return
    with open_tables(pipeline) as tables:
        for resource in divided:
            name = resource.name
            before = parts.stored[name].rows if name in parts.stored else {}
            is_new = pipeline.load_id and pipeline.row_counts.get(resource.table)
            ids = [*before, pipeline.load_id] if is_new else [*before]
            rows = parts.rows[name] = _count_rows(pipeline, tables, resource, ids)
            if name not in parts.asked_again:
                replaced = sum(count - rows[load_id] for load_id, count in before.items())
                extractor.stats[name].keys_shared += replaced


def record_parts(pipeline: WarehousePipeline, extractor: Extractor) -> None:
    """Record a part that is counted; the caller holds the write lock."""
    parts, failures = extractor.parts, extractor.failures
    names = [name for name in parts.rows if name not in failures]
    if parts.is_recorded or not names:
        return
    begun = [name for name in names if name not in parts.stored]
    rows = [_describe(name, parts.end(name, extractor.stats), parts) for name in names]
    # Equal rejected rows are numbered, and another attempt would number them anew.
    rows = [row for row in rows if not parts.stored[row["resource"]].stats.rows_rejected]
    parts.is_recorded = True
    change = partial(_replace, rows, begun, parts.run_ids)
    write_own_table(pipeline, TABLE, dict.fromkeys(_COLUMNS, "text"), change, "a part of the load")


def _describe(name: str, stored: StoredParts, parts: ListingParts) -> dict[str, str]:
    """Return the row that records a part."""
    return {
        "recorded_at": datetime.now(timezone.utc).isoformat(),
        "run_id": parts.run_ids[0],
        "resource": name,
        "key": stored.key,
        "load_rows": json.dumps(stored.rows),
        "stats": _format_stats(stored.stats),
        "listings": base64.b64encode(b"".join(parts.opened[name])).decode(),
    }


def _replace(
    rows: Sequence[Mapping[str, str]],
    begun: Collection[str],
    run_ids: Sequence[str],
    sql: SqlClient,
) -> None:
    """Write rows.

    Args:
        begun: Resources whose earlier rows of the same runs do not count; old ones are removed.
    """
    oldest = (datetime.now(timezone.utc) - _KEPT).isoformat()
    runs = ", ".join(["%s"] * len(run_ids))
    table = sql.make_qualified_table_name(TABLE)
    for name in begun:
        void = f"resource = %s AND (run_id IN ({runs}) OR recorded_at < %s)"
        sql.execute_sql(f"DELETE FROM {table} WHERE {void}", name, *run_ids, oldest)
    if rows:
        insert_rows(sql, TABLE, _COLUMNS, rows)


def _format_stats(stats: Stats) -> str:
    rows = stats.partitions
    counts = {f.name: getattr(stats, f.name) for f in fields(Stats) if f.name != "partitions"}
    partitions = {n: [getattr(rows, n)[at] for at in rows.starts] for n in _COUNTERS}
    return json.dumps({**counts, "partitions": partitions})


def _parse_stats(text: str, starts: Sequence[datetime]) -> Stats:
    counts = json.loads(text)
    counted = {
        name: Counter(dict(zip(starts, numbers, strict=True)))
        for name, numbers in counts.pop("partitions").items()
    }
    return Stats(**counts, partitions=PartitionRows(starts, **counted))


def _split_digests(text: str) -> Iterator[bytes]:
    digests = base64.b64decode(text)
    return (digests[at : at + DIGEST_SIZE] for at in range(0, len(digests), DIGEST_SIZE))

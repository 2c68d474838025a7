"""What a run must have loaded: each table's rows, compared with those that were served."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.workloads import DATASET, Workload


class WrongRowsError(Exception):
    """A run has not loaded exactly the rows that were served."""


@dataclass(frozen=True)
class Shape:
    """How a peer stores a nested object and a list."""

    city: str
    first_tag: str
    join: str = ""


JSON = Shape("address->>'$.city'", "tags->>'$[0]'")
STRUCT = Shape("address.city", "tags[1]")
FLAT = Shape(
    "address__city",
    "tag.value",
    f"join {DATASET}.{{table}}__tags tag "
    "on tag._dlt_parent_id = row._dlt_id and tag._dlt_list_idx = 0",
)


@dataclass(frozen=True)
class Content:
    """A table in short."""

    rows: int
    sum_of_ids: int
    digest: str

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]]) -> "Content":
        """Sum up rows of which the first value is the id."""
        count = total = 0
        digest = hashlib.sha256()
        for row in rows:
            count += 1
            total += row[0]
            digest.update(repr(row).encode())
        return cls(count, total, digest.hexdigest()[:16])


def expected(workload: Workload, new_on: str | None) -> dict[str, Content]:
    """What each table must hold."""
    return {
        listing.table: Content.of(_values(row) for row in workload.rows_of(listing, new_on))
        for listing in workload.listings
    }


def check(warehouse: Path, shape: Shape, contents: Mapping[str, Content]) -> None:
    """Compare what a warehouse holds.

    Raises:
        WrongRowsError: A table holds something else.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table, content in contents.items():
            stored = Content.of(_stored(connection, shape, table))
            if stored != content:
                raise WrongRowsError(f"{table} holds {stored}, not {content}")


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    updated_at = datetime.fromisoformat(row["updated_at"].replace("Z", "+00:00"))
    return (
        *(row[name] for name in ("id", "reference", "quantity", "amount", "discount", "is_gift")),
        int(updated_at.timestamp()),
        row["address"]["city"],
        row["tags"][0],
    )


def _stored(
    connection: duckdb.DuckDBPyConnection, shape: Shape, table: str
) -> Iterable[tuple[Any, ...]]:
    cursor = connection.execute(
        "select row.id, reference, quantity, amount, discount, is_gift, "
        f"epoch(updated_at)::bigint, {shape.city}, {shape.first_tag} "
        f"from {DATASET}.{table} row {shape.join.format(table=table)} order by row.id"
    )
    while batch := cursor.fetchmany(10_000):
        yield from batch

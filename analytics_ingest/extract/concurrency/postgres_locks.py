"""Locks that machines share: PostgreSQL's advisory locks, released when a connection ends.

When a process dies, its connection ends at once; when a machine vanishes, soon after: see
`postgres_connection`.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from analytics_ingest.extract.concurrency.postgres_connection import PostgresConnection

_ACQUIRE_ANY = """
select number from unnest(%s::int[]) as number where pg_try_advisory_lock(%s, number) limit 1
"""
_RELEASE = "select pg_advisory_unlock(%s, %s)"


class PostgresLocks:
    """Locks that all processes share which use the same database.

    Every method raises `LimitsError` if the server cannot be used.

    Args:
        url: A `postgresql://` address; a pooler that shares connections cannot be used.
        setting: What the server is and the variable that names it, for errors.
        name: The API's name; it identifies this set of locks.
    """

    polling_interval = 0.01

    def __init__(self, url: str, setting: tuple[str, str], name: str) -> None:
        self._key = build_lock_key(name)
        self._held: set[int] = set()
        self._connection = PostgresConnection(url, setting, name, self._take_back)

    def acquire_any(self, numbers: Iterable[int]) -> int | None:
        rows = self._connection.query(_ACQUIRE_ANY, list(numbers), self._key)
        if not rows:
            return None
        self._held.add(rows[0][0])
        return rows[0][0]

    def release(self, number: int) -> None:
        self._held.discard(number)
        self._connection.query(_RELEASE, self._key, number)

    def close(self) -> None:
        self._connection.close()
        self._held.clear()

    def _take_back(self, execute: Any) -> None:
        # A lock that another run has acquired meanwhile is lost; its request here stays in flight.
        for number in self._held:
            execute(_ACQUIRE_ANY, [number], self._key)


def build_lock_key(name: str) -> int:
    """Return what tells the locks of an API from those of others."""
    digest = hashlib.sha256(f"analytics_ingest {name}".encode()).digest()
    return int.from_bytes(digest[:4], "big", signed=True)

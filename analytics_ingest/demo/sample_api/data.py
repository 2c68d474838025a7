"""The rows behind the sample API: the same ones for the same `now`, `scale`, `dirty` and `seed`.

Each resource has a random generator of its own and is made when it is first asked for, its parent
before it: owners of the rows → `moments` → `values` → the parent's id → `dirt`. Made rows are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from math import ceil
from random import Random
from threading import RLock

from analytics_ingest.demo.sample_api.dirt import spoil
from analytics_ingest.demo.sample_api.fields import Fields, read_fields
from analytics_ingest.demo.sample_api.identity import entity, ids, link, link_fields
from analytics_ingest.demo.sample_api.listings import APIS, Listing
from analytics_ingest.demo.sample_api.moments import earlier, spread
from analytics_ingest.demo.sample_api.paging import Row
from analytics_ingest.demo.sample_api.values import ID, Origin, build_row


@dataclass
class _Table:
    """All rows of a resource, in listing order, and the same rows by their parent's id as text."""

    rows: list[Row] = field(default_factory=list)
    by_parent: dict[str, list[Row]] = field(default_factory=dict)


class SampleData:
    """All rows of all five APIs. The lists it returns are its own: read them, change nothing."""

    def __init__(
        self, now: datetime, scale: float = 1.0, dirty: bool = False, seed: int = 7
    ) -> None:
        """Rows changed before `now` (with a time zone); `scale` multiplies the top-level rows."""
        if now.tzinfo is None:
            raise ValueError("'now' needs a time zone")
        if scale < 0:
            raise ValueError("'scale' cannot be negative")
        self._now = now.astimezone(timezone.utc)
        self._scale = scale
        self._dirty = dirty
        self._seed = seed
        self._fields: dict[str, dict[str, Fields]] = {}
        self._tables: dict[tuple[str, str], _Table] = {}
        self._lock = RLock()  # a test and the server's thread may ask for the same rows

    def rows(self, api: str, resource: str) -> list[Row]:
        """All rows of a resource, over all its parents, in listing order."""
        return self._table(api, resource).rows

    def children(self, api: str, resource: str, parent_id: int | str) -> list[Row] | None:
        """The rows below one parent; None where there is no such parent."""
        return self._table(api, resource).by_parent.get(str(parent_id))

    def _table(self, api: str, resource: str) -> _Table:
        with self._lock:
            key = (api, resource)
            if key not in self._tables:
                self._tables[key] = self._make(api, APIS[api].listing(resource))
            return self._tables[key]

    def _make(self, api: str, listing: Listing) -> _Table:
        fields = self._declared(api, listing.resource)
        rng = Random(f"{self._seed}/{api}/{listing.resource}")
        table = _Table()
        owners = self._owners(api, listing, table)
        moments = spread(len(owners), self._now, rng)
        for row_id, moment, owner in zip(ids(listing, fields, rng), moments, owners, strict=False):
            origin = Origin(row_id, entity(listing), earlier(moment, rng), moment)
            row = build_row(fields, origin, rng)
            table.rows.append(row)
            if owner is not None:
                link(row, listing, fields, owner)
                table.by_parent[str(owner[ID])].append(row)
        if self._dirty:
            turn = APIS[api].listings.index(listing)
            spoil(table.rows, fields, link_fields(listing), turn, rng)
        return table

    def _owners(self, api: str, listing: Listing, table: _Table) -> Sequence[Row | None]:
        """The parent of every row to make; a parent without an id has no children."""
        if listing.parent is None:
            return [None] * self._count(listing)
        parents = [row for row in self.rows(api, listing.parent) if row.get(ID) is not None]
        table.by_parent = {str(parent[ID]): [] for parent in parents}
        counts = listing.counts
        return [row for at, row in enumerate(parents) for _ in range(counts[at % len(counts)])]

    def _count(self, listing: Listing) -> int:
        (count,) = listing.counts
        # The one row of a listing without a list stays one.
        return count if count == 1 else ceil(count * self._scale)

    def _declared(self, api: str, resource: str) -> Fields:
        if api not in self._fields:
            self._fields[api] = read_fields(api)
        return self._fields[api][resource]

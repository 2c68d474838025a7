"""The rows behind the sample API: always the same for the same `now`, `scale`, `dirty` and `seed`.

Each resource has a random generator of its own. Its rows are made when they are first requested,
after those of its parent, and kept: timestamps → values → the parent's id → defects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from math import ceil
from random import Random
from threading import RLock

from analytics_ingest.demo.sample_api.defects import spoil
from analytics_ingest.demo.sample_api.fields import Fields, read_fields
from analytics_ingest.demo.sample_api.listings import APIS, Listing
from analytics_ingest.demo.sample_api.paging import Row
from analytics_ingest.demo.sample_api.timestamps import make_earlier, spread
from analytics_ingest.demo.sample_api.values import ID, Origin, build_row, make_uuid


@dataclass
class _Table:
    """All rows of a resource, in listing order, and the same rows by their parent's id as text."""

    rows: list[Row] = field(default_factory=list)
    by_parent: dict[str, list[Row]] = field(default_factory=dict)


class SampleData:
    """All rows of all five APIs. Do not change the lists that it returns.

    Args:
        now: Recent rows were updated in the 30 days before this moment, which has a time zone.
        scale: Multiplies the number of top-level rows.
        dirty: Give some rows the defects of real ones.
    """

    def __init__(
        self, now: datetime, scale: float = 1.0, dirty: bool = False, seed: int = 7
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("'now' needs a time zone")
        if scale < 0:
            raise ValueError("'scale' cannot be negative")
        self._now = now.astimezone(timezone.utc)
        self._scale = scale
        self._dirty = dirty
        self._seed = seed
        self._fields = cache(read_fields)
        self._tables: dict[tuple[str, str], _Table] = {}
        self._lock = RLock()  # a test and the server's thread may request the same rows

    def list_rows(self, api: str, resource: str) -> list[Row]:
        """List all rows of a resource, of all its parents, in listing order."""
        return self._get_table(api, resource).rows

    def find_children(self, api: str, resource: str, parent_id: int | str) -> list[Row] | None:
        """Find the rows below one parent; None if there is no such parent."""
        return self._get_table(api, resource).by_parent.get(str(parent_id))

    def _get_table(self, api: str, resource: str) -> _Table:
        with self._lock:
            key = (api, resource)
            if key not in self._tables:
                self._tables[key] = self._make_table(api, APIS[api].get_listing(resource))
            return self._tables[key]

    def _make_table(self, api: str, listing: Listing) -> _Table:
        fields = self._fields(api)[listing.resource]
        rng = Random(f"{self._seed}/{api}/{listing.resource}")
        table = _Table()
        parents = self._list_parents(api, listing, table)
        moments = spread(len(parents), self._now, rng)
        ids = _make_ids(listing, fields, rng)
        for row_id, updated, parent in zip(ids, moments, parents, strict=False):
            origin = Origin(row_id, listing.entity, make_earlier(updated, rng), updated)
            row = build_row(fields, origin, rng)
            table.rows.append(row)
            if parent is not None:
                row |= _build_links(listing, fields, parent)
                table.by_parent[str(parent[ID])].append(row)
        if self._dirty:
            spoil(table.rows, fields, listing.link_fields, APIS[api].listings.index(listing), rng)
        return table

    def _list_parents(self, api: str, listing: Listing, table: _Table) -> Sequence[Row | None]:
        """List the parent of each row to make; a parent without an id has no children."""
        counts = listing.counts
        if listing.parent is None:
            # A listing that is a single object has one row at any scale.
            return [None] * (1 if counts == (1,) else ceil(counts[0] * self._scale))
        parents = [row for row in self.list_rows(api, listing.parent) if row.get(ID) is not None]
        table.by_parent = {str(parent[ID]): [] for parent in parents}
        return [row for at, row in enumerate(parents) for _ in range(counts[at % len(counts)])]


def _make_ids(listing: Listing, fields: Fields, rng: Random) -> Iterator[int | str]:
    """Make unique ids of the declared kind, without end."""
    number = rng.randrange(100, 1_000)
    while True:
        number += rng.randrange(1, 5)
        if fields[ID].kind == "integer":
            yield number
        else:
            yield f"{listing.ids}{number:06d}" if listing.ids else make_uuid(rng)


def _build_links(listing: Listing, fields: Fields, parent: Row) -> Row:
    """Build the fields of a row that hold the id of its parent."""
    links: Row = {}
    for name in listing.link_fields & fields.keys():
        declared, link = fields[name], parent[ID]
        if declared.item == "object":
            link = {"id": link, "name": parent.get("name")}
        links[name] = [link] if declared.kind == "array" else link
    return links

"""Divides the children's listings of a long load into parts; each part is a load of its own.

After `SECONDS_A_PART`, once only divisible resources and their ancestors are left to read, no
further listing of them is opened: the part ends and is stored. The next part lists the parents
again, and opens those listings that no part has stored. A run that resumes another one begins so.
"""

import hashlib
import time
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Protocol, TypeVar

from analytics_ingest.extract.listing_template import ListingTemplate, find_ancestors
from analytics_ingest.extract.parents.children import Opening
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.parts.part_key import derive_key, find_divisible
from analytics_ingest.extract.stats import Stats

SECONDS_A_PART = 600.0
CHILDREN_A_PARENT = 10
"""Requests of children in a part, at least, for each of their parents: so little is asked twice."""

MOST_LISTINGS = 200_000
"""Listings that are remembered of a resource, at most."""

DIGEST_SIZE = 16
_BINDINGS_SIZE = 12


class _Read(Protocol):
    """A listing, or what opens one."""

    @property
    def template(self) -> ListingTemplate: ...


Item = TypeVar("Item", bound=_Read)


@dataclass
class StoredParts:
    """What earlier parts have stored of a resource."""

    key: str
    """What its rows depend on, see `derive_key`."""
    listings: set[bytes] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)
    """dlt's id of a load → the rows of the table that it has stored."""
    stats: Stats = field(default_factory=Stats)


class ListingParts:
    """The parts of one load; each continues where the last one ended.

    Args:
        run_ids: The run that loads, and those that it resumes; without one nothing is divided.
    """

    def __init__(self, run_ids: Sequence[str] = ()) -> None:
        self.run_ids = run_ids
        self.is_possible = bool(run_ids)
        self.number = 0
        """Of the part, counted from one."""
        self.cut: set[str] = set()
        """The resources that the next part continues."""
        self.stored: dict[str, StoredParts] = {}
        self.earlier: dict[str, Stats] = {}
        """Resource → what the parts before this one have cost and yielded."""
        self.rows: dict[str, dict[str, int]] = {}
        """Resource → dlt's id of a load → the rows of the table that it has stored."""
        self.is_recorded = False
        self.rejected: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Resource → its rejected rows as text, of all parts of this run."""
        self.opened: dict[str, list[bytes]] = {}
        """Divisible resource → digests of the listings of this part."""
        self.asked_again: set[str] = set()
        """Resources with a stored listing that is requested again, for other columns."""
        self.starts: Sequence[datetime] = ()
        """Of the partitions by which rows are counted."""
        self._bindings: dict[str, set[bytes]] = {}
        """Resource → what tells its stored listings apart, without the columns."""
        self._undivided: set[str] = set()
        """Resources whose stored listings do not count in this run."""
        self._parent_requests: dict[str, int] = {}

    def begin(self, scope: LoadScope, templates: Mapping[str, ListingTemplate]) -> None:
        """Begin the next part."""
        now = datetime.now(timezone.utc)
        divisible = find_divisible(scope, templates, now) if self.is_possible else []
        self._api, self._templates = scope.declaration, templates
        self.starts = scope.partition_starts
        self._began, self.is_recorded = time.monotonic(), False
        self.number, self.cut, self.rows = self.number + 1, set(), {}
        self._settings = {n: v for t in templates.values() for n, v in t.settings.read.items()}
        self.opened = {name: [] for name in divisible}
        for name, stored in list(self.stored.items()):
            if name in divisible and self.build_key(name) == stored.key:
                self.resume(name, stored)
            else:
                self._undivided.add(name)
                del self.stored[name]
                self.earlier.pop(name, None)

    def forbid(self) -> None:
        """Divide nothing: the warehouse cannot keep what is stored."""
        self.is_possible, self.opened = False, {}

    def build_key(self, name: str) -> str:
        """Build the key of a divisible resource, slow to derive."""
        return derive_key(self._api, name, self._templates, self._settings, self.starts)

    def resume(self, name: str, stored: StoredParts) -> None:
        """Go on after what earlier parts have stored of a resource."""
        self.stored[name] = stored
        # Each part counts all rows of the parents, and begins with the keys that are shared.
        counts = {"parents_skipped": 0, "parents_unchanged": 0, "keys_shared": 0}
        self.earlier[name] = replace(stored.stats, **counts)
        self._bindings[name] = {listing[:_BINDINGS_SIZE] for listing in stored.listings}

    def count_total(self, name: str, stats: Stats) -> Stats:
        """Add up the counts of this part and of those before it."""
        return stats.combine(self.earlier.get(name))

    def select(self, openings: Iterable[Opening]) -> list[Opening]:
        """Return those listings of a resource that this part requests."""
        return [opening for opening in openings if not self._is_left_out(opening)]

    def _is_left_out(self, opening: Opening) -> bool:
        name = opening.template.resource.name
        stored = self.stored.get(name)
        return name in self.cut or (
            stored is not None and _compute_digest(opening) in stored.listings
        )

    def note(self, opening: Opening) -> None:
        """Note that a listing is opened."""
        name = opening.template.resource.name
        if name not in self.opened or len(self.opened[name]) >= MOST_LISTINGS:
            return
        digest = _compute_digest(opening)
        self.opened[name].append(digest)
        if digest[:_BINDINGS_SIZE] in self._bindings.get(name, ()):
            self.asked_again.add(name)

    def cut_in_time(
        self,
        waiting: deque[Item],
        reading: Collection[_Read],
        stats: Mapping[str, Stats],
    ) -> deque[Item]:
        """Return the listings that wait, without those of the next part if this one has lasted."""
        if self.cut or not self.opened or time.monotonic() - self._began < SECONDS_A_PART:
            return waiting
        names = {name for name in self.opened if self._is_long_enough(name, stats)}
        unread = {listing.template.resource.name for listing in (*waiting, *reading)}
        if not names or not unread <= names.union(*map(self._list_ancestors, names)):
            return waiting
        self.cut = names
        is_left = [isinstance(w, Opening) and w.template.resource.name in names for w in waiting]
        return deque(w for w, left in zip(waiting, is_left, strict=True) if not left)

    def _is_long_enough(self, name: str, stats: Mapping[str, Stats]) -> bool:
        stored, opened = self.stored.get(name), len(self.opened[name])
        known = opened + (len(stored.listings) if stored else 0)
        if name in self._undivided or not 0 < opened <= known < MOST_LISTINGS:
            return False
        of_parents = max(self.count_parents(name, stats), self._parent_requests.get(name, 0))
        return stats[name].requests >= CHILDREN_A_PARENT * of_parents

    def count_parents(self, name: str, stats: Mapping[str, Stats]) -> int:
        """Count the requests of this part for the ancestors of a resource."""
        return sum(stats[ancestor].requests for ancestor in self._list_ancestors(name))

    def _list_ancestors(self, name: str) -> set[str]:
        above = find_ancestors(self._templates[name].resource, self._templates)
        return {template.resource.name for template in above}

    def drop(self, name: str) -> None:
        """Forget a resource that has failed: nothing of this part is stored."""
        self.cut.discard(name)
        self.opened.pop(name, None)

    def end(self, name: str, stats: Mapping[str, Stats]) -> StoredParts:
        """Return what is stored of a resource, when this part is."""
        stored = self.stored.get(name)
        listings = (stored.listings if stored else set()) | set(self.opened[name])
        key = stored.key if stored else self.build_key(name)
        self._parent_requests[name] = self.count_parents(name, stats)
        total = self.count_total(name, stats[name])
        self.stored[name] = StoredParts(key, listings, self.rows[name], total)
        return self.stored[name]


def _compute_digest(opening: Opening) -> bytes:
    """Compute a digest of what tells a listing apart, and of the columns that its rows inherit."""
    bindings = repr([sorted(opening.bindings.items()), opening.window_filter.window])
    inherited = repr([sorted(row.items()) for row in opening.inherited])
    sizes = {bindings: _BINDINGS_SIZE, inherited: DIGEST_SIZE - _BINDINGS_SIZE}
    return b"".join(
        hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=size).digest()
        for text, size in sizes.items()
    )

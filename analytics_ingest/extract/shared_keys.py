"""Finds keys that rows of several listings have: merged by it, one row replaces the other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.declaration.resolved import ResourceDeclaration

MOST_KEYS = 100_000
"""Keys that are remembered, at most, in about 10 MB."""


class SharedKeys:
    """The keys of one resource's rows, and the listing in which each came first."""

    def __init__(self, primary_key: Sequence[str]) -> None:
        self._primary_key = primary_key
        self._listings: dict[int, int] = {}

    def note(self, listing: int, rows: list[Any]) -> int:
        """Note the keys of a page; the number of rows whose key another listing has had."""
        shared = 0
        for row in rows:
            key = self._hash_key(row)
            if key is None:
                continue
            first = self._listings.get(key)
            if first is None and len(self._listings) < MOST_KEYS:
                self._listings[key] = listing
            shared += first not in (None, listing)
        return shared

    def _hash_key(self, row: Any) -> int | None:
        key = [row.get(name) for name in self._primary_key] if isinstance(row, dict) else [None]
        return None if None in key else hash(repr(key))


def number_listing(bindings: Mapping[str, Any]) -> int:
    """Return a number that tells the listings of a resource apart, but not pieces of a window."""
    own = {name: value for name, value in bindings.items() if name not in JOB_ROOTS}
    target = bindings.get(JOB_ROOTS[-1])
    return hash((repr(own), getattr(target, "number", 0)))


def watch_keys(resources: Iterable[ResourceDeclaration]) -> dict[str, SharedKeys]:
    """Return the keys of each resource that has several listings and is merged."""
    return {
        resource.name: SharedKeys(resource.primary_key)
        for resource in resources
        if resource.primary_key and resource.is_merged and _has_listings(resource)
    }


def _has_listings(resource: ResourceDeclaration) -> bool:
    job = resource.endpoint.job
    return bool(resource.parent or resource.each or (job and job.targets))


def describe_shared(resource: ResourceDeclaration, rows: int) -> str:
    """Say of how many rows the key was in another listing too, and how to keep them all."""
    if not rows:
        return ""
    key = ", ".join(resource.primary_key)
    if resource.parent:
        column, field = f"_{resource.parent.resource}_id", "id"
        if resource.parent.bindings:
            field = resource.parent.bindings[0][1]
            column = f"_{resource.parent.resource}_{field}"
        listing, remedy = resource.parent.resource, f"include_from_parent: [{field}]"
    elif not resource.each:
        return (
            f"{rows} of its rows have the {key} of a row in another result of a job, and one "
            "replaces the other; if they are different rows, declare a primary_key that tells them "
            "apart"
        )
    else:
        column = next(iter(resource.each), "value")
        listing, remedy = column, f"column: {column} in endpoint.params.{column}"
    counted = "1 row has" if rows == 1 else f"{rows} rows have"
    return (
        f"{counted} the {key} of a row that came for another of {listing}, and one replaces the "
        f"other. If they are different rows, declare {remedy} and primary_key: [{column}, {key}]"
    )

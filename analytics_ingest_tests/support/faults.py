"""Faults of data: what an API sends, what the checks must say of it, and what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.pages import row

FIELDS = {"id": "integer", "updated_at": "timestamp", "name": "string?", "n": "integer?"}
REQUIRED = ["id", "updated_at"]
TODAY = "2026-01-10T10:00:00Z"
TONIGHT = "2026-01-10T18:00:00Z"


@dataclass(frozen=True)
class Fault:
    """One resource whose rows have something wrong, one time."""

    name: str
    broken: Sequence[Any]
    says: Mapping[str, tuple[str, str]]
    """Check → severity and sentence; all others pass."""
    own: Mapping[str, Any] = field(default_factory=lambda: {"fields": FIELDS, "required": REQUIRED})
    mended: Sequence[Any] = (row(1, TODAY), row(2, TODAY))
    endpoint: Mapping[str, Any] = field(default_factory=dict)
    mended_own: Mapping[str, Any] | None = None

    def resource(self, *, mended: bool) -> dict[str, Any]:
        """The declaration of the resource."""
        own = self.mended_own if mended and self.mended_own else self.own
        return resource(self.name, own=own, **self.endpoint)


def today(key: Any, **fields: Any) -> dict[str, Any]:
    """A row of the partition that is going on."""
    return row(key, TODAY, **fields)


def requiring(*names: str) -> dict[str, Any]:
    """A resource's keys, with further required fields."""
    return {"fields": FIELDS, "required": [*REQUIRED, *names]}

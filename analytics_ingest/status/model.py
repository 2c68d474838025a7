"""What `status` says of an API and of its resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


class State(IntEnum):
    """What the newest run of a resource came to; of an API's resources the greatest counts."""

    LOADED = 0
    LOADING = 1
    NEVER_LOADED = 2
    CANCELED = 3
    FAILED = 4

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


class Freshness(IntEnum):
    """What the `freshness` check would say now."""

    FRESH = 0
    UNKNOWN = 1
    LATE = 2
    STALE = 3

    def __str__(self) -> str:
        return "-" if self is Freshness.UNKNOWN else self.name.lower()


@dataclass(frozen=True)
class ResourceStatus:
    """The status of one resource."""

    name: str
    state: State
    last_load: datetime | None = None
    rows: int | None = None
    """Rows of the last load."""
    requests: int | None = None
    """Requests of the last load."""
    freshness: Freshness = Freshness.UNKNOWN
    why: str = ""
    """Why it is not fresh."""
    failing: Mapping[str, str] = field(default_factory=dict)
    """Check → `error` or `warning`, of those whose last result is a failure."""
    run_id: str | None = None
    """The newest run."""


@dataclass(frozen=True)
class BudgetUse:
    """How much of a rate budget is used."""

    budget: str
    """What it allows, in words."""
    used: int
    """Requests in the span that ends now."""
    requests: int | None
    """How many it allows; None where only headers say it."""
    remaining: int | None
    """How many the API still takes, if its headers have said it."""


@dataclass(frozen=True)
class ApiStatus:
    """The status of an API; figures are those of its resources together."""

    name: str
    resources: Sequence[ResourceStatus]
    next_tick: datetime | None
    """None where the schedule is off."""
    causes: Mapping[str, str] = field(default_factory=dict)
    """Run → why it failed; only the newest runs of resources."""
    load_command: str = ""
    """What loads it for the first time."""
    budgets: Sequence[BudgetUse] = ()
    budgets_problem: str = ""
    """Why their use cannot be read."""

    @property
    def state(self) -> str:
        """The worst state, and how many resources are in it unless all are."""
        worst = max(resource.state for resource in self.resources)
        count = sum(resource.state is worst for resource in self.resources)
        is_whole = count == len(self.resources) or worst in (State.LOADED, State.LOADING)
        return str(worst) if is_whole else f"{count} of {len(self.resources)} {worst}"

    @property
    def last_load(self) -> datetime | None:
        """When the resource was loaded that was loaded least recently."""
        return min(filter(None, (r.last_load for r in self.resources)), default=None)

    @property
    def rows(self) -> int | None:
        """Rows of the last load of each resource."""
        return _sum(r.rows for r in self.resources)

    @property
    def requests(self) -> int | None:
        """Requests of the last load of each resource."""
        return _sum(r.requests for r in self.resources)

    @property
    def freshness(self) -> Freshness:
        """The worst freshness."""
        return max(resource.freshness for resource in self.resources)

    @property
    def failing(self) -> Mapping[str, str]:
        """`resource/check` → `error` or `warning`."""
        return {f"{r.name}/{c}": kind for r in self.resources for c, kind in r.failing.items()}


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None

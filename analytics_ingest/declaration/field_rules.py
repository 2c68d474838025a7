"""What a declaration asks of the values of single fields: masks, and checks of one's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from analytics_ingest.declaration.models.own_check import QUERY_TIMEOUT
from analytics_ingest.declaration.models.resource import MaskRule


@dataclass(frozen=True)
class Mask:
    """A field whose values are changed before anything else sees them."""

    path: tuple[str, ...]
    """The names that lead to it; the items of lists on the path have no name."""
    rule: MaskRule
    is_own: bool
    """The resource declares it itself: without such a field in its rows, it is probably wrong."""
    items: frozenset[int] = frozenset()
    """After how many names of the path there is `[*]`: an object there may hold items, too."""


@dataclass(frozen=True)
class OwnCheck:
    """A check of `schema.yaml`."""

    name: str
    kind: str
    """not_null, unique, accepted_values, range, references or sql."""
    field: str
    argument: Any
    """The values; the least and the greatest; dataset, table and field; or the query."""
    is_warning: bool
    blocking: bool | None
    timeout: timedelta = QUERY_TIMEOUT
    """How long the query may take."""
    target_mark: str | None = None
    """The column that marks deleted rows of the table that is referenced, if it has one."""

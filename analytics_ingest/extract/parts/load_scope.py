"""What one load reads of an API: the step decides it, and everything below is given it whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parents.changed_parents import ParentPass


@dataclass(frozen=True)
class LoadScope:
    """Some of an API's resources, and which of their rows."""

    declaration: ApiDeclaration
    resources: frozenset[str]
    """Names of the resources to load; the parents that they need are read too."""
    window: Window
    """Snapshots ignore it."""
    partition_starts: Sequence[datetime] = ()
    """Starts of the window's partitions, by which rows are counted."""
    passes: Mapping[str, ParentPass] = field(default_factory=dict)
    """Resource → the parents whose children are requested; all without one."""

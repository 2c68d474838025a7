"""What a load gives its pipeline to call."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ResourceDeclaration

P = TypeVar("P", bound=Pipeline)


@dataclass(frozen=True)
class LoadHooks(Generic[P]):
    """What a load gives its pipeline; a pipeline without hooks only reads."""

    resources: Sequence[ResourceDeclaration] = ()
    """The resources to load."""
    before_extract: Callable[[P], None] = lambda _: None
    """Called before the first request, with the stored schema read."""
    failed_resources: Callable[[P], Collection[str]] = lambda _: ()
    """Called after extraction; nothing of the resources that it names is stored."""
    fail: Callable[[str, LoadError], None] = lambda _name, _error: None
    """Called with a resource whose rows are refused; it fails alone."""
    after_load: Callable[[P], None] = lambda _: None
    """Called when the data is stored, with the write lock held; maybe twice, see `memory`."""
    after_run: Callable[[P], None] = lambda _: None
    """Called at the end, without the write lock."""

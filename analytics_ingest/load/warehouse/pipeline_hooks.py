"""What a pipeline calls between its steps: a load overrides the methods that it needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ResourceDeclaration

P = TypeVar("P", bound=Pipeline)


@dataclass
class PipelineHooks(Generic[P]):
    """The hooks of a pipeline that only reads.

    Args:
        resources: The resources to load.
    """

    resources: Sequence[ResourceDeclaration]

    def before_extract(self, pipeline: P) -> None:
        """Called before the first request, with the stored schema read."""

    def fail_unsafe_resources(self, pipeline: P) -> Collection[str]:
        """Called after extraction; nothing of the resources that it names is stored."""
        return ()

    def fail(self, name: str, error: LoadError) -> None:
        """Called with a resource whose rows are refused; it fails alone."""

    def after_load(self, pipeline: P) -> None:
        """Called when the data is stored, with the write lock held; maybe twice, see `memory`."""

    def after_run(self, pipeline: P) -> None:
        """Called at the end, without the write lock."""

"""A pipeline of dlt's that reads neither what is in memory nor what is not stored yet.

dlt reads the file of the default schema each of ten times that it asks for it, and opens a new
DuckDB file to find nothing in it: each takes a tenth of the processor time of a small load. Nobody
else writes into a load's folder.
"""

from typing import Any

import dlt
from dlt.common.configuration.utils import get_resolved_traces
from dlt.common.destination.exceptions import DestinationUndefinedEntity
from dlt.common.pipeline import ExtractInfo, TPipelineState
from dlt.common.schema import Schema
from dlt.pipeline.pipeline import Pipeline

POLL_INTERVAL_KEY = "extract.futures_poll_interval"


class LeanPipeline(Pipeline):
    """A pipeline that reads its schema and its stored state once, and only if they exist."""

    exists: bool = True
    """Whether there is a warehouse to read."""

    @property
    def default_schema(self) -> Schema:
        """The schema in memory, where there is one, with all that was changed in it."""
        live = self._schema_storage.live_schemas.get(self.default_schema_name)
        return live or super().default_schema

    def extract(self, *args: Any, **kwargs: Any) -> ExtractInfo:
        """Extract without a sleep where no resource has an item: the extractor waits itself."""
        with dlt.config.values({POLL_INTERVAL_KEY: 0.0}):
            return super().extract(*args, **kwargs)

    def _restore_state_from_destination(self) -> TPipelineState | None:
        if not self.exists:
            raise DestinationUndefinedEntity(f"nothing of {self.pipeline_name} is stored")
        return super()._restore_state_from_destination()

    def deactivate(self) -> None:
        """Leave dlt's context, and nothing of this pipeline in it."""
        super().deactivate()
        # How each setting was read, which dlt forgets only when a pipeline has run.
        get_resolved_traces().clear()

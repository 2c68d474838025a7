"""A pipeline of dlt's that reads no schema again which it has in memory.

dlt reads the file of the default schema each of ten times that it asks for it: a tenth of the
processor time of a small load, and more with each table. Nobody else writes into a load's folder.
"""

from dlt.common.schema import Schema
from dlt.pipeline.pipeline import Pipeline


class LivePipeline(Pipeline):
    """A pipeline whose default schema is the one in memory, where there is one."""

    @property
    def default_schema(self) -> Schema:
        """The schema with all that was changed since it was read."""
        live = self._schema_storage.live_schemas.get(self.default_schema_name)
        return live or super().default_schema

"""The resolved declaration: what every other part of the project reads of an API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.common.jsonpaths import field_name
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.fields import Field
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.resource import Resource
from analytics_ingest.declaration.parents import Parent
from analytics_ingest.declaration.value_lists import Values

CURSOR_COLUMN = "_cursor"
"""Holds the cursor as a timestamp if no column of the row does, to compare versions of a row."""


@dataclass(frozen=True)
class ResourceDeclaration:
    """One resource with everything that its load and its asset need."""

    api: str
    name: str
    declared: Resource
    endpoint: Endpoint
    path: str
    parent: Parent | None
    each: Mapping[str, Values]
    """Names in the request that are filled with one value after the other."""
    primary_key: tuple[str, ...]
    fields: Mapping[str, Field]
    required: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Where errors about the resource belong."""
        return Place(self.api, self.name)

    @property
    def incremental(self) -> Incremental | None:
        """The cursor, or None for a snapshot."""
        return self.endpoint.incremental

    @property
    def cursor_column(self) -> str | None:
        """The column that holds the cursor as a timestamp; None for a snapshot."""
        if self.incremental is None:
            return None
        name = field_name(self.incremental.cursor_path)
        return name if name and self._is_timestamp(name) else CURSOR_COLUMN

    def _is_timestamp(self, column: str) -> bool:
        """Whether a cursor column is a timestamp: as declared, otherwise by the cursor's format."""
        if column in self.fields:
            return self.fields[column].data_type == "timestamp"
        return self.incremental is not None and not self.incremental.cursor_format.startswith(
            "epoch_"
        )

    @property
    def write_disposition(self) -> Any:
        """merge wherever there is a key to merge on; a snapshot without one is replaced."""
        return self.declared.write_disposition or ("merge" if self.primary_key else "replace")

    @property
    def is_merged(self) -> bool:
        """Whether loaded rows replace those of their key, rather than the whole table."""
        disposition = self.write_disposition
        if isinstance(disposition, Mapping):
            disposition = disposition.get("disposition")
        return disposition == "merge"


@dataclass(frozen=True)
class ApiDeclaration:
    """One API: its name, what was declared, and its resources, parents first."""

    name: str
    declared: Api
    resources: Mapping[str, ResourceDeclaration]

    @property
    def tables(self) -> list[ResourceDeclaration]:
        """The resources that are loaded, as opposed to read for their children only."""
        return [r for r in self.resources.values() if r.declared.selected]

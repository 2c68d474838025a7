"""An API of which some resources are named by the API itself: a table of a base, a report.

`type: DynamicRestApi`. The rows of a listing, the entries, stand for resources; a template says
what an entry's resource is. Dagster keeps them as the state of the component.
"""

from typing import Any

from pydantic import Field

from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.base import DeclarationModel


class DynamicResources(DeclarationModel):
    """Resources that the rows of a listing stand for, one for each row: an entry."""

    entries: str
    """The resource whose rows are the entries; with selected: false it has no table."""
    template: dict[str, Any]
    """A resource. Its texts are filled from the entry, {{ entry.id }}, and its name must be."""
    allow_empty: bool = False
    """true: a listing without entries is right. Otherwise refreshing fails, and what was listed
    before stays."""


class DynamicApi(Api):
    """A REST API that names some of its resources itself: type: DynamicRestApi."""

    dynamic_resources: list[DynamicResources] = Field(min_length=1)
    """Resources that the API lists; dg utils refresh-defs-state reads the listings."""

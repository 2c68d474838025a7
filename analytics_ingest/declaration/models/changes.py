"""`changes`: a second listing of a resource, such as the events of an API."""

from datetime import timedelta

from pydantic import Field, field_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.processing import ProcessingSteps
from analytics_ingest.declaration.models.scalars import Duration


class Changes(DeclarationModel):
    """A listing of what has changed. It is read instead of the endpoint for recent windows.

    Those of `resource_defaults` hold for the resources that declare `changes`.
    """

    kept_for: Duration = timedelta()
    """Required, here or in resource_defaults. How long the API keeps changes: 30d. For a window
    that began earlier, or less than a tenth later, all rows of the endpoint are read."""
    endpoint: Endpoint = Field(default_factory=Endpoint)
    """The listing of changes, which needs a path. Its cursor is that of the resource; `incremental`
    only says how requests hold the window."""
    processing_steps: ProcessingSteps = Field(default_factory=list)
    """What makes rows of the resource out of changes; those of the resource are not used."""

    @field_validator("kept_for")
    @classmethod
    def _check_length(cls, value: timedelta) -> timedelta:
        if not value:
            raise ValueError("'0s' keeps no change; write how long the API keeps them: 30d")
        return value

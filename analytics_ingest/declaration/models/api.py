"""The declaration of one API as it is written in `defs.yaml`.

This is dlt's `RESTAPIConfig` with keys of our own; `resolve` makes it usable.
"""

from functools import cache
from typing import Any

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.client import Client, Timeouts
from analytics_ingest.declaration.models.limits import Freshness
from analytics_ingest.declaration.models.rate import Rate
from analytics_ingest.declaration.models.resource import Resource, ResourceDefaults
from analytics_ingest.declaration.models.schedule import Partitions, Schedule
from analytics_ingest.declaration.similar_keys import with_suggestions


class Api(DeclarationModel):
    """A REST API in the form of dlt's rest_api configuration. Each resource becomes an asset."""

    description: str = ""
    """Shown in Dagster."""
    docs_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """Address of the API's documentation; every asset links to it."""
    owners: list[str] = Field(default_factory=list)
    """Owners of every asset: an e-mail address or team:name."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of every asset."""
    partitions: Partitions = Field(default_factory=Partitions)
    """hourly, daily, weekly or monthly; or {every, start, timezone}."""
    schedule: Schedule = Field(default_factory=Schedule)
    """When the API's job runs, once its schedule is switched on."""
    freshness: Freshness = Field(default_factory=Freshness)
    """How late a load may be."""
    blocking: bool = False
    """true: a failed check of any resource stops what is downstream of it."""
    concurrency: int = Field(default=10, gt=0)
    """Maximum number of requests in flight, of all resources together."""
    rate: Rate | list[Rate] | None = None
    """A budget of requests that all runs share, or a list of budgets, each of which holds for the
    requests that it counts: {requests: 100, per: 60s}."""
    timeouts: Timeouts = Field(default_factory=Timeouts)
    """How many seconds a request may take."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Values of settings where sources.<api>.<name> is not set; never a secret."""
    client: Client
    """What all requests share."""
    resource_defaults: ResourceDefaults = Field(default_factory=ResourceDefaults)
    """What all resources share."""
    resources: list[Resource]
    """The listings to load."""

    @classmethod
    @cache
    def model_json_schema(  # pyright: ignore[reportIncompatibleMethodOverride] - it is cached
        cls, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """Return the JSON schema, made once because Dagster asks for it under each name."""
        return super().model_json_schema(*args, **kwargs)

    @property
    def rates(self) -> list[Rate]:
        """The budgets of requests."""
        return self.rate if isinstance(self.rate, list) else [self.rate] if self.rate else []

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, value: Any, handler: ModelWrapValidatorHandler["Api"]) -> "Api":
        # Dagster rebuilds the error with its inputs shown, whatever hide_input_in_errors says.
        try:
            return handler(value)
        except ValidationError as error:
            raise with_suggestions(cls, error) from None

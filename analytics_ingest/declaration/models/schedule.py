"""When and in which windows rows are loaded: partitions and the schedule."""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Cron, Date, TimeZone


class Partitions(DeclarationModel):
    """The time windows in which rows are loaded, by their cursor; ignored by snapshots."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string",)

    every: Literal["hourly", "daily", "weekly", "monthly"] = "daily"
    """Length of a partition."""
    start: Date = date(2026, 1, 1)
    """First day; the first partition also takes every older row."""
    timezone: TimeZone = "UTC"
    """Time zone in which partitions begin."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"every": value} if isinstance(value, str) else value


class Schedule(DeclarationModel):
    """When the API's job runs, once its schedule is switched on."""

    cron: Cron = "15 0 * * *"
    """Five cron fields. Without it, hourly partitions are loaded at minute 5 of each hour."""
    timezone: TimeZone = "UTC"
    """Time zone of the cron fields."""
    catch_up: int = Field(default=7, ge=1)
    """Maximum number of overdue partitions loaded in one run, newest first."""

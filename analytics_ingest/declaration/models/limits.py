"""The limits that the checks of a resource judge by."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration, format_duration


class Freshness(DeclarationModel):
    """How late a load may be."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    warn_after: Duration = timedelta(hours=26)
    """The age of a due partition, or of the last load, from which on the check warns."""
    fail_after: Duration = timedelta(hours=36)
    """The age from which on it fails."""

    @model_validator(mode="after")
    def _is_ordered(self) -> "Freshness":
        if self.warn_after >= self.fail_after:
            raise ValueError(
                f"warn_after '{format_duration(self.warn_after)}' is not shorter than fail_after "
                f"'{format_duration(self.fail_after)}'; declare both"
            )
        return self


class Volume(DeclarationModel):
    """The expected row count of a window, compared with the median of earlier loads."""

    low: float = Field(default=0.25, ge=0)
    """Fewer rows than this share of the median are a warning."""
    high: float = Field(default=4, gt=0)
    """More rows than this multiple of the median are a warning."""
    history: int = Field(default=5, ge=1)
    """Number of earlier loads the check needs; with fewer it passes."""
    ignore_below: int = Field(default=20, ge=0)
    """The check passes if the median is below this: small counts vary by chance."""

    @model_validator(mode="after")
    def _is_ordered(self) -> "Volume":
        if self.low > self.high:
            raise ValueError(f"low '{self.low:g}' is greater than high '{self.high:g}'; swap them")
        return self

"""The parents whose children a load requests."""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration


class AskedParents(DeclarationModel):
    """The parents whose children a load requests: all, or those that may have changed."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string",)

    changed: bool = False
    """true: only of parents whose cursor is at the start of the window or later. A child that
    changes without its parent is loaded by the next full pass."""
    full_every: Duration = timedelta(days=7)
    """How often a load requests the children of all parents, and takes all rows since the last
    such load. Windows before that load are always requested for all parents."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value not in ("all", "changed"):
            raise ValueError(f"'{value}' is unknown; allowed are all, changed")
        return {"changed": value == "changed"}

    @model_validator(mode="after")
    def _needs_changed(self) -> "AskedParents":
        if "full_every" in self.model_fields_set and not self.changed:
            raise ValueError("full_every needs changed: true; otherwise every load is a full pass")
        return self

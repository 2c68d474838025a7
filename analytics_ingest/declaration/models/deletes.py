"""`deletes`: what becomes of rows that the API does not have any more."""

from datetime import timedelta

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration

MARK = "_deleted_at"


class Deletes(DeclarationModel):
    """Rows that the API has deleted are marked, or removed."""

    every: Duration | None = None
    """How often a resource with a cursor is read in full, regardless of its window: 7d. Without it
    each load reads it in full, which needs requests that send no window."""
    mark: str = MARK
    """The column that holds the moment at which a row was first absent; null for all others."""
    remove: bool = False
    """true: rows are removed from the table instead."""
    max_share: float = Field(default=0.1, gt=0, le=1)
    """If a load would mark or remove more than this share of the rows, it leaves all of them, and
    the check fails. Confirm the deletes in a run, or raise the limit."""
    source: str | None = Field(default=None, alias="from")
    """A resource of the same API whose rows name what is deleted. No listing is read in full."""
    key: str | None = None
    """The field of that resource that holds the primary key of the deleted row."""

    @model_validator(mode="after")
    def _is_one_way(self) -> "Deletes":
        given = self.model_fields_set
        if self.remove and "mark" in given:
            raise ValueError("mark and remove exclude each other; keep one")
        if (self.source is None) != (self.key is None):
            raise ValueError("from and key belong together; declare both, or none")
        if self.source is not None and (unused := sorted({"every", "max_share"} & given)):
            raise ValueError(f"{unused[0]} has no effect with from; remove it")
        return self

    @property
    def column(self) -> str | None:
        """The column of the mark; None where rows are removed."""
        return None if self.remove else self.mark

    def is_due(self, age: timedelta) -> bool:
        """Return whether the last full reading is so old that another one is due."""
        return self.every is None or age >= self.every

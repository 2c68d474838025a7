"""A check of one's own, as `schema.yaml` holds it: of a field, or of the whole resource in SQL."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration

KINDS = ("not_null", "unique", "accepted_values", "range", "references")
"""The checks of a field."""
QUERY_TIMEOUT = timedelta(minutes=5)
_NAME = "^[A-Za-z0-9_]+$"


class ValueRange(DeclarationModel):
    """The least and the greatest value, both allowed."""

    min: Any = None
    max: Any = None

    @model_validator(mode="after")
    def _check(self) -> "ValueRange":
        if self.min is None and self.max is None:
            raise ValueError("is empty; write min, max or both")
        return self


class CheckOptions(DeclarationModel):
    """What all checks of one's own may declare."""

    severity: Literal["warn", "error"] = "error"
    blocking: bool | None = None


class FieldCheck(CheckOptions):
    """A check of the values of one field."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string",)

    name: str | None = Field(default=None, pattern=_NAME)
    not_null: Literal[True] | None = None
    unique: Literal[True] | None = None
    accepted_values: list[Any] | None = Field(default=None, min_length=1)
    range: ValueRange | None = None
    references: list[str] | None = Field(default=None, min_length=2, max_length=3)

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {value: True} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check(self) -> "FieldCheck":
        if len(kinds := [kind for kind in KINDS if getattr(self, kind) is not None]) != 1:
            names = " and ".join(kinds) or "empty"
            raise ValueError(f"a check is one of {', '.join(KINDS)}, and not {names}")
        return self

    @property
    def kind(self) -> str:
        """Which of the kinds it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


class SqlCheck(CheckOptions):
    """A query that must return no row."""

    name: str = Field(pattern=_NAME)
    sql: str = Field(min_length=1)
    timeout: Duration = Field(default=QUERY_TIMEOUT, gt=timedelta(0))

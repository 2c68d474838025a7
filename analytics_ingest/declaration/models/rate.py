"""How many requests an API takes in a span of time: for all of it, or for some of its paths."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, field_validator, model_validator

from analytics_ingest.common.header_names import find_header_problem
from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration

LONGEST = timedelta(days=31)
MOST = 1_000_000
"""Requests; the moment of each is kept."""


class Rate(DeclarationModel):
    """A budget of requests that all runs share: at most `requests` in any span of `per`."""

    requests: int | None = Field(default=None, gt=0, le=MOST)
    """Maximum number of requests in any span of the length per; retries, logins and redirects
    count."""
    per: Duration | None = None
    """The length of the span: 1s, 60s, 1d. It moves with the clock, and does not begin at full
    minutes."""
    path: str | None = None
    """Only requests of this path, relative to the base URL, count; * stands for any text:
    /orders/*. Without it all count."""
    method: Literal["GET", "POST"] | None = None
    """Only requests of this method count."""
    remaining_header: str | None = None
    """The response header that says how many requests remain; at 0 no request is sent until the
    moment of reset_header, else for the length per."""
    reset_header: str | None = None
    """The response header that says when the API starts counting over: seconds, an epoch or a
    date. A longer wait than per is shortened to per."""
    max_wait: Duration = timedelta(minutes=15)
    """The longest wait for the budget; if it would be longer, the resource fails."""

    @field_validator("per")
    @classmethod
    def _check_length(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and not timedelta() < value <= LONGEST:
            raise ValueError(
                f"is not from 1s to {LONGEST.days}d; write the span of the API's limit"
            )
        return value

    @field_validator("path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        if (value is not None and set(value) & set("{}?#[]")) or value == "":
            raise ValueError("is not a path; write * for a part that varies, and no query")
        return value

    @field_validator("remaining_header", "reset_header")
    @classmethod
    def _check_header(cls, value: str | None) -> str | None:
        if value is not None and (problem := find_header_problem(value)):
            raise ValueError(problem)
        return value

    @model_validator(mode="after")
    def _is_complete(self) -> "Rate":
        if (self.requests is None) != (self.per is None):
            has, lacks = ("per", "requests") if self.requests is None else ("requests", "per")
            raise ValueError(f"{has} has no meaning without {lacks}; declare both")
        if self.requests is None and self.remaining_header is None:
            raise ValueError("names no limit; declare requests and per, or remaining_header")
        if self.reset_header and not self.remaining_header:
            raise ValueError("reset_header has no effect without remaining_header; declare both")
        if self.remaining_header and not (self.reset_header or self.per):
            raise ValueError("remaining_header needs a span; declare reset_header, or per")
        return self

"""An endpoint: the request, its pages, the rows in them, and what is retried.

dlt's keys keep dlt's names and meaning.
"""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from analytics_ingest.common.expressions.syntax import find_pattern_problem
from analytics_ingest.declaration.models.airbyte import (
    IncrementalSync,
    PartitionRouter,
    ResponseFilter,
)
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.job import Job
from analytics_ingest.declaration.models.json_body import JSON_SCHEMA, check_json
from analytics_ingest.declaration.models.paginator import Paginator


class WaitHeader(DeclarationModel):
    """A header that says how long to wait before a retry."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    name: str
    """Name of the response header; a bare string is it."""
    holds: Literal["seconds", "moment"] = "seconds"
    """seconds to wait; or the moment until which to wait, as a number of seconds since 1970 or a
    date."""
    regex: str | None = None
    """What to read of the header, from its start: the first group, or all that matches."""
    min_wait: float = Field(default=0, ge=0)
    """Seconds; a shorter wait is lengthened, and one that the header does not name is this long."""
    max_wait: float | None = Field(default=None, gt=0)
    """Seconds; a longer wait fails the resource. Without it 900."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check(self) -> "WaitHeader":
        if problem := self.regex and find_pattern_problem(self.regex):
            raise ValueError(f"regex: {problem}")
        return self


class ErrorHandler(DeclarationModel):
    """Which failed requests are retried, how often, and after which waits."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    retry_on_status_codes: list[int] = Field(default_factory=list)
    """HTTP statuses that are always retried. Of the others, only 202, a 403 for a rate limit, and
    what response_actions say are retried."""
    max_retries: int = Field(default=3, ge=0)
    """Number of retries after the first request."""
    backoff: Literal["exponential", "constant"] = "exponential"
    """exponential doubles the wait each time; constant always waits backoff_factor."""
    backoff_factor: float = Field(default=2, ge=0)
    """Seconds of the first wait. A Retry-After or rate-limit header replaces the computed wait, but
    no wait is shorter than the first one."""
    wait_header: WaitHeader | None = None
    """The header that says how long to wait, where it is not Retry-After or a usual one."""
    response_filters: list[ResponseFilter] = Field(default_factory=list)
    """Airbyte's low-code form of response_actions."""

    @field_validator("retry_on_status_codes")
    @classmethod
    def _check_statuses(cls, value: list[int]) -> list[int]:
        if wrong := [status for status in value if not 200 <= status <= 599]:
            raise ValueError(f"'{wrong[0]}' is not the status of a response; use 200 to 599")
        return value

    @model_validator(mode="after")
    def _check_retries(self) -> "ErrorHandler":
        if self.max_retries == 0 and "backoff" in self.model_fields_set:
            raise ValueError("backoff has no effect with max_retries: 0; remove one of them")
        return self


_FILLED = re.compile(r"\{\{|\{%|\{\s*(?:settings|resources|incremental)\.")


class GraphQL(DeclarationModel):
    """A query in GraphQL, sent by POST."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    query: str
    """The query as it is, each brace written once; nothing in it is filled. A plain string
    is the query."""
    variables: dict[str, Any] = Field(default_factory=dict)
    """The values of its variables, filled as json is; a cursor goes to cursor_body_path:
    variables.after."""
    operation_name: str | None = None
    """Which of several operations in the query is executed."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"query": value} if isinstance(value, str) else value

    @field_validator("query")
    @classmethod
    def _check_query(cls, value: str) -> str:
        if match := _FILLED.search(value):
            raise ValueError(
                f"holds '{match[0]}', but a query is sent as it is; write each brace once, and "
                "what is to be filled into variables"
            )
        return value


class Endpoint(DeclarationModel):
    """One listing of the API: the request, its pages and the rows in them."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    path: str | None = None
    """Path relative to the base URL. {name} is filled by params, {resources.x.id} by a parent's
    row, {settings.x} by sources.<api>.x. Here, in params, headers, json and data Airbyte's
    expressions are allowed: {{ config['x'] | lower }}, {{ day_delta(-1) }}."""
    method: Literal["GET", "POST", "get", "post"] = "GET"
    """GET or POST."""
    http_method: Literal["GET", "POST", "get", "post"] | None = None
    """Airbyte's name of method."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Query parameters; an object is sent as JSON. {type: resolve, resource, field} fills a
    placeholder from a parent's rows. {type: each, values, column} requests a listing for each
    value; column names the column that holds the value in its rows. group: 50 makes 50 of the rows
    or values share a listing; their values are sent with commas between them. {type: fields,
    values, always, max_count or max_length, merge_by} requests each page for each chunk of a list
    of fields, and merges the rows; resource and field take the list from a parent's rows."""
    json_body: Annotated[Any, AfterValidator(check_json), JSON_SCHEMA] = Field(
        default=None, alias="json"
    )
    """JSON body of the request, an object or a list."""
    graphql: GraphQL | None = None
    """A query in GraphQL, in place of json: {query, variables}. It is sent by POST."""
    data: Any = None
    """Form fields or raw body of the request."""
    headers: dict[str, Any] = Field(default_factory=dict)
    """Headers of the request."""
    auth: Auth | None = None
    """Authentication of this endpoint, instead of the client's."""
    paginator: Paginator | None = None
    """How pages are requested; without it dlt detects the paginator."""
    data_selector: str | list[str] | None = None
    """JSONPath of the rows in the body, or a list of keys; $ is the whole body."""
    decoder: Decoder | None = None
    """How a body becomes rows, where it is not plain JSON."""
    job: Job | None = None
    """Requests that make the API prepare the rows, before the endpoint's own one gets them."""
    response_actions: list[dict[str, Any]] = Field(default_factory=list)
    """What to do with a response, by status_code, content (a part of its text), message (a part of
    the error's own message), predicate (an expression over response and headers), or where it is
    empty (true). The action is ignore (the listing ends), retry, rate_limited (retried after a
    pause of the whole API), fail, or success (its rows are read, whatever the status)."""
    partial: Literal["refuse", "allow"] = "refuse"
    """allow: rows that come with an error, or with 202, are loaded; otherwise they fail."""
    error_handler: ErrorHandler | None = None
    """Retries of this endpoint; without it dlt's: 429 and 5xx, five attempts."""
    incremental: Incremental | None = Field(default_factory=Incremental)
    """The cursor; null makes the resource a snapshot, loaded whole."""
    incremental_sync: IncrementalSync | None = None
    """Airbyte's low-code form of incremental."""
    partition_router: PartitionRouter | list[PartitionRouter] | None = None
    """Airbyte's low-code form of params that a parent or a list of values fills."""
    max_pages: int | None = Field(default=None, gt=0)
    """Maximum number of pages of a listing; a longer listing is an error."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

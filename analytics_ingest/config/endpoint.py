"""The endpoint's vocabulary: paginator, auth, error handler, incremental, and the request itself.

dlt's keys keep dlt's names and meaning; the keys of our own say so in their docstring.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from analytics_ingest.config.durations import parse_duration
from analytics_ingest.config.vocabulary import Vocabulary


class Auth(Vocabulary):
    """How requests are authenticated; the secret itself is read from dlt's configuration."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    type: str = "bearer"
    """api_key, bearer, http_basic (or basic), oauth2_client_credentials (or oauth2)."""
    name: str | None = None
    """api_key: the header or query parameter that carries the key."""
    location: Literal["header", "query", "param"] = "header"
    """api_key: where the key is sent."""
    api_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.api_key."""
    token: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.api_token."""
    username: str | None = None
    """A dlt key to read it from; without it sources.<api>.username."""
    password: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.password."""
    client_id: str | None = None
    """A dlt key to read it from; without it sources.<api>.client_id."""
    client_secret: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.client_secret."""
    access_token_url: str | None = None
    """oauth2: where the token is fetched; a path is relative to the base URL."""
    access_token_request_data: dict[str, Any] = Field(default_factory=dict)
    """oauth2: further fields of the token request, such as scope."""
    default_token_expiration: int = 3600
    """oauth2: seconds a token lasts when the answer does not say."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value


class Paginator(Vocabulary):
    """How a listing goes on after its first page."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    type: str = "auto"
    """offset, page_number, cursor, single_page, json_link, header_link, header_cursor or auto."""
    limit: int | None = Field(default=None, gt=0)
    """Page size, never a maximum."""
    limit_param: str | None = None
    """Query parameter of the page size."""
    limit_body_path: str | None = None
    """Place of the page size in a JSON request body."""
    offset: int | None = None
    """offset: where the listing starts."""
    offset_param: str | None = None
    """offset: query parameter of the offset."""
    offset_body_path: str | None = None
    """offset: place of the offset in a JSON request body."""
    maximum_offset: int | None = None
    """offset: reading stops there."""
    page: int | None = None
    """page_number: the first page to ask for."""
    base_page: int | None = None
    """page_number: the number of the API's first page."""
    start_from_page: int | None = None
    """page_number: the documents' name of base_page."""
    page_param: str | None = None
    """page_number: query parameter of the page."""
    page_body_path: str | None = None
    """page_number: place of the page in a JSON request body."""
    maximum_page: int | None = None
    """page_number: reading stops there."""
    total_path: str | None = None
    """Where the body holds the total; without it a total is used when the body has one."""
    stop_after_empty_page: bool | None = None
    """offset, page_number, cursor: an empty page ends the listing."""
    has_more_path: str | None = None
    """Where the body says whether there is more."""
    links_next_key: str | None = None
    """header_link: relation of the next page in the Link header."""
    next_url_path: str | None = None
    """json_link: where the body holds the URL of the next page."""
    cursor_path: str | None = None
    """cursor: where the body (or response., headers.) holds the next cursor."""
    cursor_param: str | None = None
    """cursor, header_cursor: query parameter that sends the cursor back."""
    cursor_body_path: str | None = None
    """cursor: place of the cursor in a JSON request body."""
    cursor_key: str | None = None
    """header_cursor: response header that holds the cursor."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value


class ErrorHandler(Vocabulary):
    """Which answers are asked for again, how often, and after which waits."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    retry_on_status_codes: list[int] = Field(default_factory=list)
    """Statuses worth another try; a status that is not listed is not retried."""
    max_retries: int = Field(default=3, ge=0)
    """Further tries after the first."""
    backoff: Literal["exponential", "constant"] = "exponential"
    """exponential doubles backoff_factor each time; constant always waits backoff_factor."""
    backoff_factor: float = Field(default=2, ge=0)
    """Seconds of the first wait. A Retry-After header replaces the computed wait."""


class Incremental(Vocabulary):
    """The cursor that decides in which window a row is loaded."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    cursor_path: str = "updated_at"
    """Where a row holds its cursor."""
    cursor_format: str = "iso8601"
    """iso8601, epoch_s, epoch_ms, or a strptime pattern: how the cursor is read."""
    start_param: str | None = None
    """Query parameter that sends the start of the window."""
    end_param: str | None = None
    """Query parameter that sends the end of the window."""
    param_format: str = "iso8601"
    """iso8601, epoch_s, epoch_ms, or a strftime pattern: how the window is sent."""
    row_order: Literal["asc", "desc"] | None = None
    """How the API sorts by the cursor; paging stops when the window is passed."""
    lookback: str | None = None
    """Widens every window to the past: 2d."""

    @field_validator("lookback")
    @classmethod
    def _is_duration(cls, value: str | None) -> str | None:
        if value is not None:
            parse_duration(value)
        return value


class Endpoint(Vocabulary):
    """One listing of the API: the request, its pages and the rows in them."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    path: str | None = None
    """Relative to the base URL; {name} is bound by params, {resources.x.id} by a parent's row."""
    method: Literal["GET", "POST", "get", "post"] = "GET"
    """GET or POST."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Query parameters; {type: resolve, resource, field} binds a placeholder to a parent."""
    json_body: dict[str, Any] | None = Field(default=None, alias="json")
    """JSON body of the request."""
    data: Any = None
    """Form fields or raw body of the request."""
    headers: dict[str, Any] = Field(default_factory=dict)
    """Headers of the request."""
    auth: Auth | None = None
    """Authentication of this endpoint alone."""
    paginator: Paginator | None = None
    """How the listing goes on; without it dlt's detection decides."""
    data_selector: str | None = None
    """JSONPath of the rows in the body."""
    response_actions: list[dict[str, Any]] = Field(default_factory=list)
    """dlt's actions by status or content; only `ignore` can be declared."""
    error_handler: ErrorHandler | None = None
    """Retries of this endpoint; without it dlt's: 429 and 5xx, five tries."""
    incremental: Incremental | None = Field(default_factory=Incremental)
    """The cursor; null makes the resource a snapshot, loaded whole."""
    max_pages: int | None = Field(default=None, gt=0)
    """A listing longer than this is an error."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

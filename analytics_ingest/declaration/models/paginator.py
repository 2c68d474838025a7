"""The paginator's vocabulary: how a listing goes on after its first page."""

from typing import Any, ClassVar

from pydantic import Field, model_validator

from analytics_ingest.declaration.airbyte.models import RequestOption
from analytics_ingest.declaration.models.base import DeclarationModel


class Paginator(DeclarationModel):
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
    inject_on_first_request: bool = True
    """page_number: false leaves the page out of the first request."""
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
    """cursor: where the body (or response., headers., last_record.) holds the next cursor."""
    cursor_value: str | None = None
    """cursor: an expression over response, headers and last_record that gives the next cursor."""
    stop_condition: str | None = None
    """cursor: an expression that is true of the last page."""
    cursor_param: str | None = None
    """cursor, header_cursor: query parameter that sends the cursor back; where neither it nor
    cursor_body_path is declared, a cursor that is a URL is followed."""
    cursor_body_path: str | None = None
    """cursor: place of the cursor in a JSON request body."""
    cursor_key: str | None = None
    """header_cursor: response header that holds the cursor."""
    start_time_option: RequestOption | None = None
    """The documents' form of incremental.start_param."""
    end_time_option: RequestOption | None = None
    """The documents' form of incremental.end_param."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value

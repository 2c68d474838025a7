"""Detected paging: the first page shows how the listing continues, by dlt's rules and OData's."""

from typing import TYPE_CHECKING, Any

from analytics_ingest.common.cursor_paths import find_odata_link
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.json_link import JsonLink, JsonLinkKeys

if TYPE_CHECKING:
    from dlt.sources.helpers.rest_client.paginators import BasePaginator
    from requests import Request, Response


class Auto(Paginator):
    """Pages as dlt does, with the paginator that is detected in the first page."""

    name = "auto"

    def __init__(self, keys: Any, settings: Settings) -> None:
        self._settings = settings
        self._detected: BasePaginator | Paginator | None = None

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        is_first = self._detected is None
        self._detected = self._detected or self._detect(response)
        self._detected.update_state(response, rows)
        self.has_next_page = self._detected.has_next_page
        if is_first:
            self.has_next_path = self.has_next_page

    def update_request(self, request: "Request") -> None:
        if self._detected:
            self._detected.update_request(request)

    def _detect(self, response: "Response") -> "BasePaginator | Paginator":
        # Only here: declarations are read without dlt, whose import takes a second.
        from dlt.sources.helpers.rest_client.detector import PaginatorFactory

        if link := find_odata_link(response.json()):
            return JsonLink(JsonLinkKeys(next_url_path=link), self._settings)
        paginator, _ = PaginatorFactory().create_paginator(response)
        return paginator

"""Detected paging: the first page shows how the listing goes on, by dlt's rules."""

from typing import TYPE_CHECKING, Any

from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.paginators.base import Paginator

if TYPE_CHECKING:
    from dlt.sources.helpers.rest_client.paginators import BasePaginator
    from requests import Request, Response


class Auto(Paginator):
    """Pages as dlt does, with the paginator that dlt detects in the first page."""

    name = "auto"

    def __init__(self, keys: Any, settings: Settings) -> None:
        self._detected: BasePaginator | None = None

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        self._detected = self._detected or _detect(response)
        self._detected.update_state(response, rows)
        self.has_next_page = self._detected.has_next_page

    def update_request(self, request: "Request") -> None:
        if self._detected:
            self._detected.update_request(request)


def _detect(response: "Response") -> "BasePaginator":
    # Only here: declarations are read without dlt, whose import takes a second.
    from dlt.sources.helpers.rest_client.detector import PaginatorFactory

    paginator, _ = PaginatorFactory().create_paginator(response)
    return paginator

"""Listings of one page."""

from typing import TYPE_CHECKING, Any

from analytics_ingest.paginators.base import Paginator

if TYPE_CHECKING:
    from requests import Response


class SinglePage(Paginator):
    """Asks for one page."""

    name = "single_page"
    has_next_path = False
    dlt_classes = ("SinglePagePaginator",)
    document_names = ("none", "nopagination", "no_pagination")

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        self.has_next_page = False

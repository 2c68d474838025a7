"""What paging by links shares: the next page is at a URL that the API gives."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from analytics_ingest.paginators.base import Paginator

if TYPE_CHECKING:
    from requests import Request, Response


class LinkPaginator(Paginator):
    """Follows the link of each page; a page without one ends the listing."""

    _link: Any = None

    def find_link(self, response: "Response") -> Any:
        """Find the link to the next page; None or an empty one where the page has none."""
        raise NotImplementedError

    def update_state(self, response: "Response", rows: list[Any]) -> None:
        self._link = self.find_link(response) or None
        self.has_next_page = self._link is not None

    def update_request(self, request: "Request") -> None:
        has_scheme = bool(urlsplit(self._link).scheme)
        request.url = self._link if has_scheme else urljoin(str(request.url), self._link)
        request.params = None  # They are in the URL.

"""Paging by links in the body."""

from typing import Any

from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator
from requests import Response


class JsonLink(JSONLinkPaginator):
    """Follows the link that the body holds; an empty one ends the listing."""

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        super().update_state(response, data)
        self._next_reference = self._next_reference or None

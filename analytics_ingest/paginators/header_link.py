"""Paging by links in the `Link` header."""

from typing import TYPE_CHECKING, Any

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.common.link_header import find_relation
from analytics_ingest.paginators.links import LinkPaginator

if TYPE_CHECKING:
    from requests import Response


class HeaderLinkKeys(Keys):
    """Keys of `header_link`."""

    links_next_key: str | None = None
    """Relation of the next page in the Link header."""


class HeaderLink(LinkPaginator):
    """Follows the link of one relation in the `Link` header."""

    name = "header_link"
    keys = HeaderLinkKeys
    dlt_classes = ("HeaderLinkPaginator",)
    dlt_arguments = ("links_next_key",)
    document_names = ("link", "link_header")

    def __init__(self, keys: HeaderLinkKeys, settings: Settings) -> None:
        self._relation = "next" if keys.links_next_key is None else keys.links_next_key

    def find_link(self, response: "Response") -> Any:
        link = find_relation(response.headers.get("link", ""), self._relation)
        self.has_next_path = link is not None
        if link == "":
            raise PagingError(
                f"the Link header has an empty URL for '{self._relation}'; correct "
                "links_next_key, or declare another paginator"
            )
        return link

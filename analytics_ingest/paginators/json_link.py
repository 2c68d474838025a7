"""Paging by links in the body."""

from typing import TYPE_CHECKING, Any

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.expressions.syntax import Settings
from analytics_ingest.common.jsonpaths import compile_path, first_value
from analytics_ingest.paginators.links import LinkPaginator

if TYPE_CHECKING:
    from requests import Response


class JsonLinkKeys(Keys):
    """Keys of `json_link`."""

    json_paths = ("next_url_path",)

    next_url_path: str | None = None
    """Where the body holds the URL of the next page."""


class JsonLink(LinkPaginator):
    """Follows the link in the body."""

    name = "json_link"
    aliases = ("json_response",)
    keys = JsonLinkKeys
    dlt_classes = ("JSONLinkPaginator", "JSONResponsePaginator")
    dlt_arguments = ("next_url_path",)
    document_names = ("next_url",)

    def __init__(self, keys: JsonLinkKeys, settings: Settings) -> None:
        self._path = compile_path(keys.next_url_path or "next")

    def find_link(self, response: "Response") -> Any:
        return first_value(self._path, response.json())

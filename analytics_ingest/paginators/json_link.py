"""Paging by links in the body."""

from typing import TYPE_CHECKING, Any

from analytics_ingest.common.cursor_paths import ResponsePath
from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.expressions.syntax import Settings
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
        self._path = ResponsePath(keys.next_url_path or "next")
        self.next_path = f"next_url_path '{self._path.text}'"

    def find_link(self, response: "Response") -> Any:
        match = self._path.match(response)
        self.has_next_path = match is not None
        return match.value if match else None

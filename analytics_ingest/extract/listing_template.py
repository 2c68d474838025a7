"""What all listings of a resource share: where its rows are, how it pages, how it is asked."""

from dlt.sources.helpers.rest_client.detector import single_entity_path
from dlt.sources.helpers.rest_client.paginators import SinglePagePaginator
from requests.auth import AuthBase

from analytics_ingest.common.jsonpaths import check_paths
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.paging.build import build_paginator
from analytics_ingest.extract.request_template import RequestTemplate
from analytics_ingest.extract.selector import Selector
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.window_filter import has_passed


class ListingTemplate:
    """A resource, ready to be listed: see `Listing`.

    Args:
        window: Sent along and used to stop paging where the declaration says how; EVERYTHING for
            a listing that must be read whole, because children or a snapshot need all of it.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        client: ApiClient,
        auth: AuthBase | None,
        window: Window,
        settings: SettingValues,
    ) -> None:
        check_paths(resource)
        self.resource = resource
        self.client = client
        self.auth = auth
        self.settings = settings
        self.paginator = build_paginator(resource.endpoint.paginator, settings)
        single = single_entity_path(resource.path)
        if single and self.paginator is None:
            self.paginator = SinglePagePaginator()
        path = resource.endpoint.data_selector or ("$" if single else None)
        self.selector = Selector(path) if path else None
        self.has_passed = has_passed(resource.incremental, window)
        self.request_template = RequestTemplate(resource, client.base_url, window, settings)

    @property
    def place(self) -> str:
        """What errors name: the resource and its request, without any value."""
        resource = self.resource
        return f"{resource.api}.{resource.name}: {resource.endpoint.method.upper()} {resource.path}"

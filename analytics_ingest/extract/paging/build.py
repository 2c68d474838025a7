"""A paginator block → dlt's paginator, with the dialect's rules where they differ."""

from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    HeaderCursorPaginator,
    HeaderLinkPaginator,
    SinglePagePaginator,
)

from analytics_ingest.declaration.models.paginator import Paginator
from analytics_ingest.extract.paging.cursors import Cursor
from analytics_ingest.extract.paging.links import JsonLink
from analytics_ingest.extract.paging.offset_and_page import Offset, PageNumber
from analytics_ingest.extract.settings import SettingValues


def build_paginator(declared: Paginator | None, settings: SettingValues) -> BasePaginator | None:
    """Build the paginator of an endpoint; None leaves it to dlt's detection."""
    if declared is None or declared.type == "auto":
        return None
    keys = {k: v for k, v in declared.declared().items() if v is not None and k != "type"}
    if declared.type == "offset":
        return Offset(**keys)
    if declared.type == "page_number":
        return PageNumber(**keys)
    if declared.type == "cursor":
        return Cursor(settings=settings, **keys)
    if declared.type == "header_cursor":
        return HeaderCursorPaginator(**keys)
    if declared.type == "header_link":
        return HeaderLinkPaginator(**keys)
    if declared.type == "single_page":
        return SinglePagePaginator()
    return JsonLink(**keys)

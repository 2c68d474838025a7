"""A paginator block → the paginator of a resource's listings and their `Ending`."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.jsonpaths import parse_path
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.models.paginator import Paginator as PaginatorBlock
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.paging.ending import Ending
from analytics_ingest.extract.paging.first_page_number import FirstPageNumber
from analytics_ingest.extract.paging.resource_evidence import ListingId, ResourceEvidence
from analytics_ingest.extract.paging.row_keys import RowKeys
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.paginators import list_paginator_types
from analytics_ingest.paginators.base import Paginator


@dataclass(frozen=True)
class Paging:
    """The paging of a resource; each listing has a copy of the paginator, and its own ending."""

    paginator: Paginator
    keys: Keys
    evidence: ResourceEvidence

    def start(
        self, row_keys: RowKeys, bindings: Mapping[str, Any], window: Window
    ) -> tuple[Paginator, Ending]:
        """Return a paginator and an ending for one listing, whose rows have these keys."""
        # A shallow copy: the listings of a resource share only its evidence.
        paginator = copy.copy(self.paginator)
        listing = ListingId(bindings, window)
        first_number = FirstPageNumber(paginator, self.evidence, listing, row_keys)
        return paginator, Ending(paginator, self.keys, first_number, row_keys)


def build_paging(resource: ResourceDeclaration, settings: SettingValues, default: str) -> Paging:
    """Build the paging of a resource; `default` is the type where none is declared, or `auto`."""
    block = resource.endpoint.paginator
    if block is None or block.type == "auto":
        block = PaginatorBlock(type=default)
    keys = block.parse()
    return Paging(list_paginator_types()[block.type](keys, settings), keys, ResourceEvidence(keys))


def check_paths(resource: ResourceDeclaration) -> None:
    """Refuse what is not a JSONPath, by the name of its key.

    Raises:
        SettingError: A path cannot be parsed.
    """
    for key, path in _list_paths(resource):
        parse_path(f"{resource.api}.{resource.name}: endpoint.{key}", path)


def _list_paths(resource: ResourceDeclaration) -> Iterator[tuple[str, str]]:
    endpoint, block = resource.endpoint, resource.endpoint.paginator
    if isinstance(endpoint.data_selector, str):
        yield "data_selector", endpoint.data_selector
    if endpoint.incremental:
        yield "incremental.cursor_path", endpoint.incremental.cursor_path
    if block:
        yield from ((f"paginator.{key}", path) for key, path in block.parse().list_paths())
    for parent in resource.parents:
        yield from (("params", field) for _, field in parent.bindings)

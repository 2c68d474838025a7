"""A paginator block → the paginator of a resource's listings, its JSONPaths checked."""

from collections.abc import Iterator

from analytics_ingest.common.jsonpaths import checked_path
from analytics_ingest.declaration.models.paginator import Paginator as PaginatorBlock
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.paginators import paginator_types
from analytics_ingest.paginators.base import Paginator


def build_paginator(
    block: PaginatorBlock | None, settings: SettingValues, *, default: str
) -> Paginator:
    """Build the paginator of an endpoint.

    Args:
        default: The type where none is declared, or `auto` is.
    """
    if block is None or block.type == "auto":
        block = PaginatorBlock(type=default)
    return paginator_types()[block.type](block.parse(), settings)


def check_paths(resource: ResourceDeclaration) -> None:
    """Refuse what is not a JSONPath, by the name of its key.

    Raises:
        SettingError: A path cannot be parsed.
    """
    for key, path in _paths(resource):
        checked_path(f"{resource.api}.{resource.name}: endpoint.{key}", path)


def _paths(resource: ResourceDeclaration) -> Iterator[tuple[str, str]]:
    endpoint, block = resource.endpoint, resource.endpoint.paginator
    if isinstance(endpoint.data_selector, str):
        yield "data_selector", endpoint.data_selector
    if endpoint.incremental:
        yield "incremental.cursor_path", endpoint.incremental.cursor_path
    if block:
        yield from ((f"paginator.{key}", path) for key, path in block.parse().paths())
    for _, field in resource.parent.bindings if resource.parent else ():
        yield "params", field

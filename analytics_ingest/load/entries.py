"""Reads all rows of one resource into memory, for callers that need rows instead of a table."""

from typing import Any

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.log import LogLine
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.page import PageSignal
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.extraction import open_extractor


def read_entries(declaration: ApiDeclaration, resource: str, *, log: LogLine) -> list[Any]:
    """Read all rows of a resource, those of its parents' fields included.

    Raises:
        LoadError: The listing could not be read whole.
    """
    rows: list[Any] = []
    with open_extractor(
        LoadScope(declaration, frozenset({resource}), EVERYTHING), log=log
    ) as reader:
        for page in reader.read_pages(resource):
            if page is PageSignal.RESTART:
                rows.clear()
            elif not isinstance(page, PageSignal):
                rows.extend(page)
    if warnings := reader.stats[resource].warnings:
        raise ApiError(f"{declaration.name}.{resource}: its rows are in doubt: {warnings[0]}")
    return rows

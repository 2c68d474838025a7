"""How a listing continues after its first page: one file for each type of paginator.

A new type is a new file here. It holds a subclass of `base.Paginator` with a `name`, and its keys.
"""

from collections.abc import Mapping
from functools import cache

from analytics_ingest.common.declared_types import find_types
from analytics_ingest.paginators.base import Paginator


@cache
def list_paginator_types() -> Mapping[str, type[Paginator]]:
    """List every type by its name in a declaration, aliases included."""
    return find_types(__name__, __path__, Paginator)

"""Rows, and scripts that serve them in pages as APIs do."""

from collections.abc import Sequence
from typing import Any

from analytics_ingest_tests.support.scripted_api import Asked, Script

UPDATED = "2026-01-05T10:00:00Z"


def row(key: Any, updated_at: Any = UPDATED, **fields: Any) -> dict[str, Any]:
    """One row of a listing."""
    return {"id": key, "updated_at": updated_at, **fields}


def rows(count: int) -> list[dict[str, Any]]:
    """Rows numbered from 1."""
    return [row(number) for number in range(1, count + 1)]


def by_offset(
    served: Sequence[Any], *, offset: str = "offset", limit: str = "limit", **beside: Any
) -> Script:
    """Serve `data` by two query parameters; each body holds the further keys too."""

    def script(asked: Asked) -> dict[str, Any]:
        start = int(asked.query.get(offset, 0))
        end = start + int(asked.query.get(limit, len(served)))
        return {"data": list(served[start:end]), **beside}

    return script


def by_page(
    served: Sequence[Any], size: int, *, first: int = 1, page: str = "page", **beside: Any
) -> Script:
    """Serve `data` in pages of a size, the first of which has the number `first`."""

    def script(asked: Asked) -> dict[str, Any]:
        start = (int(asked.query.get(page, first)) - first) * size
        return {"data": list(served[start : start + size]), **beside}

    return script

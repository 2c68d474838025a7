"""The page size in a request: sent by the paginator or by the declaration's params."""

from collections.abc import Mapping
from typing import Any

from requests import Request


def send_page_size(request: Request, limit_param: str | None, limit: int | None) -> None:
    """Put the page size into the query, unless the declaration's params send the same name."""
    if limit_param and limit is not None:
        request.params = {limit_param: limit, **_query(request)}


def sent_size(request: Request, limit_param: str | None) -> int | None:
    """The page size that the declaration's params send, which wins over the paginator's."""
    sent = str(_query(request).get(limit_param, "")) if limit_param else ""
    return int(sent) if sent.isdecimal() and int(sent) > 0 else None


def _query(request: Request) -> dict[Any, Any]:
    return dict(request.params) if isinstance(request.params, Mapping) else {}

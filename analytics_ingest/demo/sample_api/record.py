"""Keeps what was asked of the sample API, without any key, for tests and for whoever runs a demo.

`app` puts `RequestRecord` before its routes; the list it fills is `app.state.requests`. The routes
of the server itself (`/_requests`, `/_health`) are neither recorded nor slowed down.
"""

import asyncio
from collections.abc import Container
from typing import Any

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_ingest.demo.sample_api.listings import KEY

MOST_REQUESTS = 100_000

Entry = dict[str, Any]
"""`method`, `path`, `query` (str → str) and `status` of one request."""


class RequestRecord:
    """ASGI middleware: waits for the latency, then adds the request as it is answered."""

    def __init__(
        self, app: ASGIApp, *, entries: list[Entry], keys: Container[str], latency_ms: int
    ) -> None:
        """Fill `entries`, with no parameter that carries one of the keys."""
        self._app = app
        self._entries = entries
        self._keys = keys
        self._latency = latency_ms / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and record it with the status of its answer."""
        if scope["type"] != "http" or scope["path"].startswith("/_"):
            await self._app(scope, receive, send)
            return

        async def record(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, message["status"])
            await send(message)

        await asyncio.sleep(self._latency)
        await self._app(scope, receive, record)

    def _add(self, scope: Scope, status: int) -> None:
        sent = QueryParams(scope["query_string"])
        self._entries.append(
            {
                "method": scope["method"],
                "path": scope["path"],
                "query": {
                    name: value
                    for name, value in sent.items()
                    if name != KEY and value not in self._keys
                },
                "status": status,
            }
        )
        del self._entries[:-MOST_REQUESTS]

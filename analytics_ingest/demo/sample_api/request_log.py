"""Logs the requests that the sample API answers, without any key, for tests and demos.

`app` puts `RequestLog` before its routes; the list that it fills is `app.state.requests`. It
neither logs nor delays the server's own routes (`/_requests`, `/_health`).
"""

import asyncio
from typing import Any

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_ingest.demo.sample_api.listings import KEY

MAX_ENTRIES = 100_000

Entry = dict[str, Any]
"""`method`, `path`, `query` (str → str) and `status` of one request."""


class RequestLog:
    """ASGI middleware: waits for the latency, and logs each request when it is answered.

    Args:
        entries: The list to append to.
        secret: A query parameter with this value is not logged.
    """

    def __init__(self, app: ASGIApp, *, entries: list[Entry], secret: str, latency_ms: int) -> None:
        self._app = app
        self._entries = entries
        self._secret = secret
        self._latency = latency_ms / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it with the status of its response."""
        if scope["type"] != "http" or scope["path"].startswith("/_"):
            await self._app(scope, receive, send)
            return

        async def send_and_log(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._log(scope, message["status"])
            await send(message)

        await asyncio.sleep(self._latency)
        await self._app(scope, receive, send_and_log)

    def _log(self, scope: Scope, status: int) -> None:
        query = {
            name: value
            for name, value in QueryParams(scope["query_string"]).items()
            if name != KEY and value != self._secret
        }
        self._entries.append(
            {"method": scope["method"], "path": scope["path"], "query": query, "status": status}
        )
        del self._entries[:-MAX_ENTRIES]

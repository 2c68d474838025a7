"""The sample API as a Starlette app: a route for each line of `listings`, rows from `data`.

A request passes the log, then its API's key and rate limit, and is answered with a page (`paging`)
of the listing's rows. Errors are JSON: `{"error": "…"}`.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.listings import APIS, KEY, Api, Listing
from analytics_ingest.demo.sample_api.paging import InvalidQueryError

SAMPLE_KEY = "sample-key"
"""The key that every API accepts."""

MAX_ENTRIES = 100_000

Entry = dict[str, Any]
"""`method`, `path`, `query` (str → str) and `status` of one request."""


def create_app(data: SampleData, *, latency_ms: int = 0, rate_limit_every: int = 40) -> Starlette:
    """Create the app.

    `app.state.requests` logs the requests that it answers, `app.state.rows_sent` counts the rows of
    each API.

    Args:
        latency_ms: How long to wait before each response.
        rate_limit_every: Each API answers one request in this many with a 429; 0 means none.
    """
    entries: list[Entry] = []
    rows_sent: Counter[str] = Counter()
    routes = [
        Route("/_health", lambda request: JSONResponse({"status": "ok"}), methods=["GET"]),
        _build_log_route(entries),
    ]
    for name, api in APIS.items():
        access = _AccessControl(api, rate_limit_every)
        routes += [
            _build_listing_route(name, listing, access, data, rows_sent) for listing in api.listings
        ]
    log = Middleware(_RequestLog, entries=entries, latency=latency_ms / 1000)
    app = Starlette(
        routes=routes, middleware=[log], exception_handlers={HTTPException: _format_error}
    )
    app.router.redirect_slashes = False  # only the documented paths exist
    app.state.requests = entries
    app.state.rows_sent = rows_sent
    return app


class _AccessControl:
    """Checks the requests of one API: its key, and a rate limit that counts requests, not time."""

    def __init__(self, api: Api, rate_limit_every: int) -> None:
        self.api = api
        # At least two, so that the retry of a rejected request is not rejected again.
        self._every = max(rate_limit_every, 2) if rate_limit_every else 0
        self._requests = 0

    def check(self, request: Request) -> None:
        """Let a request pass, or raise a 401 or a 429."""
        if self.api.read_key(request) != SAMPLE_KEY:
            raise HTTPException(401, "the key is missing or wrong")
        self._requests += 1
        if self._every and self._requests % self._every == 0:
            raise HTTPException(429, "too many requests", {"Retry-After": "1"})


class _RequestLog:
    """Waits for the latency, and logs each request without its key when it is answered.

    It neither logs nor delays the server's own routes (`/_requests`, `/_health`).
    """

    def __init__(self, app: ASGIApp, *, entries: list[Entry], latency: float) -> None:
        self._app = app
        self._entries = entries
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_log(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._log(scope, message["status"])
            await send(message)

        is_own = scope["path"].startswith("/_")
        await asyncio.sleep(0 if is_own else self._latency)
        await self._app(scope, receive, send if is_own else send_and_log)

    def _log(self, scope: Scope, status: int) -> None:
        query = QueryParams(scope["query_string"]).items()
        shown = {name: text for name, text in query if name != KEY and text != SAMPLE_KEY}
        self._entries.append(
            {"method": scope["method"], "path": scope["path"], "query": shown, "status": status}
        )
        del self._entries[:-MAX_ENTRIES]


def _build_listing_route(
    name: str,
    listing: Listing,
    access: _AccessControl,
    data: SampleData,
    rows_sent: Counter[str],
) -> Route:
    async def answer(request: Request) -> Response:
        access.check(request)
        rows = data.list_rows(name, listing.resource)
        if listing.placeholder:
            parent_id = request.path_params[listing.placeholder]
            rows = data.find_children(name, listing.resource, parent_id)
        if rows is None:
            raise HTTPException(404, f"no {listing.parent} with this id")
        try:
            body = listing.page(rows, request.query_params)
        except InvalidQueryError as error:
            raise HTTPException(400, str(error)) from error
        rows_sent[name] += _count_rows(body)
        return JSONResponse(body)

    path = f"/{name}{access.api.base_path.rstrip('/')}{listing.path}"
    return Route(path, answer, methods=["GET"])


def _count_rows(body: Mapping[str, Any]) -> int:
    """Count the rows of a page: items of a list, objects by their ids, or its only row."""
    held = next((value for value in body.values() if isinstance(value, list | dict)), ())
    is_row = isinstance(held, dict) and not all(isinstance(item, dict) for item in held.values())
    return 1 if is_row else len(held)


def _build_log_route(entries: list[Entry]) -> Route:
    async def answer(request: Request) -> Response:
        if request.method == "DELETE":
            entries.clear()
        return JSONResponse(entries)

    return Route("/_requests", answer, methods=["GET", "DELETE"])


async def _format_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)

"""The sample API as a Starlette app: a route for each line of `listings`, rows from `data`.

A request passes the log (`request_log`), then its API's key and rate limit, and is answered with a
page (`paging`) of the listing's rows. Errors are JSON: `{"error": "…"}`.
"""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.listings import APIS, Api, Listing
from analytics_ingest.demo.sample_api.paging import InvalidQueryError, Row
from analytics_ingest.demo.sample_api.request_log import Entry, RequestLog

SAMPLE_KEY = "sample-key"
"""The key that every API accepts."""


class _AccessControl:
    """Checks the requests of one API: its key, and a rate limit that counts requests, not time."""

    def __init__(self, api: Api, rate_limit_every: int) -> None:
        self._api = api
        # At least two, so that the retry of a rejected request is not rejected again.
        self._every = max(rate_limit_every, 2) if rate_limit_every else 0
        self._requests = 0

    def check(self, request: Request) -> None:
        """Let a request pass, or raise a 401 or a 429."""
        if self._api.read_key(request) != SAMPLE_KEY:
            raise HTTPException(401, "the key is missing or wrong")
        self._requests += 1
        if self._every and self._requests % self._every == 0:
            raise HTTPException(429, "too many requests", {"Retry-After": "1"})


class _ListingRoute:
    """Answers the requests of one listing."""

    def __init__(
        self, name: str, listing: Listing, access: _AccessControl, data: SampleData
    ) -> None:
        self._name = name
        self._listing = listing
        self._access = access
        self._data = data

    async def answer(self, request: Request) -> Response:
        self._access.check(request)
        try:
            return JSONResponse(self._listing.page(self._rows(request), request.query_params))
        except InvalidQueryError as error:
            raise HTTPException(400, str(error)) from error

    def _rows(self, request: Request) -> list[Row]:
        resource, placeholder = self._listing.resource, self._listing.placeholder
        if placeholder is None:
            return self._data.rows(self._name, resource)
        rows = self._data.children(self._name, resource, request.path_params[placeholder])
        if rows is None:
            raise HTTPException(404, f"no {self._listing.parent} with this id")
        return rows


def create_app(data: SampleData, *, latency_ms: int = 0, rate_limit_every: int = 40) -> Starlette:
    """Create the app; `app.state.requests` logs the requests that it answers.

    Args:
        latency_ms: How long to wait before each response.
        rate_limit_every: Each API answers every so many requests with a 429; 0 means never.
    """
    entries: list[Entry] = []
    routes = _service_routes(entries)
    for name, api in APIS.items():
        access = _AccessControl(api, rate_limit_every)
        routes += [_route(name, api, listing, access, data) for listing in api.listings]
    log = Middleware(RequestLog, entries=entries, secret=SAMPLE_KEY, latency_ms=latency_ms)
    app = Starlette(
        routes=routes, middleware=[log], exception_handlers={HTTPException: _format_error}
    )
    app.router.redirect_slashes = False  # only the documented paths exist
    app.state.requests = entries
    return app


def _route(
    name: str, api: Api, listing: Listing, access: _AccessControl, data: SampleData
) -> Route:
    path = f"/{name}{api.base_path.rstrip('/')}{listing.path}"
    return Route(path, _ListingRoute(name, listing, access, data).answer, methods=["GET"])


def _service_routes(entries: list[Entry]) -> list[Route]:
    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            entries.clear()
        return JSONResponse(entries)

    return [
        Route("/_health", health, methods=["GET"]),
        Route("/_requests", requests, methods=["GET", "DELETE"]),
    ]


async def _format_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)

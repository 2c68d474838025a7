"""The sample API as a Starlette app: a route for each line of `listings`, rows from `data`.

A request passes the record (`record`), its API's key and rate limit, and is answered with a page
(`paging`) of the listing's rows. Errors are JSON: `{"error": "…"}`.
"""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.listings import APIS, Api, Listing
from analytics_ingest.demo.sample_api.paging import BadQuery, Row
from analytics_ingest.demo.sample_api.record import Entry, RequestRecord

DEFAULT_KEY = "sample-key"


class _Gate:
    """What stands before the rows of one API: its key, and a 429 every so many requests."""

    def __init__(self, api: Api, key: str, rate_limit_every: int) -> None:
        self._api = api
        self._key = key
        # Below two, a request would be refused right after a refused one.
        self._every = max(rate_limit_every, 2) if rate_limit_every else 0
        self._asked = 0

    def admit(self, request: Request) -> None:
        """Raise a 401 or a 429, or return."""
        if self._api.sent_key(request) != self._key:
            raise HTTPException(401, "the key is missing or wrong")
        self._asked += 1
        if self._every and self._asked % self._every == 0:
            raise HTTPException(429, "too many requests", {"Retry-After": "1"})


class _ListingRoute:
    """Answers the requests of one listing."""

    def __init__(self, name: str, listing: Listing, gate: _Gate, data: SampleData) -> None:
        self._name = name
        self._listing = listing
        self._gate = gate
        self._data = data

    async def answer(self, request: Request) -> Response:
        self._gate.admit(request)
        try:
            return JSONResponse(self._listing.page(self._rows(request), request.query_params))
        except BadQuery as error:
            raise HTTPException(400, str(error)) from error

    def _rows(self, request: Request) -> list[Row]:
        resource, placeholder = self._listing.resource, self._listing.placeholder
        if placeholder is None:
            return self._data.rows(self._name, resource)
        rows = self._data.children(self._name, resource, request.path_params[placeholder])
        if rows is None:
            raise HTTPException(404, f"no {self._listing.parent} with this id")
        return rows


def create_app(
    data: SampleData,
    *,
    keys: Mapping[str, str] | None = None,
    latency_ms: int = 0,
    rate_limit_every: int = 40,
) -> Starlette:
    """Build the app; `app.state.requests` holds what it was asked.

    `keys` gives the accepted key of an API where it is not the default one. Every
    `rate_limit_every`-th request of an API is refused with a 429; with 0 none is.
    """
    accepted = dict.fromkeys(APIS, DEFAULT_KEY) | dict(keys or {})
    entries: list[Entry] = []
    routes = _own_routes(entries)
    for name, api in APIS.items():
        gate = _Gate(api, accepted[name], rate_limit_every)
        routes += [_route(name, api, listing, gate, data) for listing in api.listings]
    record = Middleware(
        RequestRecord, entries=entries, keys=set(accepted.values()), latency_ms=latency_ms
    )
    app = Starlette(
        routes=routes, middleware=[record], exception_handlers={HTTPException: _as_json}
    )
    app.router.redirect_slashes = False  # a path that no document names is unknown
    app.state.requests = entries
    return app


def _route(name: str, api: Api, listing: Listing, gate: _Gate, data: SampleData) -> Route:
    path = f"/{name}{api.base_path.rstrip('/')}{listing.path}"
    return Route(path, _ListingRoute(name, listing, gate, data).answer, methods=["GET"])


def _own_routes(entries: list[Entry]) -> list[Route]:
    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def asked(request: Request) -> Response:
        if request.method == "DELETE":
            entries.clear()
        return JSONResponse(entries)

    return [
        Route("/_health", health, methods=["GET"]),
        Route("/_requests", asked, methods=["GET", "DELETE"]),
    ]


async def _as_json(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)

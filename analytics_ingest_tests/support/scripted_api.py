"""An API whose answers a test writes: real sockets, one server for all tests, a base path for each.

`Hub` is the Starlette app to be served by `SampleServer`. Each `ScriptedApi` of it answers below a
path of its own, so that a late request of one test never reaches the next.
"""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analytics_ingest.demo.sample_api.server import SampleServer


@dataclass(frozen=True)
class Asked:
    """One request that the server saw."""

    method: str
    path: str
    """Below the API's base path, as it was sent: percent-encoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float = field(compare=False)
    """Seconds of a monotonic clock."""
    raw_query: str = ""
    """The query as it was sent."""

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@final
class Gate:
    """Holds answers back until it is opened; its block opens it at the latest when it ends."""

    def __init__(self) -> None:
        """Begin closed."""
        self._opened = threading.Event()

    def open(self) -> None:
        """Let all answers go, also those to come."""
        self._opened.set()

    async def pass_through(self) -> None:
        """Return when it is open."""
        await asyncio.to_thread(self._opened.wait)

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *error: object) -> None:
        self.open()


@dataclass(frozen=True)
class Reply:
    """One answer; a `body` of bytes is sent as it is, anything else as JSON."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the answer begins."""
    gate: Gate | None = None
    """What else it waits for."""


Script = Callable[[Asked], Any]
"""From a request to a `Reply`, or to what is sent as JSON with status 200."""


@final
class ScriptedApi:
    """The answers of one API, and what it was asked."""

    def __init__(self, url: str) -> None:
        """Answer below `url`; a path that nothing was written for answers 404."""
        self.url = url
        self.asked: list[Asked] = []
        self.most_at_once = 0
        """The most requests that were being answered at the same time."""
        self._being_answered = 0
        self._scripts: dict[str, Script] = {}
        self._other: Script = lambda _: Reply({"error": "no such path"}, 404)

    def on(self, path: str, script: Script) -> None:
        """Let a function answer the requests of a path."""
        self._scripts[path] = script

    def always(self, path: str, body: Any) -> None:
        """Give the same answer to every request of a path."""
        self._scripts[path] = lambda _: body

    def in_turn(self, path: str, replies: Iterable[Any]) -> None:
        """Give one answer after the other; a request too many is answered 418."""
        rest = iter(list(replies))
        self._scripts[path] = lambda _: next(rest, Reply(status=418))

    def otherwise(self, script: Script) -> None:
        """Let a function answer the requests of all paths that nothing was written for."""
        self._other = script

    def requests_of(self, path: str) -> list[Asked]:
        """The requests of one path, in order."""
        return [asked for asked in self.asked if asked.path == path]

    def sent(self, path: str, parameter: str) -> list[str | None]:
        """What each request of a path sent under a query parameter."""
        return [asked.query.get(parameter) for asked in self.requests_of(path)]

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [asked.path for asked in self.asked]

    @contextmanager
    def answering(self) -> Iterator[None]:
        """A block in which a request is being answered."""
        self._being_answered += 1
        self.most_at_once = max(self.most_at_once, self._being_answered)
        try:
            yield
        finally:
            self._being_answered -= 1

    def answer(self, asked: Asked) -> Reply:
        """Record a request and look up its answer."""
        self.asked.append(asked)
        reply = self._scripts.get(asked.path, self._other)(asked)
        return reply if isinstance(reply, Reply) else Reply(reply)


@final
class Hub:
    """The app that all scripted APIs of a server share."""

    def __init__(self) -> None:
        """Begin without any API."""
        methods = ["GET", "POST", "PUT", "DELETE"]
        self.app = Starlette(routes=[Route("/{everything:path}", self._answer, methods=methods)])
        self.url = ""
        self._apis: dict[str, ScriptedApi] = {}
        self._numbers = itertools.count(1)

    def new_api(self) -> ScriptedApi:
        """An API below a path that no other has."""
        base = f"/api{next(self._numbers)}"
        self._apis[base] = ScriptedApi(self.url + base)
        return self._apis[base]

    async def _answer(self, request: Request) -> Response:
        base, slash, rest = request.scope["raw_path"].decode()[1:].partition("/")
        asked = Asked(
            request.method,
            slash + rest,
            dict(request.query_params),
            dict(request.headers),
            await request.body(),
            time.monotonic(),
            request.url.query,
        )
        api = self._apis["/" + base]
        with api.answering():
            reply = api.answer(asked)
            await asyncio.sleep(reply.delay)
            if reply.gate:
                await reply.gate.pass_through()
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers = {"Content-Type": "application/json", **reply.headers}
        return Response(content, reply.status, headers)


@contextmanager
def serving() -> Iterator[Hub]:
    """Serve a hub on a free port."""
    hub = Hub()
    with SampleServer(hub.app) as server:
        hub.url = server.url
        yield hub

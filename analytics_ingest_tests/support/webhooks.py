"""Webhook receivers on a real socket: what arrived, in order, and whether they take it."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analytics_ingest.demo.sample_api.server import SampleServer


@dataclass(frozen=True)
class Arrived:
    """One message as a service got it."""

    title: str
    body: str
    kind: str = ""
    """Apprise's type of it."""

    @property
    def lines(self) -> dict[str, str]:
        """The lines of the body, by the text before the colon."""
        pairs = (line.partition(": ") for line in self.body.splitlines())
        return {name: value for name, _, value in pairs}


@dataclass
class Webhook:
    """One service, which accepts messages unless a test says otherwise."""

    url: str
    """As Apprise writes it."""
    arrived: list[Arrived] = field(default_factory=list)
    refuses_after: int | None = None
    """How many messages it takes before it answers `status`; None: all."""
    minds: str = ""
    """Text of messages that it never takes."""
    status: int = 503
    """What it answers to what it does not take."""
    seconds: float = 0.0
    """How long it takes to take one."""

    @property
    def titles(self) -> list[str]:
        """The titles of what arrived."""
        return [message.title for message in self.arrived]

    @property
    def only(self) -> Arrived:
        """The one message that arrived."""
        (message,) = self.arrived
        return message


@final
class Receiver:
    """The server of all webhooks."""

    def __init__(self) -> None:
        """Begin without any webhook."""
        paths = ("/{number}", "/")
        self.app = Starlette(routes=[Route(p, self._take, methods=["POST"]) for p in paths])
        self.address = ""
        self._webhooks: dict[str, Webhook] = {}
        self._numbers = itertools.count(1)

    def new(self) -> Webhook:
        """A webhook that nobody else knows."""
        number = str(next(self._numbers))
        self._webhooks[number] = Webhook(f"json://{self.address}/{number}")
        return self._webhooks[number]

    def join(self, *webhooks: Webhook) -> str:
        """The one URL of several webhooks, which are its targets: the topics of ntfy."""
        return "/".join([f"ntfy://{self.address}", *(w.url.rpartition("/")[2] for w in webhooks)])

    async def _take(self, request: Request) -> Response:
        sent = await request.json()
        webhook = self._webhooks[request.path_params.get("number") or sent["topic"]]
        if webhook.refuses_after is not None and len(webhook.arrived) >= webhook.refuses_after:
            return Response(status_code=webhook.status)
        await asyncio.sleep(webhook.seconds)
        if webhook.minds and webhook.minds in sent["title"] + sent["message"]:
            return Response(status_code=webhook.status)
        webhook.arrived.append(Arrived(sent["title"], sent["message"], sent.get("type", "")))
        return Response()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve webhooks on a free port."""
    receiver = Receiver()
    with SampleServer(receiver.app) as server:
        receiver.address = server.url.removeprefix("http://")
        yield receiver

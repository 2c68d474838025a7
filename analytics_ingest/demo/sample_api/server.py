"""Runs the sample API with uvicorn: in a thread for tests, in the foreground for a command.

`SampleServer` serves an app on a free port for the length of a `with` block and knows the base URL
of each API. `serve` makes data and app itself, and returns when the user interrupts it; `usage`
says how to load from it.
"""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from threading import Thread
from typing import Any, final

import uvicorn
from starlette.applications import Starlette

from analytics_ingest.demo.sample_api.app import SAMPLE_KEY, Entry, create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.listings import APIS

BASE_PATHS: Mapping[str, str] = {name: api.base_path for name, api in APIS.items()}
"""API → the part of its URLs between its name and a listing's path."""

LOOPBACK = "127.0.0.1"
ALL_ADDRESSES = "0.0.0.0"

_SETTINGS: Mapping[str, Any] = {
    "loop": "asyncio",
    "http": "auto",  # httptools where it is installed, which takes a third less time than h11
    "ws": "none",
    "lifespan": "off",
    "access_log": False,  # it would show the key of an API that expects it in the query
    "timeout_keep_alive": 60,  # longer than a client pauses between pages and retries
    "timeout_graceful_shutdown": 2,
}

_STARTS_WITHIN = 10  # seconds


@final
class SampleServer:
    """Serves the app in a thread on this machine, on a free port unless one is given."""

    def __init__(self, app: Starlette, port: int = 0) -> None:
        """Prepare; the port is taken on entering the `with` block."""
        self._app = app
        self._port = port
        # Without `log_config`, uvicorn leaves the loggers of the calling process alone.
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, **_SETTINGS))
        self._thread = Thread(target=self._run, name="sample-api", daemon=True)

    def __enter__(self) -> "SampleServer":
        """Take the port, and return when the server answers requests."""
        self._socket = listen(LOOPBACK, self._port)
        self._port = self._socket.getsockname()[1]
        self._thread.start()
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._server.started:
            if time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError("the sample API did not start")
            time.sleep(0.001)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and return when every socket is closed."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    @property
    def url(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://{LOOPBACK}:{self._port}"

    def build_base_url(self, api: str) -> str:
        """Build the URL to use instead of the `client.base_url` that the API declares."""
        return f"{self.url}/{api}{BASE_PATHS[api]}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables with which the declarations ask this server."""
        return build_settings(self.url)

    @property
    def requests(self) -> list[Entry]:
        """The requests since the start or the last `clear`, in the order of their responses."""
        return self._app.state.requests

    @property
    def rows_sent(self) -> int:
        """How many rows the responses since the start held."""
        return self._app.state.rows_sent.total()

    def clear(self) -> None:
        """Clear the log of requests."""
        self.requests.clear()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def listen(host: str, port: int) -> socket.socket:
    """Take a port, any that is free for 0.

    Raises:
        OSError: It cannot be taken.
    """
    listening = socket.create_server((host, port))
    # asyncio disables Nagle's algorithm only if the protocol is named; with it, each response on a
    # kept connection takes 40 ms.
    return socket.socket(
        listening.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, listening.detach()
    )


def build_settings(url: str) -> dict[str, str]:
    """Build the environment variables that make the declarations ask a sample API at an address."""
    settings: dict[str, str] = {}
    for name, api in APIS.items():
        section = f"SOURCES__{name.upper()}__"
        settings[f"{section}BASE_URL"] = f"{url}/{name}{api.base_path}"
        settings[f"{section}{api.key_setting.upper()}"] = SAMPLE_KEY
    return settings


def serve(
    listening: socket.socket, *, scale: float = 1.0, dirty: bool = False, latency_ms: int = 0
) -> None:
    """Serve rows of the last 30 days in the foreground, on a socket, until interrupted."""
    app = create_app(SampleData(datetime.now(timezone.utc), scale, dirty), latency_ms=latency_ms)
    config = uvicorn.Config(app, log_level="warning", **_SETTINGS)
    with listening, suppress(KeyboardInterrupt):  # uvicorn raises it again once it has stopped
        uvicorn.Server(config).run([listening])


def format_usage(listening: socket.socket) -> str:
    """Return where each API is, and the commands that make the declarations ask this server."""
    host, port = listening.getsockname()[:2]
    url = f"http://{LOOPBACK if host == ALL_ADDRESSES else host}:{port}"
    width = max(map(len, APIS))
    places = [f"  {name:{width}}  {url}/{name}{api.base_path}" for name, api in APIS.items()]
    exports = [f"  export {name}={value}" for name, value in build_settings(url).items()]
    return "\n".join(
        [
            f"The sample API serves five APIs; the key of each is {SAMPLE_KEY}. Ctrl-C ends it.",
            "",
            *places,
            "",
            "To load from it, paste into another terminal, before `make dev` or a command there:",
            "",
            *exports,
        ]
    )

"""A running sample API with clean rows, and a client that authenticates as each document says."""

from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import pytest
import requests

from analytics_ingest.demo.sample_api.app import create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import SampleServer

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=timezone.utc)

Get = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def data() -> SampleData:
    return SampleData(NOW)


@pytest.fixture(scope="session")
def running(data: SampleData) -> Iterator[SampleServer]:
    with SampleServer(create_app(data, rate_limit_every=0)) as server:
        yield server


@pytest.fixture
def server(running: SampleServer) -> SampleServer:
    running.clear()
    return running


@pytest.fixture
def get(server: SampleServer) -> Iterator[Get]:
    """`get(api, path, **query)`, with the key where the API looks for it."""
    with requests.Session() as session:

        def ask(api: str, path: str, **query: str | int) -> requests.Response:
            headers = {"api_key": "sample-key"}
            if api == "commerce":
                headers, query = {}, {**query, "api_key": "sample-key"}
            if api == "content_library":
                headers = {"Authorization": "Bearer sample-key"}
            url = server.build_base_url(api).rstrip("/") + path
            return session.get(url, params=query, headers=headers, timeout=10)

        yield ask

"""What all tests share: a project folder of their own, and APIs on real sockets.

`conftest.py` loads this plugin in the processes that run tests.
"""

import signal
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from analytics_ingest.common.project import FOLDER_SETTING
from analytics_ingest.demo.sample_api.app import SAMPLE_KEY, create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import BASE_PATHS, SampleServer
from analytics_ingest_tests.support.canary_key import KEY
from analytics_ingest_tests.support.projects import Sample
from analytics_ingest_tests.support.remembered_types import remember_types
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi, serving

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


def pytest_configure() -> None:
    """Let dlt remember types, and let Ctrl-C end commands.

    A shell lets what it starts in the background, and all that this starts, ignore Ctrl-C.
    """
    remember_types()
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder as the working directory: warehouse and Dagster home are in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(FOLDER_SETTING, ".")
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return tmp_path


@pytest.fixture(scope="session")
def clean_sample() -> Iterator[Sample]:
    """The sample API with clean rows, never limiting the rate."""
    yield from _serve(dirty=False)


@pytest.fixture(scope="session")
def dirty_sample() -> Iterator[Sample]:
    """The sample API with rows as bad as real ones."""
    yield from _serve(dirty=True)


@pytest.fixture
def sample(clean_sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """The clean sample API, with the settings of all five APIs pointing to it."""
    clean_sample.server.clear()
    configure(clean_sample, monkeypatch)
    return clean_sample


@pytest.fixture(scope="session")
def hub() -> Iterator[Hub]:
    """A server of APIs that tests script."""
    with serving() as hub:
        yield hub


@pytest.fixture
def api(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    """The API `demo`, to be scripted by the test."""
    scripted = hub.new_api()
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", scripted.url)
    return scripted


@pytest.fixture(scope="session")
def other_hub() -> Iterator[Hub]:
    """A server on another port: another origin."""
    with serving() as hub:
        yield hub


@pytest.fixture
def elsewhere(other_hub: Hub) -> ScriptedApi:
    """An API of another origin."""
    return other_hub.new_api()


@pytest.fixture
def canary_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of the API `demo`, whatever its auth calls it."""
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", KEY)
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", KEY)


def configure(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the settings of all five APIs to a sample API."""
    for api in BASE_PATHS:
        section = f"SOURCES__{api.upper()}__"
        key = "API_TOKEN" if api == "content_library" else "API_KEY"
        monkeypatch.setenv(f"{section}BASE_URL", sample.server.build_base_url(api))
        monkeypatch.setenv(f"{section}{key}", SAMPLE_KEY)


def _serve(*, dirty: bool) -> Iterator[Sample]:
    data = SampleData(now=NOW, dirty=dirty)
    with SampleServer(create_app(data, rate_limit_every=0)) as server:
        yield Sample(data, server)

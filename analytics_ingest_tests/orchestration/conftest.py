"""Webhooks, and a real Dagster instance for each test."""

import warnings
from collections.abc import Iterator

import apprise
import dagster as dg
import pytest
import yaml

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.deployments import NOON, at
from analytics_ingest_tests.support.webhooks import Receiver, Webhook, receiving
from analytics_ingest_tests.support.yaml_text import read_yaml


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    with warnings.catch_warnings():
        # Before Python 3.13 Apprise imports a module for mail that is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise().add("json://127.0.0.1")
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """Dagster's storage with the project's event log."""
    home = tmp_path_factory.mktemp("dagster_home")
    shipped = read_yaml((ROOT / "dagster.yaml").read_text())
    settings = {key: shipped[key] for key in ("event_log_storage", "telemetry")}
    (home / "dagster.yaml").write_text(yaml.safe_dump(settings))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@pytest.fixture
def instance(storage: dg.DagsterInstance) -> Iterator[dg.DagsterInstance]:
    """A real instance with its storage on disk, empty for each test: ticks open it again."""
    yield storage
    storage.wipe()


@pytest.fixture(scope="session")
def storage_in_memory() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def quick_instance(storage_in_memory: dg.DagsterInstance) -> Iterator[dg.DagsterInstance]:
    """A real instance that keeps its storage in memory, empty for each test: much faster."""
    yield storage_in_memory
    storage_in_memory.wipe()


@pytest.fixture
def noon() -> Iterator[None]:
    """Let the test take place at noon of January 10th, 2026."""
    with at(NOON):
        yield


@pytest.fixture
def webhook(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    """A service, and the setting that names it."""
    service = receiver.new()
    monkeypatch.setenv("ANALYTICS_INGEST_NOTIFY_URLS", service.url)
    return service

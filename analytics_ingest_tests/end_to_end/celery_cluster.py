"""Celery workers over Redis, with Dagster's storage and the warehouse in PostgreSQL.

They execute runs and steps of small APIs that a test scripts.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import psycopg2
import pytest

from analytics_ingest.orchestration.celery_settings import URL_SETTING
from analytics_ingest_tests.end_to_end.helpdesk import DECLARATION
from analytics_ingest_tests.support.checkout import ROOT, Checkout
from analytics_ingest_tests.support.commands import Running, running
from analytics_ingest_tests.support.postgres import postgres_server
from analytics_ingest_tests.support.projects import APIS
from analytics_ingest_tests.support.redis_server import redis_server
from analytics_ingest_tests.support.scripted_api import ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for

NAMES = ("helpdesk", "hotline", "mailbox")
"""The APIs; each is a step of a run that loads all."""

LAUNCHER = {
    "module: analytics_ingest.orchestration.launcher": (
        "module: analytics_ingest.orchestration.celery_launcher"
    ),
    "class: WarmRunLauncher": "class: CeleryLauncher",
    "poll_interval_seconds: 30": "poll_interval_seconds: 1",
}
"""What a user changes in dagster.yaml; and the run monitor looks more often."""

WORKER = ("celery", "-A", "analytics_ingest.orchestration.celery_worker", "worker")
WORKERS = 2
SECONDS = 120
"""For each step of a test; a machine with nothing else to do needs a fifth of it."""


@dataclass(frozen=True)
class Cluster:
    """Two workers, what a run needs to use them, and the APIs that it asks."""

    checkout: Checkout
    settings: Mapping[str, str]
    apis: Mapping[str, ScriptedApi]
    warehouse: str
    opened: ExitStack
    workers: dict[str, Running] = field(default_factory=dict)
    """All that were started, by name; also those that were killed since."""

    def start_workers(self) -> None:
        """Start as many as are missing, and return when all wait for work."""
        while sum(worker.process.poll() is None for worker in self.workers.values()) < WORKERS:
            name = f"worker{len(self.workers)}"
            options = ("-Q", "dagster", "-c", "1", "-n", f"{name}@%h", "-l", "INFO")
            started = running(self.checkout, *WORKER, *options, settings=self.settings)
            self.workers[name] = self.opened.enter_context(started)
        wait_for(self._is_ready, "the workers", seconds=SECONDS, tell=self.output)

    def ids(self, api: str = NAMES[0]) -> list[int]:
        """What is in the table of an API."""
        with closing(psycopg2.connect(self.warehouse)) as connection:
            cursor = connection.cursor()
            cursor.execute(f"select id from {api}.tickets")
            return sorted(number for (number,) in cursor.fetchall())

    def instance(self) -> dg.DagsterInstance:
        """Dagster's history."""
        return dg.DagsterInstance.from_config(str(self.checkout.root))

    def output(self) -> str:
        """What the workers have printed."""
        return "\n".join(worker.output for worker in self.workers.values())

    def _is_ready(self) -> bool:
        return all(" ready." in worker.output for worker in self.workers.values())


@contextmanager
def celery_cluster(folder: Path) -> Iterator[Cluster]:
    """Start the servers and the workers."""
    checkout = _checkout(folder)
    with ExitStack() as opened:
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        hub = opened.enter_context(serving())
        apis = {name: hub.new_api() for name in NAMES}
        server = opened.enter_context(postgres_server())
        warehouse = server.create_database()
        settings = {
            "DAGSTER_POSTGRES_URL": server.create_database().replace("://", "+psycopg2://"),
            "DESTINATION__WAREHOUSE__DESTINATION_TYPE": "postgres",
            "DESTINATION__WAREHOUSE__CREDENTIALS": warehouse,
            "DAGSTER_HOME": str(checkout.root),
            URL_SETTING: opened.enter_context(redis_server(folder)),
            **{f"SOURCES__{name.upper()}__BASE_URL": api.url for name, api in apis.items()},
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        cluster = Cluster(checkout, settings, apis, warehouse, opened)
        # Processes that create the tables of Dagster's storage at once get in each other's way.
        cluster.instance().dispose()
        cluster.start_workers()
        yield cluster


def _checkout(folder: Path) -> Checkout:
    checkout = Checkout.create(folder)
    for api in APIS:
        shutil.rmtree(checkout.folder(api))
    for api in NAMES:
        checkout.declare(api, DECLARATION)
    text = (ROOT / "deploy" / "dagster-postgres.yaml").read_text()
    for old, new in LAUNCHER.items():
        assert old in text
        text = text.replace(old, new)
    (checkout.root / "dagster.yaml").write_text(text)
    return checkout

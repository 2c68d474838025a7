"""A run whose steps Celery workers do, over Redis, with Dagster's storage and the warehouse in
PostgreSQL: it is spread over the workers, and goes on without one that is killed.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg2
import pytest
import redis

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.demo.sample_api.app import SAMPLE_KEY
from analytics_ingest.demo.sample_api.server import BASE_PATHS
from analytics_ingest.orchestration.celery_settings import URL_SETTING
from analytics_ingest_tests.support.checkout import ROOT, Checkout
from analytics_ingest_tests.support.commands import Running, materializing, running
from analytics_ingest_tests.support.postgres import postgres_server
from analytics_ingest_tests.support.projects import APIS, Sample, shipped
from analytics_ingest_tests.support.redis_server import redis_server
from analytics_ingest_tests.support.waiting import wait_for

DAY = "2026-11-20"
LONGEST = "project_tracking"
"""The step that takes longest."""

WORKER = ("celery", "-A", "analytics_ingest.orchestration.celery_worker", "worker")

SECONDS = 120
"""For each step of the test; a machine with nothing else to do needs a fifth of it."""


@dataclass(frozen=True)
class Cluster:
    """Two workers, and what a run needs to use them."""

    checkout: Checkout
    settings: Mapping[str, str]
    workers: Mapping[str, Running]
    warehouse: str

    def is_ready(self) -> bool:
        """Whether all workers wait for steps."""
        return all(" ready." in worker.output for worker in self.workers.values())

    def output(self) -> str:
        """What the workers have printed."""
        return "\n".join(worker.output for worker in self.workers.values())


@pytest.fixture
def cluster(
    tmp_path: Path, clean_sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cluster]:
    checkout = Checkout.create(tmp_path)
    shutil.copy(ROOT / "deploy" / "dagster-postgres.yaml", checkout.root / "dagster.yaml")
    with ExitStack() as opened:
        server = opened.enter_context(postgres_server())
        warehouse = server.create_database()
        settings = {
            "DAGSTER_POSTGRES_URL": server.create_database().replace("://", "+psycopg2://"),
            "DESTINATION__WAREHOUSE__DESTINATION_TYPE": "postgres",
            "DESTINATION__WAREHOUSE__CREDENTIALS": warehouse,
            "ANALYTICS_INGEST_EXECUTOR": "celery",
            URL_SETTING: opened.enter_context(redis_server(tmp_path)),
            **_addresses(clean_sample),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        # Processes that create the tables of Dagster's storage at once get in each other's way.
        dg.DagsterInstance.from_config(str(checkout.root)).dispose()
        workers = {
            name: opened.enter_context(_worker(checkout, name, settings)) for name in ("one", "two")
        }
        cluster = Cluster(checkout, settings, workers, warehouse)
        wait_for(cluster.is_ready, "the workers", seconds=SECONDS, tell=cluster.output)
        yield cluster


@pytest.mark.timeout(480)
def test_a_run_is_spread_over_workers_and_goes_on_without_one_that_is_killed(
    cluster: Cluster, clean_sample: Sample
) -> None:
    partition = ("--partition", DAY)
    instance = dg.DagsterInstance.from_config(str(cluster.checkout.root))
    with materializing(cluster.checkout, "*", *partition, settings=cluster.settings) as run:
        killed = wait_for(
            lambda: _under_way(instance).get(LONGEST),
            f"both workers to be at work, one of them on {LONGEST}",
            seconds=SECONDS,
            tell=lambda: run.output + cluster.output(),
        )
        cluster.workers[killed].kill()
        interrupted = _under_way(instance)
        signs: defaultdict[bytes, set[float]] = defaultdict(set)
        with closing(redis.Redis.from_url(cluster.settings[URL_SETTING])) as broker:

            def has_ended() -> bool:
                for task, at in broker.zscan_iter("unacked_index"):
                    signs[task].add(at)
                return run.process.poll() is not None

            wait_for(has_ended, "the run to end", seconds=SECONDS, tell=cluster.output)
        assert run.process.returncode == 0, run.output + cluster.output()
    (other,) = set(cluster.workers) - {killed}
    done = _workers_of_steps(instance)
    assert done[LONGEST] == [killed, other]
    for step, worker in interrupted.items():
        assert done[step] == ([killed, other] if worker == killed else [other])
    # A step that takes longer than the silence of a dead worker is not given to a second one.
    assert max(len(times) for times in signs.values()) > 1
    for api in APIS:
        for name in shipped(api).resources:
            assert _ids(cluster.warehouse, api, name) == _served(clean_sample, api, name)


def _addresses(sample: Sample) -> dict[str, str]:
    settings = {}
    for api in BASE_PATHS:
        section = f"SOURCES__{api.upper()}__"
        settings[f"{section}BASE_URL"] = sample.server.base_url(api)
        settings[f"{section}API_KEY"] = settings[f"{section}API_TOKEN"] = SAMPLE_KEY
    return settings


def _worker(
    checkout: Checkout, name: str, settings: Mapping[str, str]
) -> AbstractContextManager[Running]:
    options = ("-Q", "dagster", "-c", "2", "-n", f"{name}@%h", "-l", "INFO")
    home = {"DAGSTER_HOME": str(checkout.root)}
    return running(checkout, *WORKER, *options, settings={**settings, **home})


def _events(instance: dg.DagsterInstance) -> list[dg.DagsterEvent]:
    runs = instance.get_runs()
    logged = instance.all_logs(runs[0].run_id) if runs else []
    return [entry.dagster_event for entry in logged if entry.dagster_event]


def _workers_of_steps(instance: dg.DagsterInstance) -> dict[str, list[str]]:
    """The workers that each step was given to, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in _events(instance):
        worker = event.is_engine_event and event.engine_event_data.metadata.get("Celery worker")
        if worker and event.step_key:
            found[event.step_key].append(str(worker.value).partition("@")[0])
    return found


def _under_way(instance: dg.DagsterInstance) -> dict[str, str]:
    """The steps that have begun and not ended, and their workers; empty until both have some."""
    events = _events(instance)
    begun = {event.step_key for event in events if event.is_step_start}
    ended = {e.step_key for e in events if e.is_step_success or e.is_step_failure}
    workers = {
        step: given[-1]
        for step, given in _workers_of_steps(instance).items()
        if step in begun - ended
    }
    return workers if len(set(workers.values())) > 1 else {}


def _ids(warehouse: str, api: str, resource: str) -> list[Any]:
    with closing(psycopg2.connect(warehouse)) as connection, connection.cursor() as cursor:
        cursor.execute(f"select id from {api}.{resource}")
        return sorted(row[0] for row in cursor.fetchall())


def _served(sample: Sample, api: str, resource: str) -> list[Any]:
    """The keys of the rows that belong to the day."""
    rows = sample.data.rows(api, resource)
    if shipped(api).resources[resource].incremental:
        rows = [row for row in rows if _day(row["updated_at"]) == DAY]
    return sorted(row["id"] for row in rows)


def _day(cursor: Any) -> str:
    moment = read_iso8601(cursor)
    return moment.date().isoformat() if moment else ""

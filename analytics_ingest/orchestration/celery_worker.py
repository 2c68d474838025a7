"""The Celery worker, which takes runs and steps from Redis and executes them.

    celery -A analytics_ingest.orchestration.celery_worker worker -Q dagster

Redis redelivers a task that its worker does not acknowledge in time. A task may take longer than
that, so each worker sends heartbeats that renew the time of its tasks.
"""

import time
from typing import Any

from celery import Celery, bootsteps
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from analytics_ingest.orchestration.celery_launcher import create_run_task
from analytics_ingest.orchestration.celery_settings import HEARTBEAT_INTERVAL, build_app_arguments


class Heartbeat(bootsteps.StartStopStep):
    """Renews the time of the worker's unacknowledged tasks, while it is connected."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, parent: Any) -> None:
        """Start the heartbeat in the worker's main process; tasks run in others."""
        self._timer = parent.timer.call_repeatedly(HEARTBEAT_INTERVAL, _renew_tasks, (parent,))

    def stop(self, parent: Any) -> None:
        """Stop the heartbeat when the connection ends."""
        if self._timer:
            self._timer.cancel()


def _renew_tasks(consumer: Any) -> None:
    channel = consumer.task_consumer.channel
    unacknowledged = dict.fromkeys(list(channel.qos._delivered), time.time())
    if unacknowledged:
        with channel.conn_or_acquire() as redis:
            # `xx` renews existing entries only: a task acknowledged meanwhile must not come back.
            redis.zadd(channel.unacked_index_key, unacknowledged, xx=True)


def build_app() -> Celery:
    """Build the worker's app."""
    app = make_app(build_app_arguments())
    create_task(app)
    create_run_task(app)
    app.steps["consumer"].add(Heartbeat)  # pyright: ignore[reportOptionalSubscript] - it is set by now
    return app


app = build_app()

"""The Celery worker, which runs steps that runs put into Redis.

    celery -A analytics_ingest.orchestration.celery_worker worker -Q dagster

Redis gives a step to another worker when the first has not acknowledged it in time, which says
nothing about steps that take longer. So each worker renews the time of those that it works on: one
that is silent is dead.
"""

import time
from typing import Any

from celery import Celery, bootsteps
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from analytics_ingest.orchestration.celery_settings import SECONDS_BETWEEN_SIGNS, app_arguments


class SignsOfLife(bootsteps.StartStopStep):
    """Renews the time of the worker's unacknowledged tasks, while it is connected."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, parent: Any) -> None:
        """Begin, in the worker's main process: its tasks run in others."""
        self._timer = parent.timer.call_repeatedly(SECONDS_BETWEEN_SIGNS, _renew, (parent,))

    def stop(self, parent: Any) -> None:
        """End, with the connection."""
        if self._timer:
            self._timer.cancel()


def _renew(consumer: Any) -> None:
    channel = consumer.task_consumer.channel
    unacknowledged = dict.fromkeys(list(channel.qos._delivered), time.time())
    if unacknowledged:
        with channel.conn_or_acquire() as redis:
            # Only those that are there still: what was acknowledged meanwhile must not come back.
            redis.zadd(channel.unacked_index_key, unacknowledged, xx=True)


def build_app() -> Celery:
    """The worker's app."""
    app = make_app(app_arguments())
    create_task(app)
    app.steps["consumer"].add(SignsOfLife)  # pyright: ignore[reportOptionalSubscript] - set by then
    return app


app = build_app()

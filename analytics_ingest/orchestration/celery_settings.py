"""The Celery settings that runs and workers share: both use one Redis server, named by a setting.

A worker acknowledges a task when its step has ended. If it dies before, Redis delivers the step to
another worker.
"""

import os
from typing import Any

URL_SETTING = "ANALYTICS_INGEST_CELERY_URL"

VISIBILITY_TIMEOUT = 20
"""Seconds without a heartbeat after which a worker is dead, and its steps are redelivered."""

HEARTBEAT_INTERVAL = 4
"""Seconds between the heartbeats of a worker, and between its searches for steps to redeliver."""

CELERY: dict[str, Any] = {
    "task_acks_late": True,
    # After a lost connection Redis redelivers the task, so it must not continue here as well.
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "unacked_restore_interval": HEARTBEAT_INTERVAL,
        "unacked_restore_throttle": 1,
    },
}
"""Celery's settings, by their own names."""


def build_executor_config() -> dict[str, Any]:
    """Build the configuration of Dagster's executor, which reads the address when a run starts."""
    _read_url()
    url = {"env": URL_SETTING}
    return {"broker": url, "backend": url, "config_source": CELERY}


def build_app_arguments() -> dict[str, Any]:
    """Build the arguments of a worker's Celery app, with the same settings."""
    url = _read_url()
    return {"broker": url, "backend": url, "config_source": CELERY}


def _read_url() -> str:
    url = os.environ.get(URL_SETTING, "")
    if not url.startswith(("redis://", "rediss://")):
        raise ValueError(
            f"{URL_SETTING} is {'not a redis:// address' if url else 'not set'}; set it to the "
            "Redis server of all runs and workers, e.g. redis://localhost:6379/0"
        )
    return url

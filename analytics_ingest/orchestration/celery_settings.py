"""How runs and Celery workers talk to each other: through one Redis server, named by a setting.

Both sides take their settings from here, for they must agree. A task is acknowledged when its step
has ended, so a step whose worker died is given to another one.
"""

import os
from typing import Any

URL_SETTING = "ANALYTICS_INGEST_CELERY_URL"

SECONDS_TO_NOTICE = 20
"""A worker that has not been heard of for so long is dead: its steps are given to others."""

SECONDS_BETWEEN_SIGNS = 4
"""How often a worker says that it is there, and looks for steps of dead ones."""

CELERY: dict[str, Any] = {
    "task_acks_late": True,
    # What cannot be acknowledged any more is given to another worker; it must not go on here.
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "worker_prefetch_multiplier": 1,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": SECONDS_TO_NOTICE,
        "unacked_restore_interval": SECONDS_BETWEEN_SIGNS,
        "unacked_restore_throttle": 1,
    },
}
"""Settings of Celery, by its own names."""


def executor_config() -> dict[str, Any]:
    """The configuration of Dagster's executor; the address is read when a run starts."""
    _url()
    url = {"env": URL_SETTING}
    return {"broker": url, "backend": url, "config_source": CELERY}


def app_arguments() -> dict[str, Any]:
    """The same for a worker, as arguments of a Celery app."""
    return {"broker": _url(), "backend": _url(), "config_source": CELERY}


def _url() -> str:
    url = os.environ.get(URL_SETTING, "")
    if not url.startswith(("redis://", "rediss://")):
        raise ValueError(
            f"{URL_SETTING} is {'not a redis:// address' if url else 'not set'}; set it to the "
            "Redis server of all runs and workers, e.g. redis://localhost:6379/0"
        )
    return url

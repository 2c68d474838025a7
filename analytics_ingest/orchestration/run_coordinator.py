"""Dagster's run queue, read twice a second: `run_coordinator` in dagster.yaml.

Dagster takes whole seconds for the interval, and its daemon waits half a second at a time.
"""

from dagster._core.run_coordinator import QueuedRunCoordinator

_INTERVAL = 0.5
"""Seconds: the shortest interval of Dagster's daemon."""


class PromptRunCoordinator(QueuedRunCoordinator):
    """A queue whose runs wait a quarter of a second on average, where no limit holds them back."""

    @property
    def dequeue_interval_seconds(self) -> float:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _INTERVAL

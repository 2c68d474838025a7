"""Sensors as Dagster's daemon ticks them: a tick that fails keeps the cursor of the one before."""

from dataclasses import dataclass

import dagster as dg

from analytics_ingest_tests.support.deployments import Deployment


@dataclass
class Watch:
    """One sensor of a deployment, from tick to tick."""

    deployment: Deployment
    sensor: str
    cursor: str | None = None
    started: float | None = None
    """When the sensor was switched on, where Dagster knows it."""

    def tick(self) -> str:
        """Evaluate the sensor; what it says."""
        repository = self.deployment.definitions.get_repository_def()
        with dg.build_sensor_context(
            instance=self.deployment.instance,
            cursor=self.cursor,
            repository_def=repository,
            last_sensor_start_time=self.started,
        ) as context:
            data = repository.get_sensor_def(self.sensor).evaluate_tick(context)
        self.cursor = data.cursor
        return data.skip_message or ""

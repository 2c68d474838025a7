"""Dagster's instance whose runs can be run again: `instance_class` in dagster.yaml.

Dagster records no code location with a run of `dagster asset materialize`, `dg launch` or Python.
Its UI then leaves the run out of the timeline, and fails to execute it again. Dagster's daemon
also misses a failed run if it reads the event of the failure too early.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.instance.ref import InstanceRef
from dagster._core.origin import JobPythonOrigin
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage.tags import MAX_RETRIES_TAG
from dagster._core.utils import make_new_run_id
from dagster._serdes import ConfigurableClassData
from dagster._time import datetime_from_timestamp

from analytics_ingest.common.collector import collect_rarely
from analytics_ingest.orchestration.code_servers import let_interrupts_end_code_servers
from analytics_ingest.orchestration.command_process import name_own_process

_REPOSITORY = "__repository__"
"""What Dagster calls the definitions of a code location."""

_ENDS = (dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_SUCCESS)


class ReexecutableInstance(dg.DagsterInstance):
    """Records a code location with each run, and its end before the event of it.

    Args:
        code_location: Its name in the UI; without it the module that a command was given.
    """

    def __init__(self, *args: Any, code_location: str | None = None, **kwargs: Any) -> None:
        self._code_location = code_location
        super().__init__(*args, **kwargs)

    @classmethod
    def config_schema(cls) -> Mapping[str, dg.Field]:
        """Return the settings of this class, in addition to Dagster's."""
        return {"code_location": dg.Field(dg.StringSource, is_required=False)}

    @staticmethod
    def config_defaults(base_dir: str) -> Mapping[str, ConfigurableClassData | None]:
        """Return Dagster's own parts of an instance; called before it imports them."""
        collect_rarely()
        let_interrupts_end_code_servers()
        return InstanceRef.config_defaults(base_dir)

    def create_run_for_job(
        self,
        job_def: dg.JobDefinition,
        *args: Any,
        run_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        remote_job_origin: RemoteJobOrigin | None = None,
        job_code_origin: JobPythonOrigin | None = None,
        **kwargs: Any,
    ) -> dg.DagsterRun:
        """Create a run of this process, which a tag names."""
        run_id = run_id or make_new_run_id()
        tags = {**(tags or {}), **name_own_process(run_id)}
        location = self._code_location or _find_module(job_code_origin)
        if location and remote_job_origin is None:
            registered = RegisteredCodeLocationOrigin(location)
            repository = RemoteRepositoryOrigin(registered, _REPOSITORY)
            remote_job_origin = RemoteJobOrigin(repository, job_def.name)
            # The daemon would else restart a run that Ctrl-C has ended.
            tags = {MAX_RETRIES_TAG: "0", **tags}
        return super().create_run_for_job(
            job_def,
            *args,
            run_id=run_id,
            tags=tags,
            remote_job_origin=remote_job_origin,
            job_code_origin=job_code_origin,
            **kwargs,
        )

    def handle_new_event(self, event: dg.EventLogEntry, **kwargs: Any) -> None:
        """Store an event of a run; a run has ended before the event of its end can be read.

        Dagster's order is the other way round. Its daemon and sensors read an event once: a failed
        run that still seemed to be under way would never be retried.
        """
        end = event.dagster_event
        if end and end.event_type in _ENDS:
            self.run_storage.handle_run_event(
                event.run_id, end, datetime_from_timestamp(event.timestamp)
            )
        super().handle_new_event(event, **kwargs)


def _find_module(origin: JobPythonOrigin | None) -> str | None:
    pointer = origin.repository_origin.code_pointer if origin else None
    return pointer.module if isinstance(pointer, ModuleCodePointer) else None

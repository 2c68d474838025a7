"""The materializations of a run over partitions: one event for each asset and partition.

Dagster would record all partitions of an asset when its output is yielded, also those that a part
of the run has recorded before, and log a line for each: a minute for years of days. Here each is
recorded once, in batches, as Dagster would record it; the output then records nothing.
"""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._core.definitions.assets.definition.asset_spec import AssetExecutionType
from dagster._core.definitions.metadata import normalize_metadata
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.events import DagsterEventBatchMetadata, StepMaterializationData
from dagster._core.execution.context.system import StepExecutionContext
from dagster._core.execution.plan.execute_step import _get_output_asset_events
from dagster._utils.interrupts import capture_interrupts, check_captured_interrupt

_UNRECORDED = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""Dagster records no materialization of an output with this metadata."""

_Metadata = Mapping[str, Any]


def build_unrecorded_output(assets: dg.AssetsDefinition, asset: dg.AssetKey) -> dg.Output[None]:
    """Build an asset's output, of which Dagster records no materialization."""
    name = assets.get_output_name_for_asset_key(asset)
    return dg.Output(None, name, metadata=_UNRECORDED)


@dataclass(frozen=True)
class PartitionRecorder:
    """Records the materializations of a step's partitions."""

    context: dg.AssetExecutionContext
    _tags: dict[dg.AssetKey, Mapping[str, str]] = field(default_factory=dict)
    _recorded: dict[dg.AssetKey, dict[str, _Metadata]] = field(default_factory=dict)

    def record(self, asset: dg.AssetKey, metadata: Mapping[str, _Metadata]) -> None:
        """Record the partitions of an asset that this step has not recorded, or otherwise.

        Args:
            metadata: That of each partition, in order.
        """
        recorded = self._recorded.setdefault(asset, {})
        changed = {key: facts for key, facts in metadata.items() if recorded.get(key) != facts}
        if not changed:
            return
        recorded.update(changed)
        if asset not in self._tags:
            self._tags[asset] = self._find_tags(asset, next(iter(metadata)))
        # Dagster interrupts code of its users anywhere, also between two rows of a transaction.
        with capture_interrupts():
            self._store(asset, changed)
            is_interrupted = check_captured_interrupt()
        if is_interrupted:
            raise DagsterExecutionInterruptedError

    def _store(self, asset: dg.AssetKey, metadata: Mapping[str, _Metadata]) -> None:
        whole = dg.AssetMaterialization(asset, tags={**self._tags[asset]})
        entry, batch = _build_entry(self.context.get_step_execution_context(), whole), str(uuid4())
        for number, (key, facts) in enumerate(metadata.items(), 1):
            one = whole._replace(partition=key, metadata=normalize_metadata(facts))
            event = entry.get_dagster_event()._replace(
                event_specific_data=StepMaterializationData(one)
            )
            self.context.instance.handle_new_event(
                entry._replace(dagster_event=event, timestamp=time.time()),
                batch_metadata=DagsterEventBatchMetadata(batch, number == len(metadata)),
            )
            # A run in this process returns its events, those of `log_event` included.
            self.context.op_execution_context._events.append(event)

    def _find_tags(self, asset: dg.AssetKey, partition: str) -> Mapping[str, str]:
        """Find the tags that Dagster gives to an asset's materializations, such as its version."""
        step = self.context.get_step_execution_context()
        name = self.context.assets_def.get_output_name_for_asset_key(asset)
        definition, kind = step.op_def.output_def_named(name), AssetExecutionType.MATERIALIZATION
        (event,) = _get_output_asset_events(
            asset, [partition], dg.Output(None, name), definition, {}, step, kind
        )
        return event.tags or {}


def _build_entry(
    step: StepExecutionContext, materialization: dg.AssetMaterialization
) -> dg.EventLogEntry:
    """Build the entry of a materialization in the event log, as Dagster builds it."""
    event = dg.DagsterEvent(
        event_type_value=dg.DagsterEventType.ASSET_MATERIALIZATION.value,
        job_name=step.job_name,
        step_handle=step.step.handle,
        node_handle=step.step.node_handle,
        step_kind_value=step.step.kind.value,
        logging_tags=step.event_tags,
        event_specific_data=StepMaterializationData(materialization),
        message=f"Materialized value {materialization.label}.",
        pid=os.getpid(),
    )
    return dg.EventLogEntry(
        error_info=None,
        level=logging.DEBUG,
        user_message=event.message or "",
        run_id=step.run_id,
        timestamp=time.time(),
        step_key=step.step.key,
        job_name=step.job_name,
        dagster_event=event,
    )

"""What a load does between the steps of its pipeline: deletes, warnings, profiles, the ledger."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.processing.masking import warn_of_absent_fields
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.second_reading import read_again
from analytics_ingest.load.warehouse.comparisons.emptied_listings import warn_of_emptied_listings
from analytics_ingest.load.warehouse.comparisons.emptied_snapshots import find_emptied_snapshots
from analytics_ingest.load.warehouse.comparisons.masked_keys import find_rehashed
from analytics_ingest.load.warehouse.comparisons.row_identity import find_identity_changes
from analytics_ingest.load.warehouse.comparisons.unread_listings import warn_of_unread_listings
from analytics_ingest.load.warehouse.deletes.deletes import FirstReading, apply_deletes
from analytics_ingest.load.warehouse.ledger.recorded_windows import add_recorded_windows
from analytics_ingest.load.warehouse.ledger.run_ledger import RunLedger
from analytics_ingest.load.warehouse.ledger.stored_parts import (
    count_parts,
    record_parts,
    resume_parts,
)
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.pipeline_hooks import PipelineHooks
from analytics_ingest.load.warehouse.profiles.profiler import profile_tables
from analytics_ingest.load.warehouse.profiles.row_counts import count_tables
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.load.warehouse.tables.histories import keep_absent_rows
from analytics_ingest.load.warehouse.tables.schema_contract import warn_of_discarded


@dataclass
class LoadHooks(PipelineHooks[WarehousePipeline]):
    """The hooks of one load.

    Args:
        check_at: The moment of the checks, for which rows are profiled; None without checks.
        profiles: Filled with the profile of each resource's loaded rows.
        stop_progress: Called at the end.
    """

    extractor: Extractor
    ledger: RunLedger
    check_at: datetime | None
    profiles: dict[str, TableProfile]
    stop_progress: Callable[[], None]
    _first: Mapping[str, FirstReading] = field(default_factory=dict)
    """The resources that are read again."""

    def before_extract(self, pipeline: WarehousePipeline) -> None:
        changes = find_identity_changes(pipeline, self.resources)
        pipeline.earlier_keys = {**pipeline.earlier_keys, **changes.warnings}
        rehashed = find_rehashed(pipeline, self.resources, self.extractor.templates)
        for name, error in {**changes.errors, **rehashed}.items():
            self.fail(name, error)
        resume_parts(pipeline, self.resources, self.extractor)

    def fail_unsafe_resources(self, pipeline: WarehousePipeline) -> Collection[str]:
        extractor, resources = self.extractor, self.resources
        for name, error in find_emptied_snapshots(pipeline, resources, extractor.stats).items():
            extractor.fail(name, error)
        keep_absent_rows(pipeline, resources, extractor)
        loaded = [r for r in resources if r.name not in extractor.failures]
        warn_of_emptied_listings(pipeline, loaded, extractor.stats)
        warn_of_unread_listings(pipeline, loaded, extractor)
        return extractor.failures.keys()

    def fail(self, name: str, error: LoadError) -> None:
        # Its children are read, and stay.
        self.extractor.failures[name] = error
        self.ledger.log(f"failed: {error}")

    def after_load(self, pipeline: WarehousePipeline) -> None:
        extractor, stats, log = self.extractor, self.extractor.stats, self.ledger.log
        loaded = [r for r in self.resources if r.name not in extractor.failures]
        for warning in warn_of_discarded(loaded, stats, pipeline.row_counts):
            log(warning)
        self._first = apply_deletes(pipeline, self.ledger.scope.declaration, loaded, extractor, log)
        masks = {name: template.row_mask for name, template in extractor.templates.items()}
        for warning in warn_of_absent_fields(masks, stats):
            log(warning)
        loaded = [r for r in loaded if r.name not in extractor.failures]
        count_parts(pipeline, loaded, extractor)
        self._profile(pipeline, loaded, stats)
        record_parts(pipeline, extractor)
        self.ledger.write(pipeline)
        self.stop_progress()

    def after_run(self, pipeline: WarehousePipeline) -> None:
        if not self._first:
            return
        read_again(self._first, self.extractor.stats, self.ledger, self._profile)
        pipeline.activate()
        with pipeline.write_lock.hold():
            self.ledger.write(pipeline)

    def _profile(
        self,
        pipeline: WarehousePipeline,
        loaded: Sequence[ResourceDeclaration],
        stats: Mapping[str, Stats],
    ) -> None:
        if self.check_at is not None:
            self.profiles.update(profile_tables(pipeline, loaded, self.check_at, stats))
            count_tables(pipeline, loaded, self.profiles)
            add_recorded_windows(pipeline, loaded, self.profiles)

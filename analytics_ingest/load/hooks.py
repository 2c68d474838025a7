"""What a load does between the steps of its pipeline: deletes, warnings, profiles, the ledger."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.changed_parents import ParentPass
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.processing.masking import warn_of_absent_fields
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.second_reading import read_again
from analytics_ingest.load.warehouse.deletes import FirstReading, apply_deletes
from analytics_ingest.load.warehouse.emptied_snapshots import find_emptied_snapshots
from analytics_ingest.load.warehouse.histories import keep_absent_rows
from analytics_ingest.load.warehouse.load_hooks import LoadHooks
from analytics_ingest.load.warehouse.masked_keys import find_rehashed
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.profiler import profile_tables
from analytics_ingest.load.warehouse.row_counts import count_tables
from analytics_ingest.load.warehouse.run_ledger import RunLedger
from analytics_ingest.load.warehouse.schema_contract import warn_of_discarded
from analytics_ingest.load.warehouse.stored_parts import count_parts, record_parts, resume_parts
from analytics_ingest.load.warehouse.table_profile import TableProfile


@dataclass
class Hooks:
    """The hooks of one load.

    Args:
        future_from: Resource → the moment from which on its rows lie in the future; None profiles
            nothing.
        profiles: Filled with the profile of each resource's loaded rows.
        passes: Which parents are asked for their children.
        stop_progress: Called at the end.
    """

    extractor: Extractor
    ledger: RunLedger
    future_from: Mapping[str, datetime] | None
    profiles: dict[str, TableProfile]
    passes: Mapping[str, ParentPass]
    stop_progress: Callable[[], None]
    _first: Mapping[str, FirstReading] = field(default_factory=dict)
    """The resources that are read again."""

    def build(self, wanted: Sequence[ResourceDeclaration]) -> LoadHooks[WarehousePipeline]:
        """Build the hooks for the resources that are loaded."""

        def before_extract(pipeline: WarehousePipeline) -> None:
            rehashed = find_rehashed(pipeline, wanted, self.extractor.templates)
            for name, error in rehashed.items():
                self._fail(name, error)
            resume_parts(pipeline, wanted, self.extractor)

        def failed_resources(pipeline: WarehousePipeline) -> Collection[str]:
            extractor = self.extractor
            for name, error in find_emptied_snapshots(pipeline, wanted, extractor.stats).items():
                extractor.fail(name, error)
            keep_absent_rows(pipeline, wanted, extractor)
            return extractor.failures.keys()

        def after_load(pipeline: WarehousePipeline) -> None:
            self._finish(pipeline, [r for r in wanted if r.name not in self.extractor.failures])

        return LoadHooks(
            wanted, before_extract, failed_resources, self._fail, after_load, self._after_run
        )

    def _fail(self, name: str, error: LoadError) -> None:
        # Its children are read, and stay.
        self.extractor.failures[name] = error
        self.ledger.log(f"failed: {error}")

    def _finish(self, pipeline: WarehousePipeline, loaded: Sequence[ResourceDeclaration]) -> None:
        stats, log = self.extractor.stats, self.ledger.log
        for warning in warn_of_discarded(loaded, stats, pipeline.row_counts):
            log(warning)
        self._first = apply_deletes(pipeline, self.ledger.declaration, loaded, self.extractor, log)
        masks = {name: template.row_mask for name, template in self.extractor.templates.items()}
        for warning in warn_of_absent_fields(masks, stats):
            log(warning)
        loaded = [r for r in loaded if r.name not in self.extractor.failures]
        count_parts(pipeline, loaded, self.extractor)
        self._profile(pipeline, loaded, stats)
        record_parts(pipeline, self.extractor)
        self.ledger.write(pipeline)
        self.stop_progress()

    def _after_run(self, pipeline: WarehousePipeline) -> None:
        if not self._first:
            return
        read_again(self._first, self.extractor.stats, self.ledger, self.passes, self._profile)
        pipeline.activate()
        with pipeline.write_lock.hold():
            self.ledger.write(pipeline)

    def _profile(
        self,
        pipeline: WarehousePipeline,
        loaded: Sequence[ResourceDeclaration],
        stats: Mapping[str, Stats],
    ) -> None:
        if self.future_from is not None:
            self.profiles.update(profile_tables(pipeline, loaded, self.future_from, stats))
            count_tables(pipeline, loaded, self.profiles)

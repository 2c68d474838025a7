"""Reads resources a second time, where the first reading alone cannot show which rows are gone.

Rows may have moved between the pages of the first one. The second reading is a load like the first,
right after it and without the write lock while it reads. What both lack is marked or removed. If it
fails, nothing is marked, and the check `deletes` says so; if the run is killed, its full reading
stays due.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dlt.common.schema import Schema

from analytics_ingest.common.errors import LoadError, PartialLoadError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.extraction import open_extractor
from analytics_ingest.load.load_failures import explain_failures
from analytics_ingest.load.source import build_source
from analytics_ingest.load.warehouse.deletes.deletes import FirstReading, apply_deletes
from analytics_ingest.load.warehouse.ledger.run_ledger import RunLedger
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.pipeline_creation import open_pipeline
from analytics_ingest.load.warehouse.pipeline_hooks import PipelineHooks
from analytics_ingest.load.working_files import open_working_folder

Profile = Callable[
    [WarehousePipeline, Sequence[ResourceDeclaration], Mapping[str, Stats]],
    None,
]
"""Profiles the tables of some resources that were loaded, with their counts."""

_COSTS = ("requests", "retries", "seconds_waited", "bytes_received", "seconds")


def read_again(
    first: Mapping[str, FirstReading],
    stats: Mapping[str, Stats],
    ledger: RunLedger,
    profile: Profile,
) -> None:
    """Read and load the resources of a first reading once more, and mark what both lack.

    Args:
        stats: The first reading's; filled with what the second one has cost, and has shown.
    """
    second: Mapping[str, Stats] = {}
    failures: Mapping[str, LoadError] = {}
    log = ledger.log
    scope = replace(ledger.scope, resources=frozenset(first), partition_starts=())
    log(f"{scope.declaration.name}: reading {', '.join(first)} again, to see which rows are gone")
    try:
        with open_extractor(scope, log=log) as extractor:
            second, failures = extractor.stats, extractor.failures
            load_id = _load(first, extractor, ledger, profile)
            ledger.load_ids.update(dict.fromkeys(first.keys() - failures.keys(), load_id))
    except LoadError as error:
        log(f"the second reading failed: {error}")
        if error not in failures.values() and not isinstance(error, PartialLoadError):
            failures = dict.fromkeys(first, error)
    for name in first:
        _add(stats[name], None if name in failures else second.get(name))
    for name, other in second.items():
        _add_costs(stats[name], other)


@dataclass
class _Hooks(PipelineHooks[WarehousePipeline]):
    first: Mapping[str, FirstReading]
    extractor: Extractor
    ledger: RunLedger
    profile: Profile

    def fail_unsafe_resources(self, pipeline: WarehousePipeline) -> Collection[str]:
        return self.extractor.failures.keys()

    def fail(self, name: str, error: LoadError) -> None:
        self.extractor.failures[name] = error

    def after_load(self, pipeline: WarehousePipeline) -> None:
        extractor, ledger = self.extractor, self.ledger
        loaded = [r for r in self.resources if r.name not in extractor.failures]
        api, log, first = ledger.scope.declaration, ledger.log, self.first
        apply_deletes(pipeline, api, loaded, extractor, log, first=first)
        loaded = [r for r in loaded if r.name not in extractor.failures]
        self.profile(pipeline, loaded, extractor.stats)


def _load(
    first: Mapping[str, FirstReading], extractor: Extractor, ledger: RunLedger, profile: Profile
) -> str | None:
    """Load what a second reading yields; returns dlt's id of the load."""
    declaration, log = ledger.scope.declaration, ledger.log
    api = declaration.name
    wanted = [resource for name, resource in declaration.resources.items() if name in first]
    hooks = _Hooks(wanted, first, extractor, ledger, profile)
    with (
        explain_failures(api),
        open_working_folder(ledger.run_id) as folder,
        open_pipeline(api, folder, log, hooks) as pipeline,
    ):
        source = build_source(
            Schema(api), wanted, extractor, files=folder / "files", plan=pipeline.plan, log=log
        )
        pipeline.run(source, loader_file_format=pipeline.plan.file_format)
        return pipeline.load_id


def _add(own: Stats, other: Stats | None) -> None:
    """Add what a second reading has shown; None failed."""
    if other is None:
        own.deletes_skipped = (
            "rows may have moved while they were read, and the second reading, which shows what is "
            "gone, failed; the log says why"
        )
        return
    own.rows_deleted += other.rows_deleted
    own.deletes_held_back = other.deletes_held_back
    own.deletes_skipped = other.deletes_skipped and f"in a second reading {other.deletes_skipped}"


def _add_costs(own: Stats, other: Stats) -> None:
    for count in _COSTS:
        setattr(own, count, getattr(own, count) + getattr(other, count))

"""Opens one load of an API, and releases everything it acquired when the load ends.

`open_load` yields a dlt source and a dlt pipeline; whoever runs dlt runs them once.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from dlt.common.destination import TLoaderFileFormat
from dlt.common.schema import Schema
from dlt.extract.source import DltSource

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.log import LogLine, make_printable
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.extraction import open_extractor
from analytics_ingest.load.hooks import LoadHooks
from analytics_ingest.load.load_failures import explain_failures
from analytics_ingest.load.progress import log_progress
from analytics_ingest.load.source import build_source
from analytics_ingest.load.warehouse.faults import explain_sql
from analytics_ingest.load.warehouse.ledger.recorded_windows import add_recorded_windows
from analytics_ingest.load.warehouse.ledger.run_ledger import RunLedger
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.pipeline_creation import open_pipeline
from analytics_ingest.load.warehouse.profiles.profiler import profile_tables
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.load.working_files import open_working_folder


class RunOptions(TypedDict):
    """Arguments of the pipeline's `run`."""

    loader_file_format: TLoaderFileFormat


@dataclass(frozen=True)
class Load:
    """A load that is ready to run: `load.pipeline.run(load.source, **load.run_options)`."""

    source: DltSource
    pipeline: WarehousePipeline
    stats: Mapping[str, Stats]
    failures: Mapping[str, LoadError]
    """Resources that could not be read; nothing of theirs is stored."""
    run_options: RunOptions
    profiles: Mapping[str, TableProfile]
    """Resource → profile of its loaded rows; filled when the load has ended."""


@contextmanager
def open_load(
    scope: LoadScope,
    *,
    check_at: datetime | None = None,
    parts: ListingParts | None = None,
    run_id: str,
    log: LogLine,
) -> Iterator[Load]:
    """Open a load of some of an API's resources.

    Args:
        check_at: The moment of the checks, for which the loaded rows are profiled; None for a load
            without checks.
        parts: Divides the load; it is the next part then. None stores all at once.
        run_id: Names the load in `_runs`, and the folder of its working files.
        log: Called with lines about the load's progress.

    Raises:
        LoadError: A setting is missing, or the API or the warehouse failed. An error of single
            resources is raised after the others are loaded, any other at once.
    """
    api, log = scope.declaration.name, make_printable(log)
    wanted = _select_resources(scope.declaration, scope.resources)
    profiles: dict[str, TableProfile] = {}
    parts = parts or ListingParts()
    ledger = RunLedger(scope, run_id, log, parts)
    with (
        ledger.record_failure(),
        open_extractor(scope, parts, log=log) as extractor,
        log_progress(api, extractor.stats, log) as stop_progress,
        open_working_folder(run_id) as folder,
    ):
        ledger.stats, ledger.failures = extractor.stats, extractor.failures
        hooks = LoadHooks(wanted, extractor, ledger, check_at, profiles, stop_progress)
        with open_pipeline(api, folder, log, hooks) as pipeline:
            plan = pipeline.plan
            source = build_source(
                Schema(api), wanted, extractor, files=folder / "files", plan=plan, log=log
            )
            options: RunOptions = {"loader_file_format": plan.file_format}
            yield Load(source, pipeline, extractor.stats, extractor.failures, options, profiles)


def inspect_tables(
    declaration: ApiDeclaration,
    resources: frozenset[str],
    now: datetime,
    *,
    run_id: str,
    log: LogLine,
) -> dict[str, TableProfile]:
    """Profile the whole tables of some resources, without a request to the API.

    Raises:
        LoadError: The warehouse cannot be opened or read.
    """
    with (
        explain_failures(declaration.name),
        open_working_folder(run_id) as folder,
        open_pipeline(declaration.name, folder, make_printable(log)) as pipeline,
        pipeline.write_lock.hold(),
    ):
        pipeline.sync_destination()
        wanted = _select_resources(declaration, resources)
        profiles = profile_tables(pipeline, wanted, now)
        with explain_sql(declaration.name, "its records of loads cannot be read"):
            add_recorded_windows(pipeline, wanted, profiles)
        return profiles


def _select_resources(
    declaration: ApiDeclaration, names: frozenset[str]
) -> list[ResourceDeclaration]:
    return [resource for name, resource in declaration.resources.items() if name in names]

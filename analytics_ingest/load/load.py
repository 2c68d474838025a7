"""One load of an API: opens everything that it needs, and puts everything away again.

`open_load` gives a dlt source and a dlt pipeline, ready to be run once by whoever runs dlt.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypedDict

from dlt.common.destination import TLoaderFileFormat
from dlt.extract.source import DltSource
from dlt.load.exceptions import LoadClientJobException
from dlt.normalize.exceptions import NormalizeJobFailed
from dlt.pipeline.exceptions import PipelineStepFailed

from analytics_ingest.common.errors import LoadError, PartialLoadError, WarehouseError
from analytics_ingest.common.log import LogLine, redact_logs
from analytics_ingest.common.warehouse_settings import place_setting
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolve import ApiDeclaration, ResourceDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.progress import reporting
from analytics_ingest.load.source import build_source
from analytics_ingest.load.warehouse.dlt_hints import rejected_table
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline, open_pipeline
from analytics_ingest.load.warehouse.table_profile import TableProfile, count
from analytics_ingest.load.warehouse.type_conflicts import explain_changed_types
from analytics_ingest.load.working_files import working_folder


class RunOptions(TypedDict):
    """Arguments of the pipeline's `run`, as the warehouse takes them best."""

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
    figures: dict[str, TableProfile] = field(default_factory=dict)
    """What was counted of each resource's window; filled when the load has ended."""


@contextmanager
def open_load(
    declaration: ApiDeclaration,
    resources: frozenset[str],
    window: Window,
    future_from: Mapping[str, datetime] | None = None,
    *,
    run_id: str,
    log: LogLine,
) -> Iterator[Load]:
    """Open a load of some of an API's resources.

    Args:
        resources: Names of the resources to load; parents are read as far as they need them.
        window: Ignored by snapshots.
        future_from: Resource → the moment after which a cursor counts as future; with it the
            loaded rows are counted for the checks.
        run_id: Names the folder of the working files, removed when the load ends.
        log: Told about progress, in plain sentences.

    Raises:
        LoadError: A setting is missing, the API refused, or the warehouse did; what is no fault of
            single resources ends the load at once, theirs is raised when the others are loaded.
    """
    api = declaration.name
    connection = connect(declaration, resources, window)
    extractor = Extractor(connection.templates, wanted=resources, client=connection.client, log=log)
    try:
        with (
            redact_logs(connection.redact),
            working_folder(run_id) as folder,
            open_pipeline(api, folder, log) as pipeline,
        ):
            wanted = [r for n, r in declaration.resources.items() if n in resources]
            plan = pipeline.plan
            for resource in wanted:
                plan.check(resource)
            pipeline.resources = wanted
            files = folder / "files"
            source = build_source(api, wanted, extractor, window, files=files, plan=plan)
            options: RunOptions = {"loader_file_format": plan.file_format}
            load = Load(source, pipeline, extractor.stats, extractor.failures, options)
            pipeline.why_not_loaded = partial(explain_changed_types, pipeline, wanted)
            pipeline.left_out = partial(_tables_of, extractor.failures)
            if future_from is not None:
                pipeline.after_load = partial(_count, load, wanted, future_from)
            with reporting(api, extractor.stats, log) as pipeline.loaded:
                yield load
    except PipelineStepFailed as error:
        # The chain of causes is left out: dlt's messages hold rows, and requests' hold keys.
        raise _explained(api, error) from None
    finally:
        connection.client.close()
        extractor.close()
    _raise_failures({n: e for n, e in extractor.failures.items() if n in resources}, len(resources))


def inspect_tables(
    declaration: ApiDeclaration,
    resources: frozenset[str],
    future_from: Mapping[str, datetime],
    *,
    run_id: str,
    log: LogLine,
) -> dict[str, TableProfile]:
    """Count the whole tables of some resources, asking the API nothing.

    Raises:
        LoadError: The warehouse cannot be opened or read.
    """
    wanted = [r for n, r in declaration.resources.items() if n in resources]
    with (
        working_folder(run_id) as folder,
        open_pipeline(declaration.name, folder, log) as pipeline,
        pipeline.holding_warehouse(),
    ):
        try:
            pipeline.sync_destination()
        except PipelineStepFailed as error:
            raise _explained(declaration.name, error) from None
        return count(pipeline, wanted, in_staging=False, future_from=future_from)


def _tables_of(resources: Collection[str]) -> set[str]:
    return {table for name in resources for table in (name, rejected_table(name))}


def _raise_failures(failures: Mapping[str, LoadError], wanted: int) -> None:
    if len(failures) == 1:
        raise next(iter(failures.values())) from None
    if failures:
        raise PartialLoadError(failures, wanted)


def _count(
    load: Load, resources: Sequence[ResourceDeclaration], future_from: Mapping[str, datetime]
) -> None:
    load.figures.update(
        count(
            load.pipeline,
            [resource for resource in resources if resource.name not in load.failures],
            in_staging=True,
            future_from=future_from,
            without_rows=[name for name, stats in load.stats.items() if not stats.rows_loaded],
            staged=load.pipeline.staged,
        )
    )
    for name, figures in load.figures.items():
        figures.rejected = load.stats[name].rows_rejected


def _explained(api: str, error: PipelineStepFailed) -> LoadError:
    cause: BaseException | None = error
    kinds: list[str] = []
    place = api
    while cause is not None:
        if isinstance(cause, LoadError):
            return cause
        kinds.append(type(cause).__name__)
        if isinstance(cause, (LoadClientJobException, NormalizeJobFailed)):
            table, _, _ = cause.job_id.partition(".")
            place = f"{api}.{table}"
        cause = cause.__cause__ or cause.__context__
    causes = " ← ".join(kinds[1:])
    if error.step == "sync":
        return WarehouseError(
            f"{api}: the warehouse cannot be opened ({causes}); check "
            f"{place_setting()}, and that it can be reached from here"
        )
    return WarehouseError(f"{place}: dlt's {error.step} step failed ({causes})")

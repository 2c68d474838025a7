"""The command `demo`: serves the sample API, loads its last days through Dagster, opens the UI.

Runs and rows go into `data/demo`, apart from real ones, unless the environment sets DAGSTER_HOME
or the warehouse.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console
from rich.live import Live
from rich.table import Table

from analytics_ingest.common.project import make_private_folder, project_folder
from analytics_ingest.definitions import defs
from analytics_ingest.demo.sample_api.app import SAMPLE_KEY, create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import BASE_PATHS, SampleServer
from analytics_ingest.orchestration.alerts.messages import describe_failure
from analytics_ingest.orchestration.partition_metadata import read_run_count

SECONDS_TO_STOP = 30
QUIET_RUN = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
WIDTH = 100
COLUMNS = ("resource", "rows", "requests", "retries", "seconds", "checks")


def run_demo(*, days: int, with_ui: bool, ui_port: int) -> int:
    """Load the last days of all resources, and return the status to exit with.

    The status is 0 if every asset was loaded and every check passed.
    """
    project = project_folder()
    if not (project / "dagster.yaml").exists():
        Console().print(f"There is no dagster.yaml in {project}; the demo needs the project's own")
        return 1
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    app = create_app(SampleData(now=datetime.now(timezone.utc)))
    with SampleServer(app) as server:
        _set_environment(project, server)
        with dg.DagsterInstance.get() as instance:
            failures = _load_all(console, instance, days)
        for failure in failures:
            console.print(f"[red]failed[/red] {failure}", highlight=False)
        if with_ui:
            console.print(f"Dagster's UI: http://127.0.0.1:{ui_port} (Ctrl-C ends the demo)")
            _open_ui(project, ui_port)
    return 1 if failures else 0


def _set_environment(project: Path, server: SampleServer) -> None:
    home = project.resolve() / "data" / "demo"
    make_private_folder(home)
    if "DAGSTER_HOME" not in os.environ:
        shutil.copy(project / "dagster.yaml", home)
    os.environ.setdefault("DAGSTER_HOME", str(home))
    if "DESTINATION__WAREHOUSE__DESTINATION_TYPE" not in os.environ:
        # This overrides the settings files: sample rows must not go into a real warehouse.
        os.environ["DESTINATION__WAREHOUSE__DESTINATION_TYPE"] = "duckdb"
        os.environ.setdefault("DESTINATION__WAREHOUSE__CREDENTIALS", str(home / "warehouse.duckdb"))
    for api in BASE_PATHS:
        section = f"SOURCES__{api.upper()}__"
        os.environ[f"{section}BASE_URL"] = server.base_url(api)
        os.environ[f"{section}API_KEY"] = os.environ[f"{section}API_TOKEN"] = SAMPLE_KEY


def _load_all(console: Console, instance: dg.DagsterInstance, days: int) -> list[str]:
    definitions = defs()
    job = definitions.get_repository_def().get_implicit_global_asset_job_def()
    table = Table(*COLUMNS, title=f"The last {days} days of the sample API")
    for column in table.columns[1:]:
        column.justify = "right"
    failures: list[str] = []
    with Live(table, console=console, refresh_per_second=4):
        for api in BASE_PATHS:
            table.caption = f"loading {api} …"
            specs = [s for s in definitions.resolve_all_asset_specs() if s.group_name == api]
            if not specs:
                continue  # its declaration was deleted
            result = job.execute_in_process(
                instance=instance,
                asset_selection=[spec.key for spec in specs],
                raise_on_error=False,
                run_config=QUIET_RUN,
                tags=_last_partitions(specs, days),
            )
            failures += _add_results(table, result, sorted(spec.key for spec in specs))
        table.caption = None
    console.print()
    return failures


def _last_partitions(specs: Sequence[dg.AssetSpec], days: int) -> dict[str, str]:
    partitions = next(spec.partitions_def for spec in specs if spec.partitions_def)
    keys = partitions.get_partition_keys()
    return {
        "dagster/asset_partition_range_start": keys[-days:][0],
        "dagster/asset_partition_range_end": keys[-1],
    }


def _add_results(
    table: Table, result: dg.ExecuteInProcessResult, assets: Sequence[dg.AssetKey]
) -> list[str]:
    """Add a row for each asset, and return a line for each failure."""
    metadata = {
        event.asset_key: event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    checks = result.get_asset_check_evaluations()
    for asset in assets:
        passed = [check.passed for check in checks if check.asset_key == asset]
        name = "/".join(asset.path)
        if asset in metadata:
            table.add_row(name, *_format_cells(metadata[asset], passed))
        else:
            table.add_row(name, "failed", *[""] * (len(COLUMNS) - 2))
    return [
        *(
            describe_failure(event, project_folder())
            for event in result.all_events
            if event.is_step_failure
        ),
        *(
            f"{'/'.join(check.asset_key.path)}: check {check.check_name}: {check.description}"
            for check in checks
            if not check.passed
        ),
    ]


def _format_cells(
    metadata: Mapping[str, dg.MetadataValue[Any]], passed: Sequence[bool]
) -> Iterator[str]:
    yield str(read_run_count(metadata, "rows_loaded").value)
    for column in ("requests", "retries"):
        yield str(metadata[column].value)
    yield f"{metadata['seconds'].value:.2f}"
    yield f"{sum(passed)}/{len(passed)}"


def _open_ui(project: Path, port: int) -> None:
    command = [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, cwd=project) as process:
        try:
            process.wait()
        except KeyboardInterrupt:
            # A terminal interrupts Dagster too; without one, this process must terminate it.
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.terminate()

"""The demo: serves the sample API, loads its last days through Dagster, and opens the UI.

Everything goes into the project's `data/demo`, unless the environment names another DAGSTER_HOME or
warehouse, so that sample rows and runs do not mix with real ones.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg
from rich.console import Console
from rich.live import Live
from rich.table import Table

from analytics_ingest.definitions import defs
from analytics_ingest.demo.sample_api.app import DEFAULT_KEY, create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import BASE_PATHS, SampleServer
from analytics_ingest.orchestration.alerts.failure_cause import cause_of

FOLDER = Path("data") / "demo"
INSTANCE_FILE = Path("dagster.yaml")
SECONDS_TO_STOP = 30
QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
WIDTH = 100
COLUMNS = ("resource", "rows", "requests", "retries", "seconds", "checks")


def run_demo(*, days: int, with_ui: bool, ui_port: int) -> int:
    """Load the last `days` of all resources; 0 when every asset and check succeeded, else 1."""
    if not INSTANCE_FILE.exists():
        Console().print(f"There is no {INSTANCE_FILE} here; run the demo in the project's folder")
        return 1
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    app = create_app(SampleData(now=datetime.now(timezone.utc)))
    with SampleServer(app) as server:
        _configure(server)
        with dg.DagsterInstance.get() as instance:
            failures = _load(console, instance, days)
        for failure in failures:
            console.print(f"[red]failed[/red] {failure}", highlight=False)
        if with_ui:
            console.print(f"Dagster's UI: http://127.0.0.1:{ui_port} (Ctrl-C ends the demo)")
            _open_ui(ui_port)
    return 1 if failures else 0


def _configure(server: SampleServer) -> None:
    home = FOLDER.resolve()
    home.mkdir(parents=True, exist_ok=True)
    if "DAGSTER_HOME" not in os.environ:
        shutil.copy(INSTANCE_FILE, home)
    os.environ.setdefault("DAGSTER_HOME", str(home))
    if "DESTINATION__WAREHOUSE__DESTINATION_TYPE" not in os.environ:
        # Whatever a file of settings says: sample rows have no place in a real warehouse.
        os.environ["DESTINATION__WAREHOUSE__DESTINATION_TYPE"] = "duckdb"
        os.environ.setdefault("DESTINATION__WAREHOUSE__CREDENTIALS", str(home / "warehouse.duckdb"))
    for api in BASE_PATHS:
        section = f"SOURCES__{api.upper()}__"
        os.environ[f"{section}BASE_URL"] = server.base_url(api)
        os.environ[f"{section}API_KEY"] = os.environ[f"{section}API_TOKEN"] = DEFAULT_KEY


def _load(console: Console, instance: dg.DagsterInstance, days: int) -> list[str]:
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
            result = job.execute_in_process(
                instance=instance,
                asset_selection=[spec.key for spec in specs],
                raise_on_error=False,
                run_config=QUIET,
                tags=_last_days(specs, days),
            )
            failures += _add_rows(table, result, sorted(spec.key for spec in specs))
        table.caption = None
    console.print()
    return failures


def _last_days(specs: Sequence[dg.AssetSpec], days: int) -> dict[str, str]:
    partitions = next(spec.partitions_def for spec in specs if spec.partitions_def)
    keys = partitions.get_partition_keys()
    return {
        "dagster/asset_partition_range_start": keys[-days:][0],
        "dagster/asset_partition_range_end": keys[-1],
    }


def _add_rows(
    table: Table, result: dg.ExecuteInProcessResult, keys: Sequence[dg.AssetKey]
) -> list[str]:
    done = {
        event.asset_key: event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    checks = result.get_asset_check_evaluations()
    failures = [cause_of(event) for event in result.all_events if event.is_step_failure]
    for key in keys:
        passed = [check.passed for check in checks if check.asset_key == key]
        failures += [
            f"{'/'.join(key.path)}: check {check.check_name}: {check.description}"
            for check in checks
            if check.asset_key == key and not check.passed
        ]
        if key not in done:
            table.add_row("/".join(key.path), "failed", *[""] * (len(COLUMNS) - 2))
            continue
        figures = {name: value.value for name, value in done[key].items()}
        table.add_row(
            "/".join(key.path),
            str(figures["rows_loaded"]),
            str(figures["requests"]),
            str(figures["retries"]),
            f"{figures['seconds']:.2f}",
            f"{sum(passed)}/{len(passed)}",
        )
    return failures


def _open_ui(port: int) -> None:
    command = [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command) as process:
        try:
            process.wait()
        except KeyboardInterrupt:
            # In a terminal Dagster got the interrupt too; started otherwise, it has to be told.
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.terminate()

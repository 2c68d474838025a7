"""The command `demo`: serves the sample API, loads its last days through Dagster, runs the UI.

Runs and rows go into `data/demo`, apart from real ones, unless the environment sets DAGSTER_HOME
or the warehouse.
"""

import os
import shutil
import socket
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg

from analytics_ingest.common.project import locate_project, make_private_folder
from analytics_ingest.definitions import defs
from analytics_ingest.demo.display import HEADINGS, Display, format_count, format_rule
from analytics_ingest.demo.results import Totals, add_results, show_totals, show_warehouse
from analytics_ingest.demo.sample_api.app import create_app
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import BASE_PATHS, SampleServer
from analytics_ingest.demo.user_interface import PortTakenError, release_port, reserve_port, run_ui
from analytics_ingest.orchestration.alerts.notify import SETTING as NOTIFY_SETTING

QUIET_RUN = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
INTERRUPTED = 130
"""The status of a command that Ctrl-C has ended."""


def run_demo(*, days: int, with_ui: bool, ui_port: int | None) -> int:
    """Load the last days of all resources, and return the status to exit with.

    The status is 0 if every asset was loaded and every check passed.
    """
    with closing(Display()) as display:
        project = locate_project()
        if not (project / "dagster.yaml").exists():
            display.write_line(
                f"There is no dagster.yaml in {project}; the demo needs the project's own"
            )
            return 1
        try:
            reserved = reserve_port(ui_port) if with_ui else None
        except PortTakenError as error:
            display.write_line(f"The demo cannot show Dagster's UI: {error}")
            return 1
        try:
            return _load_and_show(display, project, days, reserved)
        except KeyboardInterrupt:
            display.write_line("Interrupted.")
            return INTERRUPTED


def _load_and_show(
    display: Display, project: Path, days: int, reserved: socket.socket | None
) -> int:
    home = project.resolve() / "data" / "demo"
    app = create_app(SampleData(now=datetime.now(timezone.utc)))
    with SampleServer(app) as server:
        warehouse = _set_environment(project, home, server)
        with dg.DagsterInstance.get() as instance:
            totals = _load_all(display, instance, server, days)
        show_warehouse(display, warehouse, totals)
        is_up = reserved is None or run_ui(
            display, project, release_port(reserved), home / "dagster.log"
        )
    return 1 if totals.failures or not is_up else 0


def _set_environment(project: Path, home: Path, server: SampleServer) -> Path | None:
    """Make Dagster and dlt use the demo's folder; its warehouse, unless another one is set."""
    make_private_folder(home)
    if "DAGSTER_HOME" not in os.environ:
        shutil.copy(project / "dagster.yaml", home)
    os.environ.setdefault("DAGSTER_HOME", str(home))
    os.environ.update(server.settings)
    # Sample rows must not alert anybody.
    os.environ.pop(NOTIFY_SETTING, None)
    if "DESTINATION__WAREHOUSE__DESTINATION_TYPE" in os.environ:
        return None
    # This overrides the settings files: sample rows must not go into a real warehouse.
    os.environ["DESTINATION__WAREHOUSE__DESTINATION_TYPE"] = "duckdb"
    if "DESTINATION__WAREHOUSE__CREDENTIALS" in os.environ:
        return None
    os.environ["DESTINATION__WAREHOUSE__CREDENTIALS"] = str(home / "warehouse.duckdb")
    return home / "warehouse.duckdb"


def _load_all(
    display: Display, instance: dg.DagsterInstance, server: SampleServer, days: int
) -> Totals:
    definitions = defs()
    job = definitions.get_repository_def().get_implicit_global_asset_job_def()
    totals, began = Totals(), time.monotonic()
    display.write_line(
        f"Loading the last {format_count(days, 'day')} of the sample API through Dagster"
    )
    display.write_line()
    display.write_row(*HEADINGS)
    display.write_line(format_rule(HEADINGS))
    for api in BASE_PATHS:
        specs = [s for s in definitions.resolve_all_asset_specs() if s.group_name == api]
        if not specs:
            continue  # its declaration was deleted
        with display.task(f"Loading {api}", _Progress(server)):
            result = job.execute_in_process(
                instance=instance,
                asset_selection=[spec.key for spec in specs],
                raise_on_error=False,
                run_config=QUIET_RUN,
                tags=_select_last_partitions(specs, days),
            )
        add_results(display, totals, result, sorted(specs, key=lambda spec: spec.key))
    display.write_line(format_rule(HEADINGS))
    show_totals(display, totals, time.monotonic() - began)
    return totals


class _Progress:
    """How many rows and requests a load has taken so far, as the sample API counts them."""

    def __init__(self, server: SampleServer) -> None:
        self._server = server
        self._rows, self._requests = server.rows_sent, len(server.requests)
        self._began = time.monotonic()

    def __call__(self) -> str:
        rows = format_count(self._server.rows_sent - self._rows, "row")
        requests = format_count(len(self._server.requests) - self._requests, "request")
        return f"{rows} read, {requests}, {time.monotonic() - self._began:.0f} s"


def _select_last_partitions(specs: Sequence[dg.AssetSpec], days: int) -> dict[str, str]:
    partitions = next(spec.partitions_def for spec in specs if spec.partitions_def)
    keys = partitions.get_partition_keys()
    return {
        "dagster/asset_partition_range_start": keys[-days:][0],
        "dagster/asset_partition_range_end": keys[-1],
    }

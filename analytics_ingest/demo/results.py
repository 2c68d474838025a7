"""What the demo has loaded: rows of its table, totals, and where to find the rows."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from analytics_ingest.common.project import locate_project
from analytics_ingest.demo.display import Display, format_count
from analytics_ingest.demo.user_interface import to_relative
from analytics_ingest.orchestration.alerts.messages import describe_failure
from analytics_ingest.orchestration.partition_metadata import read_run_count


@dataclass
class Totals:
    """What all loads of the demo have done."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows loaded, by table."""
    requests: int = 0
    retries: int = 0
    passed: int = 0
    checks: int = 0
    failures: list[str] = field(default_factory=list)
    partitioned: set[str] = field(default_factory=set)
    """The tables whose rows have a time."""


def add_results(
    display: Display,
    totals: Totals,
    result: dg.ExecuteInProcessResult,
    specs: Sequence[dg.AssetSpec],
) -> None:
    """Show a row for each asset, and add what was loaded, checked and what failed."""
    metadata = {
        event.asset_key: event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    checks = result.get_asset_check_evaluations()
    for spec in specs:
        name = "/".join(spec.key.path)
        if spec.key not in metadata:
            display.write_row(name, "failed")
            continue
        passed = [check.passed for check in checks if check.asset_key == spec.key]
        _add_asset(display, totals, spec, metadata[spec.key], passed)
    for event in result.all_events:
        if event.is_step_failure:
            totals.failures.append(describe_failure(event, locate_project()))
    for check in checks:
        if not check.passed:
            name = "/".join(check.asset_key.path)
            totals.failures.append(f"{name}: check {check.check_name}: {check.description}")


def _add_asset(
    display: Display,
    totals: Totals,
    spec: dg.AssetSpec,
    metadata: Mapping[str, dg.MetadataValue[Any]],
    passed: Sequence[bool],
) -> None:
    rows = read_run_count(metadata, "rows_loaded").value
    requests, retries, seconds = (
        metadata[name].value for name in ("requests", "retries", "seconds")
    )
    checks = f"{sum(passed)}/{len(passed)}"
    display.write_row("/".join(spec.key.path), rows, requests, f"{seconds:.2f}", checks)
    table = ".".join(spec.key.path)
    totals.rows[table] = rows
    if spec.partitions_def:
        totals.partitioned.add(table)
    totals.requests += requests
    totals.retries += retries
    totals.passed += sum(passed)
    totals.checks += len(passed)


def show_totals(display: Display, totals: Totals, seconds: float) -> None:
    loaded = format_count(sum(totals.rows.values()), "row")
    tables = format_count(len(totals.rows), "table")
    retries = format_count(totals.retries, "retry", "retries")
    requests = f"{format_count(totals.requests, 'request')}, {retries}"
    display.write_line(f"{loaded} in {tables} ({requests}) in {seconds:.0f} s")
    display.write_line(f"{totals.passed} of {format_count(totals.checks, 'check')} passed")
    for failure in totals.failures:
        display.write_line(f"failed {failure}", "red")
    display.write_line()


def show_warehouse(display: Display, warehouse: Path | None, totals: Totals) -> None:
    """Show where the rows are, and a query of the table with most of them."""
    tables = {table: totals.rows[table] for table in totals.partitioned}
    place = str(warehouse) if warehouse else "as DESTINATION__WAREHOUSE__... in the environment say"
    display.write_line(f"Warehouse: {place}")
    if not tables:
        display.write_line()
        return
    sql = (
        "SELECT CAST(updated_at AS DATE) AS day, count(*) AS loaded "
        f"FROM {max(tables, key=lambda table: tables[table])} GROUP BY 1 ORDER BY 1"
    )
    display.write_line("A query to paste:")
    if warehouse:
        connect = f'duckdb.connect("{to_relative(warehouse)}", read_only=True)'
        code = f'import duckdb; print({connect}.sql("{sql}"))'
        display.write_line(f"  {to_relative(Path(sys.executable))} -c {shlex.quote(code)}")
    else:
        display.write_line(f"  {sql}")
    display.write_line()

"""This project as a user has it: a copy with one more declaration, run by Dagster's command."""

import compileall
import shutil
from datetime import date, timedelta
from pathlib import Path

import yaml

from benchmarks.declaring import resources
from benchmarks.rows import FIELDS, PAGE
from benchmarks.serving import ROOT
from benchmarks.workloads import DATASET, Workload

FILES = ("pyproject.toml", "workspace.yaml", "dagster.yaml", ".dlt/config.toml")


def create(folder: Path, workload: Workload, first_day: date, *, declared: bool) -> None:
    """Copy the project, compiled as installed packages are, and declare the workload's API.

    Args:
        first_day: The first partition, which takes all older rows too.
        declared: Whether the types of the fields are declared, as those of shipped APIs are.
    """
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "analytics_ingest", folder / "analytics_ingest", ignore=ignored)
    for name in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    compileall.compile_dir(folder / "analytics_ingest", quiet=1)
    declaration = folder / "analytics_ingest" / "defs" / DATASET
    declaration.mkdir()
    attributes = {
        "partitions": {"every": "daily", "start": first_day.isoformat()},
        "client": {"base_url": "https://api.example.com"},
        "resource_defaults": {
            "primary_key": "id",
            "endpoint": {
                "data_selector": "data",
                "paginator": {"type": "offset", "limit": PAGE},
            },
        },
        "resources": resources(workload),
    }
    document = {"type": "analytics_ingest.components.RestApi", "attributes": attributes}
    (declaration / "defs.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    if declared:
        required = [name for name, kind in FIELDS.items() if not kind.endswith("?")]
        schema = {
            listing.table: {"required": required, "fields": FIELDS} for listing in workload.listings
        }
        text = yaml.safe_dump(schema, sort_keys=False)
        (declaration / "schema.yaml").write_text(text)


def command(last_day: date, partitions: int) -> tuple[str, ...]:
    """Dagster's command for one partition, or for several up to a day."""
    first_day = last_day - timedelta(days=partitions - 1)
    return (
        *("dagster", "asset", "materialize", "-m", "analytics_ingest.definitions"),
        *("--select", f"group:{DATASET}"),
        *(
            ("--partition-range", f"{first_day.isoformat()}...{last_day.isoformat()}")
            if partitions > 1
            else ("--partition", last_day.isoformat())
        ),
    )

"""The models of this dbt project as Dagster assets, downstream of the resources that they read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from analytics_ingest.load.warehouse.lending import lend_warehouse

PROJECT = DbtProject(Path(__file__).parent)
PROJECT.prepare_if_dev()
ROOT = next(
    (path for path in PROJECT.project_dir.parents if (path / "pyproject.toml").exists()), None
)
"""The folder of the Dagster project, with the settings of the warehouse."""


@dbt_assets(manifest=PROJECT.manifest_path, project=PROJECT)
def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build the selected models, while loads wait: DuckDB's file is for one process."""
    with lend_warehouse(context.log.info, ROOT) as file:
        variables = ["--vars", json.dumps({"warehouse": str(file)})] if file else []
        yield from dbt.cli(["build", *variables], context=context).stream()


@dg.definitions
def defs() -> dg.Definitions:
    """The models, and the resource that builds them."""
    return dg.Definitions(assets=[models], resources={"dbt": DbtCliResource(PROJECT)})

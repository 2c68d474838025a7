"""`@dlt_assets` around the same source, as its documentation shows it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import dlt
from dagster_dlt import DagsterDltResource, dlt_assets
from dlt.sources.rest_api import rest_api_source

config = json.loads(Path("rest_api.json").read_text())
config["client"]["base_url"] = os.environ["API_URL"]


@dlt_assets(
    dlt_source=rest_api_source(config, name="bench"),
    dlt_pipeline=dlt.pipeline(
        "bench",
        destination=dlt.destinations.duckdb("warehouse.duckdb"),
        dataset_name="bench",
    ),
)
def bench(context: dg.AssetExecutionContext, dlt: DagsterDltResource) -> Iterator[Any]:
    """Load every resource."""
    yield from dlt.run(context=context)


defs = dg.Definitions(assets=[bench], resources={"dlt": DagsterDltResource()})

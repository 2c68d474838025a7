"""dlt's `rest_api` with its defaults."""

import json
import os
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source

config = json.loads(Path("rest_api.json").read_text())
config["client"]["base_url"] = os.environ["API_URL"]

pipeline = dlt.pipeline(
    "bench",
    destination=dlt.destinations.duckdb("warehouse.duckdb"),
    dataset_name="bench",
)
pipeline.run(rest_api_source(config, name="bench"))

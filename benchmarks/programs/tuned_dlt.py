"""dlt's `rest_api` with the settings that its documentation gives for speed."""

import json
import os
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source

os.environ |= {
    "EXTRACT__WORKERS": "10",
    "EXTRACT__MAX_PARALLEL_ITEMS": "20",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
}

config = json.loads(Path("rest_api.json").read_text())
config["client"]["base_url"] = os.environ["API_URL"]
config["resource_defaults"]["parallelized"] = True

pipeline = dlt.pipeline(
    "bench",
    destination=dlt.destinations.duckdb("warehouse.duckdb"),
    dataset_name="bench",
)
source = rest_api_source(config, name="bench", max_table_nesting=0, parallelized=True)
pipeline.run(source, loader_file_format="parquet")

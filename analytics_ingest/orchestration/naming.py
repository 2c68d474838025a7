"""Names in Dagster that are made from names in declarations."""

import dagster as dg

API_TAG = "analytics_ingest/api"
"""On every run of an API's job: the queue limits runs by it, sensors and schedules find them."""


def asset_key(api: str, resource: str) -> dg.AssetKey:
    """The key of a resource's asset."""
    return dg.AssetKey([api, resource])

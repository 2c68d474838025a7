"""A workload → its declaration, in the vocabulary that dlt's `rest_api` and this project share."""

from typing import Any

from benchmarks.listings import SINCE
from benchmarks.rows import PAGE
from benchmarks.workloads import Listing, Workload

LONG_AGO = "2020-01-01T00:00:00Z"


def resources(workload: Workload) -> list[dict[str, Any]]:
    """The resources of a workload; children are single pages."""
    return [
        {"name": listing.table, "endpoint": _endpoint(listing, workload)}
        for listing in workload.listings
    ]


def rest_api(workload: Workload) -> dict[str, Any]:
    """The configuration of dlt's `rest_api`, without what depends on the server's address.

    Its offset paginator raises if the API gives no total, unless the configuration says so.
    """
    declared = resources(workload)
    for resource in declared:
        if incremental := resource["endpoint"].get("incremental"):
            incremental["initial_value"] = LONG_AGO
    paginator = {"type": "offset", "limit": PAGE, "total_path": None, "stop_after_empty_page": True}
    return {
        "client": {"paginator": paginator},
        "resource_defaults": {
            "primary_key": "id",
            "write_disposition": "merge",
            "endpoint": {"data_selector": "data"},
        },
        "resources": declared,
    }


def _endpoint(listing: Listing, workload: Workload) -> dict[str, Any]:
    if listing.parent:
        key = {"type": "resolve", "resource": listing.parent.table, "field": "id"}
        path = f"{listing.parent.table}/{{parent_id}}/{listing.table}"
        return {"path": path, "params": {"parent_id": key}, "paginator": "single_page"}
    endpoint: dict[str, Any] = {"path": listing.table}
    if workload.new_rows:
        endpoint["incremental"] = {"cursor_path": "updated_at", "start_param": SINCE}
    return endpoint

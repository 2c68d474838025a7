"""Of several APIs in a run, the one with the most resources begins first."""

import dagster as dg
import pytest

from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def test_the_longest_step_begins_first(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"alpha": 1, "beta": 3, "gamma": 2}
    assets: list[dg.AssetsDefinition] = []
    for name, size in sizes.items():
        monkeypatch.setenv(f"SOURCES__{name.upper()}__BASE_URL", api.url)
        names = [f"{name}_{number}" for number in range(size)]
        for each in names:
            api.always(f"/{each}", {"data": [{"id": 1}]})
        listings = [resource(each, incremental=None) for each in names]
        assets += build_assets(declare(*listings, api=name), "duckdb")
    job = dg.Definitions(assets).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance)
    begun = [e.step_key for e in result.all_events if e.event_type_value == "STEP_START"]
    assert begun == ["beta__snapshots", "gamma__snapshots", "alpha__snapshots"]

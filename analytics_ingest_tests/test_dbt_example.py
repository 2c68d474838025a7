"""The dbt project in `examples/dbt` runs in one run with the load that it follows."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import dagster as dg
import pytest

from analytics_ingest.definitions import defs
from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.projects import Sample
from analytics_ingest_tests.support.warehouses import ask, ask_duckdb_file

pytest.importorskip("dagster_dbt", reason="the extra dbt is not installed")

pytestmark = pytest.mark.filterwarnings("ignore")  # Those of dbt and of dagster-dbt are not ours.

REPLICA = Path("replica.duckdb")


@pytest.fixture
def example(project: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example's module, copied into a folder of definitions, as `dg dev` loads it."""
    monkeypatch.setenv("DAGSTER_IS_DEV_CLI", "1")
    # `dbt` itself, as in an activated environment.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    folder = shutil.copytree(ROOT / "examples" / "dbt", project / "defs" / "marts")
    spec = importlib.util.spec_from_file_location("marts", folder / "assets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_models_follow_the_resources_that_they_read_in_one_run(
    example: ModuleType, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTINATION__WAREHOUSE__SNAPSHOT", str(REPLICA))
    job = dg.Definitions.merge(defs(), example.defs()).resolve_implicit_global_asset_job_def()
    loaded, customers = dg.AssetKey(["commerce", "transactions"]), dg.AssetKey("customers")
    assert job.asset_layer.asset_graph.get(customers).parent_keys == {loaded}
    with dg.DagsterInstance.ephemeral() as instance:
        ran = job.execute_in_process(
            asset_selection=[loaded, customers], partition_key="2026-11-20", instance=instance
        )
    assert ran.success
    checks = [check for check in ran.get_asset_check_evaluations() if check.asset_key == customers]
    assert sorted(check.passed for check in checks) == [True, True]
    sums = "SELECT customer_id, sum(transaction_amount) FROM commerce.transactions GROUP BY ALL"
    expected = ask(f"{sums} ORDER BY ALL").rows
    found = "SELECT customer_id, amount FROM marts.customers ORDER BY ALL"
    assert ask(found).rows == ask_duckdb_file(found, REPLICA).rows == expected != []

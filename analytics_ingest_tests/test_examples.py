"""The declarations in `examples/`: copied into folders of their names, Dagster loads them."""

import shutil
from pathlib import Path

from analytics_ingest_tests.support.checkout import ROOT, Checkout

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def test_every_example_becomes_assets_a_job_and_a_schedule(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    shutil.rmtree(checkout.folder(""))
    for example in EXAMPLES:
        folder = checkout.folder(example.stem)
        folder.mkdir(parents=True)
        shutil.copy(example, folder / "defs.yaml")
    ran = checkout.run("dg", "list", "defs", "--json")
    assert ran.status == 0, ran.output
    assert len(EXAMPLES) >= 5
    for example in EXAMPLES:
        assert f'"{example.stem}/' in ran.output
        assert f'"{example.stem}_job"' in ran.output
        assert f'"{example.stem}_schedule"' in ran.output

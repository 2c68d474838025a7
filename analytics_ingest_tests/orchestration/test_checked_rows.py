"""After a load the checks look at the rows of its window, and at no others."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import NOON, Outcome, at, deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi

REQUIRED = {
    "fields": {"id": "integer", "updated_at": "timestamp", "name": "string?"},
    "required": ["id", "updated_at", "name"],
}
ROWS = [
    row(1, "2026-01-05T10:00:00Z", name=None),
    row(2, "2026-01-05T10:00:00Z", name="b"),
    row(3, "2026-01-06T10:00:00Z", name="c"),
]


class Windows(NamedTuple):
    """Three windows loaded one after the other, and the table checked alone."""

    bad: Outcome
    later: Outcome
    empty: Outcome
    alone: Outcome


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Windows]:
    api = hub.new_api()
    api.always("/items", {"data": ROWS})
    with pytest.MonkeyPatch.context() as patch, at(NOON):
        patch.chdir(tmp_path_factory.mktemp("windows"))
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        with dg.DagsterInstance.ephemeral() as instance:
            deployment = deploy(declare(resource(own=REQUIRED)), instance)
            loads = [deployment.load(f"2026-01-0{day}") for day in (5, 6, 7)]
            yield Windows(loads[0], loads[1], loads[2], deployment.check("items", "schema"))


def test_a_bad_row_fails_the_checks_of_its_own_window(windows: Windows) -> None:
    assert windows.bad.failed == {"items/schema": "Required, but null: name in 1 row."}


def test_a_bad_row_of_an_earlier_window_fails_no_later_one(windows: Windows) -> None:
    assert windows.later.failed == {}
    assert windows.later.verdicts["items/schema"].figures["rows"] == 1


def test_an_empty_window_passes_whatever_was_loaded_before(windows: Windows) -> None:
    assert windows.empty.failed == {}
    figures = {
        name: v.figures["rows"] for name, v in windows.empty.verdicts.items() if "rows" in v.figures
    }
    assert set(figures.values()) == {0}


def test_checks_alone_find_the_bad_row_among_all_rows(windows: Windows) -> None:
    assert windows.alone.failed == {"items/schema": "Required, but null: name in 1 row."}
    assert windows.alone.verdicts["items/schema"].figures["rows"] == 3


def test_a_result_names_the_materialization_of_its_own_asset_and_run(
    api: ScriptedApi, project: Path
) -> None:
    for name in ("items", "others"):
        api.always(f"/{name}", {"data": ROWS})
    with at(NOON), dg.DagsterInstance.ephemeral() as instance:
        job = deploy(declare(resource(own=REQUIRED), resource("others")), instance).job
        for day in ("2026-01-05", "2026-01-06"):
            run = job.execute_in_process(instance=instance, partition_key=day)
            targets = {
                (e.asset_key, getattr(e.target_materialization_data, "storage_id", None))
                for e in run.get_asset_check_evaluations()
            }
            newest = {
                (key, instance.fetch_materializations(key, limit=1).records[0].storage_id)
                for key, _ in targets
            }
            assert targets == newest
            assert len(targets) == 2

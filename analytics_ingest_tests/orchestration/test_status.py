"""`analytics-ingest status` says what is loaded, late and failing, from Dagster's history alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from analytics_ingest.cli import main
from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.loads import WAREHOUSE, declare, project_in, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask
from analytics_ingest_tests.support.yaml_text import read_yaml

REFUSED = (
    "demo.broken: GET /broken: the API answered 403 Forbidden; check the key and its permissions"
)
MOMENT = "2026-01-09T10:00:00Z"
RESOURCES = [
    resource(incremental={"cursor_path": "updated_at"}),
    resource("kept", incremental=None),
    resource("broken"),
]
Status = Callable[..., tuple[int, str, str]]


@pytest.fixture
def status(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Status:
    """Runs the command in a team's project; its exit status, what it printed, and its errors."""
    defs = tmp_path / "shop" / "defs"
    for name, kind in {"demo": "RestApi", "idle": "components.RestApi", "own": "Own"}.items():
        (defs / name).mkdir(parents=True)
        attributes = {"client": {"base_url": "https://api.test"}, "resources": RESOURCES}
        declared = {"type": f"analytics_ingest.{kind}", "attributes": attributes}
        (defs / name / "defs.yaml").write_text(yaml.safe_dump(declared))
    settings = '[tool.dg]\ndirectory_type = "project"\n[tool.dg.project]\nroot_module = "shop"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    monkeypatch.setenv("DAGSTER_HOME", instance.root_directory)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()  # of a run before
        code = main(["status", "--project", str(tmp_path), *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_an_operator_sees_what_is_loaded_late_and_failing(
    status: Status,
    instance: dg.DagsterInstance,
    api: ScriptedApi,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.always("/items", {"data": [row(1, MOMENT), row(None, MOMENT)]})
    api.always("/kept", {"data": [row(1), row(2)]})
    api.on("/broken", lambda _: Reply({"data": ["canary"]}, 403))
    with project_in(tmp_path), at(NOON):
        run = deploy(declare(*RESOURCES), instance).load("2026-01-09")
        assert ask("SELECT DISTINCT run_id FROM demo._runs").rows == [(run.run_id,)]
        # Nothing of the warehouse is read.
        WAREHOUSE.unlink()
        code, printed, errors = status("demo")
    assert (code, errors) == (0, "")
    assert printed.splitlines() == [
        "RESOURCE     STATE   LAST LOAD          ROWS  FRESHNESS  FAILING CHECKS  REQUESTS",
        "demo/items   loaded  2026-01-10 12:00Z     1  fresh      primary_key            1",
        "demo/kept    loaded  2026-01-10 12:00Z     2  fresh      -                      1",
        "demo/broken  failed  -                     -  -          -                      -",
        "",
        f"run {run.run_id[:8]} failed: {REFUSED}",
    ]
    monkeypatch.setenv("ANALYTICS_INGEST_SCHEDULES", "on")
    with at(utc(2026, 1, 12, 1)):
        _, printed, _ = status()
        _, described, _ = status("--json")
    assert printed.splitlines() == [
        "API   STATE          LAST LOAD          ROWS  FRESHNESS  FAILING CHECKS  REQUESTS  "
        "NEXT TICK",
        "demo  1 of 3 failed  2026-01-10 12:00Z     3  stale      1 error                2  "
        "2026-01-13 00:15Z",
        "idle  never loaded   -                     -  -          -                      -  "
        "2026-01-13 00:15Z",
        "",
        f"run {run.run_id[:8]} failed: {REFUSED}",
        "demo/items is stale: The last load is 37.0 h old.",
        "demo/kept is stale: The last load is 37.0 h old.",
        "idle was never loaded; load it: dg launch --assets 'group:idle' --partition 2026-01-11",
    ]
    demo, idle = json.loads(described)
    assert (demo["state"], demo["failed_runs"]) == ("failed", {run.run_id: REFUSED})
    assert demo["resources"][0] == {
        "resource": "items",
        "state": "loaded",
        "last_load": demo["resources"][0]["last_load"],
        "rows": 1,
        "requests": 1,
        "freshness": "stale",
        "why": "The last load is 37.0 h old.",
        "failing_checks": {"primary_key": "error"},
        "run_id": run.run_id,
    }
    assert idle["next_tick"] == "2026-01-13T00:15:00+00:00"


def test_the_use_of_rate_budgets_is_shown(
    status: Status, instance: dg.DagsterInstance, api: ScriptedApi, tmp_path: Path
) -> None:
    for name in ("items", "kept"):
        api.always(f"/{name}", {"data": [row(1, MOMENT)]})
    rates = [{"requests": 100, "per": "1d"}, {"requests": 5, "per": "60s", "path": "/items"}]
    file = tmp_path / "shop" / "defs" / "demo" / "defs.yaml"
    declared = read_yaml(file.read_text())
    declared["attributes"]["rate"] = rates
    file.write_text(yaml.safe_dump(declared))
    with project_in(tmp_path), at(NOON):
        deploy(declare(*RESOURCES, rate=rates), instance).load("2026-01-09")
        _, printed, errors = status("demo")
        (shown,) = json.loads(status("demo", "--json")[1])
    assert errors == ""
    requests = len(api.asked)
    of_all, of_path = (f"the rate budget of {n}" for n in ("100 requests in 1d", "5 requests in "))
    assert f"demo: {of_all}: {requests} used\n" in printed
    assert f"demo: {of_path}" in printed
    assert [(use["used"], use["requests"], use["remaining"]) for use in shown["budgets"]] == [
        (requests, 100, None),
        (1, 5, None),
    ]


def test_what_cannot_be_read_is_an_error_and_the_rest_is_shown(
    status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop" / "defs" / "demo" / "defs.yaml").write_text(
        "type: analytics_ingest.RestApi\nattributes: {resources: []}\n"
    )
    code, printed, errors = status()
    assert code == 1
    assert "idle  never loaded" in printed
    assert "demo: client" in errors
    assert status("nothing")[2] == (
        "nothing: folder: there is no defs.yaml of it; declared are demo, idle\n"
    )
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "nowhere"))
    code, printed, errors = status("idle")
    assert (code, printed) == (1, "")
    assert errors.startswith("Dagster's history cannot be read: ")

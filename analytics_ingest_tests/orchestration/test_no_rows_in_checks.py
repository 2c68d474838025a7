"""No content of a row but its primary key reaches what a check says."""

import json
from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import Outcome, deploy, sql
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

pytestmark = pytest.mark.usefixtures("noon")

CANARY = "canary"

FIELDS = {"id": "string", "updated_at": "timestamp", "name": "string?", "n": "integer?"}


def rows() -> list[Any]:
    """Rows with every fault, whose values but the keys give themselves away."""
    fine = {"name": f"{CANARY}-name", "n": 1}
    return [
        row("a", **fine),
        row("b", **{**fine, "n": f"{CANARY}-number"}),
        row("c", f"{CANARY}-cursor", **fine),
        row("d", None, **fine),
        row("e", "2026-01-05T23:00:00Z", **fine, extra=f"{CANARY}-extra"),
        row(None, **fine),
        {"name": f"{CANARY}-without-key"},
        f"{CANARY}-text",
        row("f", **{**fine, "name": {"deep": f"{CANARY}-object"}}),
    ]


def said(outcome: Outcome) -> str:
    """Everything that the checks of a run said."""
    return json.dumps(
        [(name, v.sentence, dict(v.figures)) for name, v in outcome.verdicts.items()], default=str
    )


def test_checks_show_keys_and_numbers_only(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": rows()})
    own = {"fields": FIELDS, "required": ["id", "updated_at", "name"]}
    deployment = deploy(declare(resource(own=own)), quick_instance)
    loaded = deployment.load("2026-01-05")
    sql("insert into demo.items select * from demo.items")
    alone = deployment.check()
    assert {"items/schema", "items/primary_key", "items/cursor"} <= set(loaded.failed)
    assert {"items/schema", "items/primary_key", "items/cursor"} <= set(alone.failed)
    assert CANARY not in said(loaded)
    assert CANARY not in said(alone)
    for run in (loaded, alone):
        assert CANARY not in str(quick_instance.all_logs(run.run_id))
    assert "such as " in alone.failed["items/primary_key"]

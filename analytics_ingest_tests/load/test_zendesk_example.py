"""Zendesk's incremental export filters by another field than the date of a ticket's last change."""

import pytest

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.loads import day, declare, load, table, utc
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi
from analytics_ingest_tests.support.yaml_text import read_yaml

CHANGED = "2026-01-04T09:00:00Z"


def at(number: int) -> int:
    """An instant of a day of January 2026, in epoch seconds."""
    return int(utc(2026, 1, number, 9).timestamp())


def test_a_ticket_that_is_exported_later_with_its_old_date_is_loaded(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    attributes = read_yaml((ROOT / "examples" / "zendesk.yaml").read_text())["attributes"]
    attributes["client"]["base_url"] = api.url
    keys = {k: v for k, v in attributes.items() if k not in ("client", "resources")}
    declaration = declare(*attributes["resources"], client=attributes["client"], **keys)
    monkeypatch.setenv("SOURCES__DEMO__USERNAME", "me@example.com/token")
    monkeypatch.setenv("SOURCES__DEMO__PASSWORD", "s3cret")
    exports = {4: ("new", at(4)), 6: ("solved", at(6))}

    def script(asked: Asked) -> object:
        since = int(asked.query["start_time"])
        tickets = [
            {"id": 1, "status": status, "updated_at": CHANGED, "generated_timestamp": stamp}
            for status, stamp in exports.values()
        ]
        recent = [t for t in tickets if int(str(t["generated_timestamp"])) >= since][:1]
        return {"tickets": recent, "end_of_stream": True, "after_url": None}

    api.on("/incremental/tickets/cursor.json", script)
    for number in (4, 6):
        load(declaration, "tickets", window=day(number))
    assert table("tickets", "id", "status") == [(1, "solved")]

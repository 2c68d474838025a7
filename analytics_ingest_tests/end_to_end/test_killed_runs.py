"""A run of Dagster's command that is killed is repaired by giving the same command again."""

import signal
from pathlib import Path

import pytest

from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import materializing
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Gate, Reply, serving
from analytics_ingest_tests.support.waiting import wait_for

DECLARATION = """
  client:
    base_url: https://api.example.com
  resources:
    - name: tickets
      primary_key: id
      endpoint:
        data_selector: data
        paginator: {type: offset, limit: 2}
"""
TICKETS = [row(number, "2026-01-05T10:00:00Z") for number in (1, 2, 3)]

ASKS_WITHIN = 100
ENDS_WITHIN = 100
"""Seconds; a machine with nothing else to do needs a tenth of it."""


@pytest.mark.timeout(300)
def test_a_run_killed_while_it_reads_is_repeated_to_the_right_rows(tmp_path: Path) -> None:
    checkout = Checkout.create(tmp_path)
    checkout.declare("helpdesk", DECLARATION)
    page = by_offset(TICKETS)
    with serving() as hub, Gate() as gate:
        api = hub.new_api()

        def script(asked: Asked) -> Reply:
            is_first = asked.query.get("offset", "0") == "0"
            return Reply(page(asked), gate=None if is_first else gate)

        api.on("/tickets", script)
        settings = {"SOURCES__HELPDESK__BASE_URL": api.url}
        command = ("group:helpdesk", "--partition", "2026-01-05")
        with materializing(checkout, *command, settings=settings) as run:
            wait_for(
                lambda: api.sent("/tickets", "offset")[1:],
                "the second page to be asked for",
                seconds=ASKS_WITHIN,
                tell=lambda: run.output,
            )
            run.process.kill()
            assert run.process.wait() == -signal.SIGKILL
        gate.open()
        with materializing(checkout, *command, settings=settings) as run:
            assert run.process.wait(ENDS_WITHIN) == 0, run.output
    assert "waiting for" not in run.output
    warehouse = checkout.root / "data" / "warehouse.duckdb"
    assert sorted(ticket["id"] for ticket in table("helpdesk.tickets", warehouse)) == [1, 2, 3]

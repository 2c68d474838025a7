"""A sixth API is one new `defs.yaml`: Dagster's command loads it without a line of Python."""

from collections.abc import Iterator

import pytest

from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.paging import TOKEN, paged
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import ScriptedApi, serving

DECLARATION = """
  client:
    base_url: https://api.example.com/v2
    auth: bearer
  resource_defaults:
    primary_key: id
    endpoint:
      data_selector: data
      paginator:
        type: page_number
        start_from_page: 1
        limit: 2
        limit_param: per_page
  resources:
    - tickets
    - name: notes
      endpoint:
        path: tickets/{ticket_id}/notes
        params:
          ticket_id: {type: resolve, resource: tickets, field: id}
"""

TICKETS = [
    {"id": 1, "title": "older than all", "updated_at": "2024-05-01T10:00:00Z", "tags": ["a"]},
    {"id": 2, "title": "first day", "updated_at": "2026-01-01T00:00:00+00:00", "tags": []},
    {"id": 3, "title": "second day", "updated_at": "2026-01-02 23:59:59.999Z", "tags": None},
    {"id": 4, "title": "third day", "updated_at": "2026-01-03T12:00:00+02:00", "tags": ["b"]},
    {"id": 5, "title": "after the range", "updated_at": "2026-01-04T00:00:00Z", "tags": []},
]
NOTES = {
    1: [{"id": "1a", "text": "of an old ticket", "updated_at": "2026-01-02T00:00:00Z"}],
    2: [{"id": f"2{n}", "text": "", "updated_at": "2026-01-01T00:00:00Z"} for n in "abc"],
    5: [{"id": "5a", "text": "after the range", "updated_at": "2026-01-09T00:00:00Z"}],
}


@pytest.fixture
def helpdesk() -> Iterator[ScriptedApi]:
    """The new API, on a real socket."""
    with serving() as hub:
        api = hub.new_api()
        api.on("/tickets", paged(TICKETS, first=1))
        for ticket in TICKETS:
            api.on(f"/tickets/{ticket['id']}/notes", paged(NOTES.get(ticket["id"], []), first=1))
        yield api


def test_a_sixth_api_is_one_file(checkout: Checkout, helpdesk: ScriptedApi) -> None:
    checkout.declare("helpdesk", DECLARATION)
    ran = checkout.run(
        *("dagster", "asset", "materialize", "-m", "analytics_ingest.definitions"),
        *("--select", "group:helpdesk", "--partition-range", "2026-01-01...2026-01-03"),
        settings={
            "DAGSTER_HOME": str(checkout.root),
            "SOURCES__HELPDESK__BASE_URL": helpdesk.url,
            "SOURCES__HELPDESK__API_TOKEN": TOKEN,
        },
    )
    assert ran.status == 0, ran.output
    assert TOKEN not in ran.output

    warehouse = checkout.root / "data" / "warehouse.duckdb"
    tickets = {row["id"]: row for row in table("helpdesk.tickets", warehouse)}
    assert {id_: row["title"] for id_, row in tickets.items()} == {
        ticket["id"]: ticket["title"] for ticket in TICKETS[:4]
    }
    assert all(row["updated_at"].tzinfo for row in tickets.values())
    notes = {row["id"] for row in table("helpdesk.notes", warehouse)}
    assert notes == {"1a", "2a", "2b", "2c"}

    assert helpdesk.sent("/tickets", "page") == ["1", "2", "3"]
    assert helpdesk.sent("/tickets/2/notes", "page") == ["1", "2"]
    assert {asked.headers["authorization"] for asked in helpdesk.asked} == {f"Bearer {TOKEN}"}

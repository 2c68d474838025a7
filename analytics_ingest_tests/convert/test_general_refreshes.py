"""What a document says of all resources at once: that nothing in them tells when they changed."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

NAMES = ("orders", "users")
RESOURCES = [
    f'{{"name": "{name}", "primary_key": "id", "endpoint": {{"path": "{name}"}}}}' for name in NAMES
]
FULL = [
    "There is no `updated_at`; all rows are read each time.",
    "Rows have no `updated_at`.",
    "- Rows have no `updated_at` field.",
    "There is no cursor: everything is loaded in full with each run.",
    "None of the resources has a timestamp of the last change.",
    "The API offers no incremental filter, so every run reads all rows.",
    "- No incremental sync is configured.",
    "- **Incremental**: not supported, full refresh.",
    "Every load replaces the tables.",
    "Rows carry no modification date, hence a full refresh each time.",
    "There are no cursors.",
    "There are no incremental streams; every run is a full refresh.",
    "Each sync fetches everything.",
]
OTHER = [
    "There is no `deleted` flag.",
    "Rows have no `status`.",
    "All rows are read in pages.",
    "The rows have no time zone.",
    "No incremental filter on guests.",
    "There may be no cursor.",
]


def convert(desk: Desk, text: str) -> list[object]:
    """The cursors of the resources: None for those that are loaded whole."""
    written = desk.new(shop(*RESOURCES, prose=f"# Keys and cursors\n\n{text}\n"))
    return [written.endpoint(name).get("incremental", "default") for name in NAMES]


@pytest.mark.parametrize("text", FULL)
def test_resources_without_a_time_of_change_are_loaded_whole(desk: Desk, text: str) -> None:
    assert convert(desk, text) == [None, None]


@pytest.mark.parametrize("text", OTHER)
def test_a_statement_on_something_else_denies_no_cursor(desk: Desk, text: str) -> None:
    assert convert(desk, text) == ["default", "default"]

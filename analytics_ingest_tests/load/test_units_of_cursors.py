"""Epochs that are read in another unit than the API's fail the resource with what to declare."""

import pytest

from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import declare, failure, load, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

SECONDS = int(utc(2026, 1, 5).timestamp())
DAY = Window(utc(2026, 1, 5), utc(2026, 1, 6))


@pytest.mark.parametrize("window", [DAY, Window(None, None)], ids=["a day", "everything"])
def test_seconds_that_are_read_as_milliseconds_are_named(api: ScriptedApi, window: Window) -> None:
    api.always("/items", {"data": [row(n, SECONDS + n) for n in range(3)]})
    declaration = declare(resource(incremental={"cursor_format": "epoch_ms"}))
    message = str(failure(declaration, window=window))
    assert "the newest updated_at is of 1970-01-21 in epoch_ms; declare the unit" in message


def test_a_cursor_of_zero_is_not_a_unit(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, 0), row(2, SECONDS * 1000)]})
    load(declare(resource(incremental={"cursor_format": "epoch_ms"})))
    assert table("items") == [1, 2]

"""Pages that a server caps, and that are equal: the last one again, or rows that are alike."""

from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.extract.test_page_sizes import capped, paged
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

ALIKE = [5] * 8


@paged
@pytest.mark.parametrize("rest", [0, 3, 9], ids=lambda rest: f"{rest} more rows")
def test_equal_pages_end_no_listing_of_a_server_that_caps_its_pages(
    api: ScriptedApi, paginator: dict[str, Any], rest: int
) -> None:
    """Rows without a key may be alike, so that two pages are equal and others follow."""
    served = [{"value": value} for value in (*range(4), *ALIKE, *range(rest))]
    api.on("/items", capped(served, 4))
    keyless = resource(own={"primary_key": []}, paginator=paginator, incremental=None)
    error = failure(declare(keyless, concurrency=1))
    assert isinstance(error, PagingError)
    assert "page 3 repeats page 2" in str(error)


@paged
@pytest.mark.parametrize("key", ["id", ""])
def test_a_capped_last_page_that_is_repeated_is_known_by_its_rows(
    api: ScriptedApi, paginator: dict[str, Any], key: str
) -> None:
    serve = capped(rows(8), 4)

    def script(asked: Asked) -> Any:
        return {"data": serve(asked)["data"] or rows(8)[4:]}

    api.on("/items", script)
    own = {"primary_key": [key] if key else []}
    assert read_ids(declare(resource(own=own, paginator=paginator))) == list(range(1, 9))
